// <jikimi-report marketplace="…" listing="…">: one click reports a suspected counterfeit. See docs/embedding.md.
(() => {
"use strict";
if (customElements.get("jikimi-report")) return;
const origin = new URL(document.currentScript.src).origin;
const sheet = new CSSStyleSheet();
sheet.replaceSync(`:host{--i:#14201d;--m:#56625e;--p:#fff;--l:#7b8783;--g:#0b6b57;--o:#fff;--d:#b3261e;display:block;max-width:30em;
color:var(--i);font:16px/1.6 Pretendard,"Malgun Gothic",system-ui,sans-serif;word-break:keep-all;overflow-wrap:anywhere}
@media(prefers-color-scheme:dark){:host{--i:#e6efec;--m:#a3b1ac;--p:#121a18;--l:#75837e;--g:#5fd1b3;--o:#06231c;--d:#ffb4ab}}
:host([hidden]),[hidden]{display:none}*{box-sizing:border-box}
button,input,textarea{font:inherit;color:inherit;border-radius:6px;border:1px solid var(--l);background:var(--p)}
button{min-height:44px;padding:8px 18px;margin-bottom:8px;font-weight:600;cursor:pointer}button.main{background:var(--g);border-color:var(--g);color:var(--o)}
button[aria-disabled=true]{opacity:.7;cursor:default}:focus-visible{outline:3px solid var(--g);outline-offset:2px}
textarea,input[type=email],input[type=text],input[type=file]{width:100%;padding:10px}input[type=checkbox],input[type=radio]{width:22px;height:22px;flex:none;accent-color:var(--g)}
.box{padding:16px;border:1px solid var(--l);border-radius:10px;background:var(--p)}p{margin:0 0 8px}h2{font-size:18px;margin:0 0 8px}
a{color:var(--g);display:inline-block;padding:8px 0}form,details{margin-top:12px;padding-top:12px;border-top:1px solid var(--l)}summary{min-height:44px;font-weight:600;cursor:pointer}
fieldset{border:0;margin:0;padding:0}legend,label{font-weight:600}label.c{display:flex;gap:10px;align-items:center;min-height:44px;font-weight:400}
.m{color:var(--m);font-size:15px}.bad{color:var(--d);font-weight:600}[role=status]{background:var(--p)}.big{font-size:20px;font-weight:700}code{font:inherit;font-weight:700}`);

// Storage may be blocked: then the visitor lives as long as this page.
const memory = {};
const store = {
  get(key) { try { return localStorage.getItem(key) ?? memory[key]; } catch { return memory[key]; } },
  set(key, value) { memory[key] = value; try { localStorage.setItem(key, value); } catch {} },
  drop(key) { delete memory[key]; try { localStorage.removeItem(key); } catch {} },
};
const visitor = () => {
  let id = store.get("jikimi:visitor");
  if (!/^[\w-]{22,43}$/.test(id ?? "")) {
    const bytes = crypto.getRandomValues(new Uint8Array(18));
    id = btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_");
    store.set("jikimi:visitor", id);
  }
  return id;
};

class Refused extends Error {
  constructor(answer, status) { super(answer?.error?.message || "서버가 답하지 않습니다. 잠시 뒤 다시 눌러 주세요."); this.answer = answer; this.status = status; }
}
const ask = async (path, body) => {
  const isForm = body instanceof FormData;
  let response;
  try {
    response = await fetch(origin + "/embed/v1/reports" + path, {
      method: "POST", credentials: "omit", signal: AbortSignal.timeout(isForm ? 300000 : 30000),
      headers: isForm ? {} : { "Content-Type": "application/json" }, body: isForm ? body : JSON.stringify(body),
    });
  } catch { throw new Refused({ error: { message: "보내지 못했습니다. 인터넷 연결이 끊겼거나 느립니다. 확인하고 다시 눌러 주세요." } }); }
  const answer = await response.json().catch(() => null);
  if (!response.ok || !answer) throw new Refused(answer, response.status);
  return answer;
};
const h = (tag, props, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (name in element) element[name] = value; else element.setAttribute(name, value);
  }
  element.append(...children.filter(Boolean));
  return element;
};

customElements.define("jikimi-report", class extends HTMLElement {
  connectedCallback() {
    if (this.root) return;
    this.root = this.attachShadow({ mode: "open" });
    this.root.adoptedStyleSheets = [sheet];
    this.said = h("p", { role: "status" });
    this.place = h("div", { lang: "ko" });
    this.root.append(this.place, this.said);
    this.key = `jikimi:${this.getAttribute("marketplace")}:${this.getAttribute("listing")}`;
    let kept = null;
    try { kept = JSON.parse(store.get(this.key)); } catch {}
    if (kept?.code) this.resume(kept); else this.offer();
  }
  tell(text, isBad) { this.said.className = isBad ? "bad" : "m"; this.said.textContent = text; }
  // One thing at a time: a second press while the first is on its way does nothing.
  async once(button, act) {
    if (this.busy) return;
    this.busy = true;
    button.setAttribute("aria-disabled", "true");
    const slow = setTimeout(() => this.tell("아직 보내는 중입니다."), 4000);
    try { await act(); } catch (problem) {
      this.tell(problem.message, true);
      if (problem.answer?.page) this.said.append(" ", h("a", { href: problem.answer.page, target: "_blank", rel: "noopener" }, "지킴이 화면에서 신고 마치기"));
    }
    clearTimeout(slow);
    this.busy = false;
    button.removeAttribute("aria-disabled");
  }
  offer(text) {
    const button = h("button", { type: "button", className: "main" }, "가품 의심 신고");
    button.onclick = () => this.once(button, () => this.file());
    this.place.replaceChildren(button);
    this.tell(text ?? "");
    if (text) button.focus();
  }
  async file() {
    this.tell("신고를 보내고 있습니다.");
    const body = { marketplace: this.getAttribute("marketplace"), listing: this.getAttribute("listing"), visitor: visitor() };
    let filed;
    try { filed = await ask("", body); } catch (problem) {
      if (problem.status !== 428) throw problem;
      this.tell("신고가 많아 기기에서 확인하고 있습니다. 몇 초 걸립니다.");
      const { solve } = await import(origin + "/embed/proof.js");
      body.proof = await solve(problem.answer.challenge).catch(() => { throw problem; });
      filed = await ask("", body);
    }
    store.set(this.key, JSON.stringify({ number: filed.number, code: filed.code, track: filed.track }));
    this.show(filed, filed.undo_seconds);
    this.tell(filed.undo_seconds ? `신고를 접수했습니다. ${filed.undo_seconds}초 안에 되돌릴 수 있습니다.` : "이미 신고하신 상품입니다.");
    this.head.focus();
  }
  async resume(kept) {
    this.show(kept, 0);
    try {
      const state = await ask("/state", { receipt: kept.code });
      if (state.undone) { store.drop(this.key); this.offer(); } else this.show({ ...state, ...kept }, 0);
    } catch (problem) { if (problem.status === 404) { store.drop(this.key); this.offer(); } }
  }
  show(filed, seconds) {
    clearInterval(this.clock);
    this.filed = filed;
    this.head = h("h2", { tabIndex: -1 }, "신고를 접수했습니다");
    this.place.replaceChildren(h("div", { className: "box" }, this.head, seconds > 0 && this.undo(seconds),
      h("p", {}, "접수번호 ", h("code", {}, filed.number)), h("p", {}, "조회 코드 ", h("code", {}, filed.code)),
      h("a", { href: filed.track, target: "_blank", rel: "noopener" }, "처리 현황 보기"), filed.reasons && this.more(filed)));
  }
  // The figure counts for the eye alone; a reader hears the time once.
  undo(seconds) {
    const left = h("span", { ariaHidden: "true" }, ` (${seconds}초)`);
    const button = h("button", { type: "button" }, "되돌리기", left);
    const ends = Date.now() + seconds * 1000;
    this.clock = setInterval(() => {
      const now = Math.ceil((ends - Date.now()) / 1000);
      left.textContent = ` (${Math.max(now, 0)}초)`;
      if (now > 0 || this.busy) return;
      clearInterval(this.clock);
      if (this.root.activeElement === button) this.head.focus();
      button.remove();
    }, 250);
    button.onclick = () => this.once(button, async () => {
      const { said } = await ask("/undo", { receipt: this.filed.code });
      clearInterval(this.clock);
      store.drop(this.key);
      this.offer(said);
    });
    return button;
  }
  more(filed) {
    const place = h("details", {}, h("summary", {}, "더 알려 주기 (선택)"), h("p", { className: "m" }, "하나씩 따로 저장되고 담당자만 봅니다."));
    if (filed.open) place.append(this.form("reason", "사유 저장하기", h("fieldset", {}, h("legend", {}, "무엇이 의심스럽습니까?"),
      ...filed.reasons.map(([code, text]) => h("label", { className: "c" }, h("input", { type: "radio", name: "ground", value: code, checked: code === filed.reason }), text)))));
    if (filed.open && !filed.has_note) place.append(this.form("note", "메모 저장하기", h("label", {}, "메모", h("textarea", { name: "text", rows: 3, maxLength: 5000 })),
      h("p", { className: "m" }, "주민등록번호나 개인통관고유부호는 적지 마세요.")));
    place.append(this.form("photos", "사진 저장하기", h("label", {}, "사진", h("input", { type: "file", name: "files_photo", multiple: true, accept: filed.accept }))));
    if (!filed.has_contact) {
      if (filed.waits_for_code) place.append(this.form("confirm", "코드 확인하기", h("label", {}, "메일로 받은 확인 코드", h("input", { type: "text", name: "code", inputMode: "numeric", autocomplete: "one-time-code" }))));
      const { title, parts, agrees, age } = filed.consent;
      const box = (name, text) => h("label", { className: "c" }, h("input", { type: "checkbox", name, value: "on" }), text);
      place.append(this.form("news", "확인 코드 받기", h("label", {}, "결과를 받을 이메일", h("input", { type: "email", name: "email", autocomplete: "email" })),
        h("p", {}, title), ...parts.map(([term, text], place) => h("p", place > 1 ? { className: "big" } : {}, `${term}: ${text}`)), box("agrees", agrees), box("is_old_enough", age)));
    }
    return place;
  }
  form(act, label, ...fields) {
    const button = h("button", { type: "submit" }, label);
    const bad = h("p", { className: "bad", role: "alert" });
    const form = h("form", { noValidate: true }, ...fields, bad, button);
    form.onsubmit = (event) => {
      event.preventDefault();
      bad.textContent = "";
      this.once(button, async () => {
        const data = new FormData(form);
        data.set("receipt", this.filed.code);
        const body = act === "photos" ? data : Object.fromEntries(data);
        let state;
        try { state = await ask(`/${act}`, body); } catch (problem) { bad.textContent = problem.message; this.tell(""); return; }
        this.filed = { ...this.filed, ...state };
        const fresh = this.more(this.filed);
        fresh.open = true;
        form.parentNode.replaceWith(fresh);
        this.tell([state.said, ...state.problems].join(" "), state.problems.length);
        fresh.querySelector("summary").focus();
      });
    };
    return form;
  }
});
})();
