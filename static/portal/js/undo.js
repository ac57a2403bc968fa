// The undo bar: when the seconds that the server counted are over, the button makes way for a sentence in the same
// place. Without this script the button stays, and the server refuses what comes late.
"use strict";

for (const bar of document.querySelectorAll("[data-undo-seconds]:not([data-ready])")) {
  bar.dataset.ready = "true";
  const close = () => {
    const form = bar.querySelector("form");
    const hadFocus = form.contains(document.activeElement);
    form.hidden = true;
    const over = bar.querySelector(".undo__over");
    over.hidden = false;
    if (hadFocus) {
      over.tabIndex = -1;
      over.focus();
    }
  };
  window.setTimeout(close, Number(bar.dataset.undoSeconds) * 1000);
}
