// The case page: keeps the case while it is open, shows what would happen, fetches what stands around the case, and keeps
// what was typed when another answer is looked at. Without it each of these is a link, a button or a load.
"use strict";

(() => {
  const desk = document.querySelector("[data-desk][data-case]");
  if (!desk) {
    return;
  }
  const RENEW_EVERY = 4 * 60 * 1000;
  const QUIET = 400;
  const FRAGMENT = { "X-Fragment": "1" };
  const token = () => desk.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";

  // Requests of this page go in turn, so that a slow network, or a database with one writer, is never asked for all at once.
  let line = Promise.resolve();
  let waitingInLine = 0;
  const inTurn = (deed) => {
    waitingInLine += 1;
    desk.dataset.busy = "true";
    line = line.then(deed).finally(() => {
      waitingInLine -= 1;
      if (waitingInLine === 0) {
        delete desk.dataset.busy;
      }
    });
  };

  // -- the lease ---------------------------------------------------------------------------------------------------------

  const keepAt = desk.dataset.keep;
  const lost = desk.querySelector("[data-lost]");

  const keep = async () => {
    try {
      const answer = await fetch(keepAt, { method: "POST", headers: { "X-CSRFToken": token() }, redirect: "error" });
      if (answer.status === 409) {
        lost.textContent = (await answer.json()).said;
        lost.hidden = false;
        window.clearInterval(renewing);
      }
    } catch {
      // A network that comes back is in time for the next try.
    }
  };

  let renewing = 0;
  if (keepAt) {
    inTurn(keep);
    renewing = window.setInterval(() => inTurn(keep), RENEW_EVERY);
  }

  // -- parts of the page -------------------------------------------------------------------------------------------------

  // Fragments come from our own templates, escaped there.
  const put = (place, html) => {
    const parsed = new DOMParser().parseFromString(html, "text/html");
    place.replaceChildren(...parsed.body.childNodes);
  };

  const load = async (place) => {
    try {
      const answer = await fetch(place.dataset.load, { headers: FRAGMENT, redirect: "error" });
      if (answer.ok) {
        put(place, await answer.text());
      }
    } catch {
      // The link stands there still.
    }
  };

  const loadParts = () => {
    for (const place of desk.querySelectorAll("[data-load]")) {
      inTurn(() => load(place));
    }
  };

  // -- what would happen -------------------------------------------------------------------------------------------------

  const form = desk.querySelector("[data-answer-form]");
  const place = desk.querySelector("[data-preview-place]");
  if (!form || !place) {
    loadParts();
    return;
  }
  let newest = 0;
  const look = async (mine) => {
    if (mine !== newest) {
      return;
    }
    try {
      const answer = await fetch(form.dataset.preview, {
        method: "POST",
        headers: FRAGMENT,
        body: new URLSearchParams(new FormData(form)),
        redirect: "error",
      });
      const html = answer.ok ? await answer.text() : "";
      if (mine === newest && html) {
        const open = [...place.querySelectorAll("details")].map((details) => details.open);
        put(place, html);
        place.querySelectorAll("details").forEach((details, index) => {
          details.open = open[index] === true;
        });
      }
    } catch {
      // What is shown stays; the button below shows it on a page of its own.
    }
  };

  const lookAgain = () => {
    newest += 1;
    const mine = newest;
    inTurn(() => look(mine));
  };

  let waiting = 0;
  form.addEventListener("input", () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(lookAgain, QUIET);
  });
  form.querySelector("[data-preview-button]").hidden = true;

  // -- why a due penalty is left out ---------------------------------------------------------------------------------------

  const strike = form.querySelector("input[name=effects][value='seller.strike']");
  const why = form.querySelector("[data-left-out]");
  if (strike && why) {
    const follow = () => {
      why.hidden = strike.checked && why.hasAttribute("data-hideable");
    };
    strike.addEventListener("change", follow);
    follow();
  }

  // -- what was typed ------------------------------------------------------------------------------------------------------

  // The note goes along with every answer, the reasons with their own.
  const where = `jikimi.case.${desk.dataset.case}.${desk.dataset.allegation}`;
  const fields = [
    [form.elements.private_note, `${where}.note`],
    [form.elements.reasoning, `${where}.${desk.dataset.answer}`],
  ].filter(([field]) => field);

  for (const [field, name] of fields) {
    try {
      const kept = sessionStorage.getItem(name);
      if (kept !== null && field.value === field.defaultValue) {
        field.value = kept;
      }
      field.addEventListener("input", () => sessionStorage.setItem(name, field.value));
      desk.addEventListener("submit", () => sessionStorage.removeItem(name));
    } catch {
      // A browser that keeps nothing keeps nothing here either.
    }
  }
  lookAgain();
  loadParts();
})();
