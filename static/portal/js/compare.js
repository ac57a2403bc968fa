// Compare: two pictures side by side, flipped in place, or laid over one another by the match's transform.
//
// The transform is that of matching.Transform: cut the source box out of the listing's picture, mirror it left to right,
// turn it clockwise, stretch it over the reference box. Here the whole picture goes through the same steps, so that what
// lies around the box keeps its place. Positions are set from script because the pages allow no inline styles.
"use strict";

(() => {
  const WHOLE = [0, 0, 1, 1];
  const MODES = { Digit1: "side", Digit2: "flip", Digit3: "overlay", Numpad1: "side", Numpad2: "flip", Numpad3: "overlay" };
  const KEYS_SETTING = "jikimi.shortcuts";

  const box = (text) => {
    const numbers = (text || "").split(",").map(Number);
    const [left, top, right, bottom] = numbers;
    const fits = numbers.length === 4 && numbers.every(Number.isFinite) && left < right && top < bottom;
    return fits ? numbers : WHOLE;
  };

  // How a point of the unit square moves when it is turned clockwise: [a, b, c, d, e, f] as in CSS matrix().
  const TURNS = {
    0: [1, 0, 0, 1, 0, 0],
    90: [0, 1, -1, 0, 1, 0],
    180: [-1, 0, 0, -1, 1, 1],
    270: [0, -1, 1, 0, 0, 1],
  };

  // The product of two such matrices: first the right one, then the left one.
  const times = ([a, b, c, d, e, f], [g, h, i, j, k, l]) => [
    a * g + c * h, b * g + d * h,
    a * i + c * j, b * i + d * j,
    a * k + c * l + e, b * k + d * l + f,
  ];

  // Lays a picture of the given size over the frame in which the reference stands at (x, y), width by height.
  const overlayMatrix = (transform, picture, place) => {
    const [sl, st, sr, sb] = transform.sourceBox;
    const [rl, rt, rr, rb] = transform.referenceBox;
    const cut = [1 / ((sr - sl) * picture.width), 0, 0, 1 / ((sb - st) * picture.height), -sl / (sr - sl), -st / (sb - st)];
    const mirror = transform.mirrored ? [-1, 0, 0, 1, 1, 0] : TURNS[0];
    const stretch = [
      (rr - rl) * place.width, 0, 0, (rb - rt) * place.height,
      place.x + rl * place.width, place.y + rt * place.height,
    ];
    return times(stretch, times(TURNS[transform.rotation] || TURNS[0], times(mirror, cut)));
  };

  const css = (matrix) => `matrix(${matrix.map((number) => number.toFixed(6)).join(",")})`;

  class Compare {
    constructor(root) {
      this.root = root;
      this.stage = root.querySelector("[data-compare-stage]");
      this.reference = root.querySelector("[data-compare-reference]");
      this.suspect = root.querySelector("[data-compare-suspect]");
      this.slider = root.querySelector("[data-compare-slider]");
      this.now = root.querySelector("[data-compare-now]");
      this.shows = "suspect";
      if (!this.reference || !this.suspect) {
        return;
      }
      root.querySelector("[data-compare-bar]").hidden = false;
      for (const button of root.querySelectorAll("[data-compare-mode]")) {
        button.addEventListener("click", () => this.choose(button.dataset.compareMode));
      }
      this.slider.querySelector("input").addEventListener("input", () => this.draw());
      for (const image of [this.reference, this.suspect]) {
        image.addEventListener("load", () => this.draw());
        image.addEventListener("error", () => image.closest("figure").classList.add("is-broken"));
        if (image.complete && image.naturalWidth === 0) {
          image.closest("figure").classList.add("is-broken");
        }
      }
      root.addEventListener("compare:show", (event) => this.show(event.detail));
      new ResizeObserver(() => this.draw()).observe(this.stage);
      this.draw();
    }

    // Choosing flip again shows the other picture.
    choose(mode) {
      if (mode === "flip") {
        this.shows = this.root.dataset.mode === "flip" && this.shows === "suspect" ? "reference" : "suspect";
      }
      this.root.dataset.mode = mode;
      this.draw();
    }

    show(pair) {
      const texts = [["reference", pair.referenceUrl, pair.referenceAlt, pair.referenceTitle], ["suspect", pair.suspectUrl, pair.suspectAlt, pair.suspectTitle]];
      for (const [side, url, alt, title] of texts) {
        const image = this[side];
        image.closest("figure").classList.remove("is-broken");
        if (alt !== undefined) image.alt = alt;
        if (title !== undefined) image.closest("figure").querySelector("figcaption").textContent = title;
        if (url !== undefined) image.src = url;
      }
      if (pair.transform !== undefined) {
        const transform = pair.transform || {};
        this.root.dataset.rotation = transform.rotation || 0;
        this.root.dataset.mirrored = transform.mirrored === true;
        this.root.dataset.sourceBox = (transform.source_box || WHOLE).join(",");
        this.root.dataset.referenceBox = (transform.reference_box || WHOLE).join(",");
      }
      this.draw();
    }

    transform() {
      const data = this.root.dataset;
      return {
        rotation: Number(data.rotation) || 0,
        mirrored: data.mirrored === "true",
        sourceBox: box(data.sourceBox),
        referenceBox: box(data.referenceBox),
      };
    }

    draw() {
      const mode = this.root.dataset.mode;
      for (const button of this.root.querySelectorAll("[data-compare-mode]")) {
        button.setAttribute("aria-pressed", String(button.dataset.compareMode === mode));
      }
      this.slider.classList.toggle("is-off", mode !== "overlay");
      this.slider.querySelector("input").disabled = mode !== "overlay";
      if (mode === "side") {
        this.clear();
      } else {
        this.stack(mode);
      }
      this.say(mode);
    }

    clear() {
      for (const image of [this.reference, this.suspect]) {
        for (const name of ["width", "height", "transform", "opacity", "visibility"]) {
          image.style[name] = "";
        }
        image.removeAttribute("aria-hidden");
      }
    }

    stack(mode) {
      const { reference, suspect } = this;
      if (!reference.naturalWidth || !suspect.naturalWidth) {
        return;
      }
      const frame = reference.parentElement;
      const scale = Math.min(frame.clientWidth / reference.naturalWidth, frame.clientHeight / reference.naturalHeight);
      const width = reference.naturalWidth * scale;
      const height = reference.naturalHeight * scale;
      const place = { width, height, x: (frame.clientWidth - width) / 2, y: (frame.clientHeight - height) / 2 };
      const picture = { width: suspect.naturalWidth, height: suspect.naturalHeight };
      reference.style.width = `${width}px`;
      reference.style.height = `${height}px`;
      reference.style.transform = css([1, 0, 0, 1, place.x, place.y]);
      suspect.style.width = `${picture.width}px`;
      suspect.style.height = `${picture.height}px`;
      suspect.style.transform = css(overlayMatrix(this.transform(), picture, place));
      this.veil(mode);
    }

    veil(mode) {
      const isFlip = mode === "flip";
      const strength = Number(this.slider.querySelector("input").value) / 100;
      this.suspect.style.opacity = isFlip ? "1" : String(strength);
      this.hide(this.suspect, isFlip && this.shows === "reference");
      this.hide(this.reference, isFlip && this.shows === "suspect");
    }

    hide(image, isHidden) {
      image.style.visibility = isHidden ? "hidden" : "visible";
    }

    say(mode) {
      const title = (image) => image.closest("figure").querySelector("figcaption").textContent.trim();
      const texts = {
        side: `나란히: 왼쪽 ${title(this.reference)}, 오른쪽 ${title(this.suspect)}`,
        flip: `바꿔 보기: 지금 ${title(this[this.shows])}`,
        overlay: `겹쳐 보기: ${title(this.reference)} 위에 ${title(this.suspect)}`,
      };
      if (this.now.textContent !== texts[mode]) {
        this.now.textContent = texts[mode];
      }
    }
  }

  // A person may switch single keys off; the choice is kept for this browser, and other scripts read it from the page.
  const keysAreOn = () => document.documentElement.dataset.shortcuts !== "off";

  const setKeys = (isOn) => {
    document.documentElement.dataset.shortcuts = isOn ? "on" : "off";
    for (const input of document.querySelectorAll("[data-compare-keys]")) {
      input.checked = isOn;
    }
  };

  const storedKeys = () => {
    try {
      return localStorage.getItem(KEYS_SETTING) !== "off";
    } catch {
      return true;
    }
  };

  const storeKeys = (isOn) => {
    try {
      localStorage.setItem(KEYS_SETTING, isOn ? "on" : "off");
    } catch {
      // A browser that keeps nothing keeps the choice for this page alone.
    }
  };

  const isTyping = (target) =>
    target instanceof Element &&
    (target.isContentEditable || target.matches("textarea, select, input:not([type=range], [type=checkbox], [type=radio])"));

  if (document.documentElement.dataset.compareReady) {
    return;
  }
  document.documentElement.dataset.compareReady = "true";
  const compares = [...document.querySelectorAll("[data-compare]")].map((root) => new Compare(root));
  setKeys(storedKeys());
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-compare-keys]")) {
      setKeys(event.target.checked);
      storeKeys(event.target.checked);
    }
  });
  document.addEventListener("keydown", (event) => {
    const mode = MODES[event.code];
    const isModified = event.ctrlKey || event.altKey || event.metaKey || event.shiftKey;
    if (!mode || isModified || event.repeat || event.defaultPrevented || isTyping(event.target) || !keysAreOn()) {
      return;
    }
    const focused = compares.find((compare) => compare.root.contains(document.activeElement)) || compares[0];
    if (focused && focused.reference && focused.suspect) {
      event.preventDefault();
      focused.choose(mode);
    }
  });
})();
