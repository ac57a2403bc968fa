// The staff's desks (queue, case): one key a deed, each deed sent once. Keys go by KeyboardEvent.code, so that they work in
// Hangul mode; never with a modifier, while a key is held down, or inside a field. Without this script all are buttons.
"use strict";

(() => {
  const desk = document.querySelector("[data-desk]");
  if (!desk) {
    return;
  }

  // -- each deed once --------------------------------------------------------------------------------------------------

  // A second press or click while the first is under way is dropped here, and a second request that comes through all the
  // same is answered like the first by the server.
  let isSent = false;

  desk.addEventListener("submit", (event) => {
    if (event.defaultPrevented) {
      return;
    }
    if (isSent) {
      event.preventDefault();
      return;
    }
    isSent = true;
    const note = desk.querySelector("[data-sent]");
    if (note) {
      note.hidden = false;
    }
    for (const button of desk.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-disabled", "true");
    }
  });

  // A page that comes back out of the browser's memory shows what was, not what is.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      window.location.reload();
    }
  });

  // -- keys --------------------------------------------------------------------------------------------------------------

  const SETTING = "jikimi.shortcuts";
  const root = document.documentElement;

  const stored = () => {
    try {
      return localStorage.getItem(SETTING) || "on";
    } catch {
      return "on";
    }
  };

  // The comparison keeps and shows the choice (compare.js). A page without pictures has none: then it is kept here.
  if (!document.querySelector("[data-compare]")) {
    root.dataset.shortcuts = stored();
    for (const input of document.querySelectorAll("[data-compare-keys]")) {
      input.checked = root.dataset.shortcuts !== "off";
      input.addEventListener("change", () => {
        root.dataset.shortcuts = input.checked ? "on" : "off";
        try {
          localStorage.setItem(SETTING, root.dataset.shortcuts);
        } catch {
          // A browser that keeps nothing keeps the choice for this page alone.
        }
      });
    }
  }

  const isTyping = (target) =>
    target instanceof Element &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio])"));

  const controlOf = (code) => {
    const selector = code === "KeyZ" ? ".undo__form:not([hidden]) .undo__button" : `[data-key="${code}"]`;
    return desk.querySelector(selector);
  };

  document.addEventListener("keydown", (event) => {
    const isModified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (isModified || event.repeat || event.isComposing || event.defaultPrevented || !/^(Key[A-Z]|Slash)$/.test(event.code)) {
      return;
    }
    if (isTyping(event.target) || root.dataset.shortcuts === "off") {
      return;
    }
    const control = controlOf(event.code);
    if (!control || control.disabled || control.closest("[hidden]")) {
      return;
    }
    event.preventDefault();
    control.click();
  });

  // What a key opens takes the keyboard: the reason is typed at once, and Escape goes back.
  for (const details of desk.querySelectorAll("details")) {
    details.addEventListener("toggle", () => {
      const field = details.open && details.querySelector("form input:not([type=hidden]), form textarea");
      if (field && details.matches("[data-skip], [data-ask]")) {
        field.focus();
      }
    });
  }

  document.addEventListener("keydown", (event) => {
    const open = event.code === "Escape" && document.activeElement instanceof Element
      ? document.activeElement.closest("details[open][data-skip], details[open][data-ask], details[open][data-help]")
      : null;
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });
})();
