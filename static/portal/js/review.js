// The review screen: one key an answer, each answer sent once. Keys go by KeyboardEvent.code, so that they work in Hangul
// mode; never with a modifier, while a key is held down, or inside a field. Without this script every answer is a button.
"use strict";

(() => {
  const form = document.querySelector("[data-review-form]");

  // -- each answer once ------------------------------------------------------------------------------------------------

  // Submitted forms of this page: a second press or click while the first is under way is dropped here, and a second
  // request that comes through all the same is answered like the first by the server.
  let isSent = false;

  document.addEventListener("submit", (event) => {
    if (!event.target.closest("#review")) {
      return;
    }
    if (isSent) {
      event.preventDefault();
      return;
    }
    isSent = true;
    const note = document.querySelector("[data-review-sent]");
    if (note) {
      note.hidden = false;
    }
    for (const button of document.querySelectorAll("#review button[type=submit]")) {
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

  const press = (selector) => {
    const control = document.querySelector(selector);
    if (!control || control.closest("[hidden]")) {
      return false;
    }
    control.click();
    return true;
  };

  const toggleHelp = () => {
    const help = document.querySelector("[data-review-help]");
    if (help) {
      help.open = !help.open;
    }
    return help !== null;
  };

  const KEYS = {
    KeyC: () => press("[data-review-confirm]"),
    KeyX: () => press("[data-review-reject]"),
    KeyS: () => press("[data-review-skip]"),
    KeyZ: () => press("#review .undo__button"),
    Slash: toggleHelp,
  };

  const isTyping = (target) =>
    target instanceof Element &&
    (target.isContentEditable ||
      target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio])"));

  // The comparison keeps and shows the choice (compare.js). A listing without pictures has none: then it is kept here.
  const SETTING = "jikimi.shortcuts";
  const root = document.documentElement;
  const ownSwitch = document.querySelector("[data-compare]") ? null : document.querySelector("[data-compare-keys]");

  const stored = () => {
    try {
      return localStorage.getItem(SETTING) || "on";
    } catch {
      return "on";
    }
  };

  if (ownSwitch) {
    root.dataset.shortcuts = stored();
    ownSwitch.checked = root.dataset.shortcuts !== "off";
    ownSwitch.addEventListener("change", () => {
      root.dataset.shortcuts = ownSwitch.checked ? "on" : "off";
      try {
        localStorage.setItem(SETTING, root.dataset.shortcuts);
      } catch {
        // A browser that keeps nothing keeps the choice for this page alone.
      }
    });
  }

  const keysAreOn = () => root.dataset.shortcuts !== "off";

  document.addEventListener("keydown", (event) => {
    const answer = KEYS[event.code];
    const isModified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (!answer || isModified || event.repeat || event.isComposing || event.defaultPrevented) {
      return;
    }
    if (isTyping(event.target) || !keysAreOn()) {
      return;
    }
    if (answer()) {
      event.preventDefault();
    }
  });

  // -- the statement follows the reasoning -----------------------------------------------------------------------------

  const reasoning = form && form.querySelector("textarea[name=reasoning]");
  const shown = document.querySelector("[data-review-reasoning]");
  if (reasoning && shown) {
    reasoning.addEventListener("input", () => {
      shown.textContent = reasoning.value;
    });
  }
})();
