// What the page has to tell: one notice at a time, the gravest first; each is also announced once.
const ORDER = ["elsewhere", "signedOut", "over", "refused", "away", "unkept", "lost", "warning", "info"];

export class Notices {
  constructor(element, announcer) {
    this.element = element;
    this.announcer = announcer;
    this.texts = new Map();
    this.shown = "";
  }

  // For screen readers only.
  announce(text) {
    this.announcer.textContent = text;
  }

  set(kind, text) {
    if (text) this.texts.set(kind, text);
    else this.texts.delete(kind);
    const first = ORDER.find((one) => this.texts.has(one));
    const now = first ? this.texts.get(first) : "";
    this.element.hidden = !now;
    this.element.querySelector("[data-continue]").hidden = first !== "elsewhere";
    if (now === this.shown) return;
    this.shown = now;
    this.element.querySelector("span").textContent = now;
    if (now) this.announce(now);
  }
}
