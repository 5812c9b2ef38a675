// One question at a time, the answer sheet, marks, keys.
export class Pages {
  constructor(form, questions, word, isAnswered) {
    Object.assign(this, { form, questions, word, isAnswered });
    this.current = 0;
    this.key = `flags:${form.dataset.id}`;
    this.flags = new Set(this.readFlags());
  }

  one(selector) {
    return document.querySelector(selector);
  }

  // Marks are a note to oneself; a browser that keeps nothing forgets them.
  readFlags() {
    try { return JSON.parse(sessionStorage.getItem(this.key) || "[]"); } catch (refused) { return []; }
  }

  flag() {
    const number = this.current + 1;
    if (!this.flags.delete(number)) this.flags.add(number);
    try { sessionStorage.setItem(this.key, JSON.stringify([...this.flags])); } catch (refused) { /* see readFlags */ }
    this.paint();
  }

  open() {
    this.form.classList.add("is-paged");
    const controls = "[data-previous], [data-next], [data-flag], [data-hint], [data-flag-legend]";
    this.form.querySelectorAll(controls).forEach((control) => { control.hidden = false; });
    this.one("[data-save]").hidden = true;
    this.one("[data-previous]").addEventListener("click", () => this.show(this.current - 1));
    this.one("[data-next]").addEventListener("click", () => this.show(this.current + 1));
    this.one("[data-flag]").addEventListener("click", () => this.flag());
    addEventListener("hashchange", () => this.fromHash(true));
    document.addEventListener("keydown", (event) => this.onKey(event));
    this.show(0, false);
    this.fromHash(false);
  }

  show(n, focus = true) {
    const { questions } = this;
    this.current = Math.min(Math.max(n, 0), questions.length - 1);
    questions.forEach((question, index) => question.classList.toggle("is-current", index === this.current));
    this.one("[data-previous]").disabled = this.current === 0;
    this.one("[data-next]").disabled = this.current === questions.length - 1;
    history.replaceState(null, "", `#q${this.current + 1}`);
    if (focus) {
      questions[this.current].focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    this.paint();
  }

  fromHash(focus) {
    const match = /^#q(\d+)$/.exec(location.hash);
    if (match) this.show(Number(match[1]) - 1, focus);
  }

  onKey(event) {
    if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    if (event.altKey || event.ctrlKey || event.metaKey || this.form.hidden) return;
    const inGroup = event.target.matches("input[type=radio]");
    if (event.key === "ArrowLeft" && !inGroup) this.show(this.current - 1);
    else if (event.key === "ArrowRight" && !inGroup) this.show(this.current + 1);
    else if (/^[1-9]$/.test(event.key)) this.choose(event);
  }

  // In a case with several parts the keys belong to the part that has the focus, or to the first.
  choose(event) {
    const question = this.questions[this.current];
    const part = event.target.closest("[data-part]") || question.querySelector("[data-part]") || question;
    const input = part.querySelectorAll(".opt input")[Number(event.key) - 1];
    if (input && !input.disabled) input.click();
  }

  paint() {
    const { questions, word } = this;
    const states = questions.map((question) => this.isAnswered(question));
    const answered = states.filter(Boolean).length;
    document.querySelectorAll("[data-count]").forEach((n) => { n.textContent = `${answered}/${questions.length}`; });
    this.one("[data-progress]").value = answered;
    this.form.querySelectorAll(".sheet a").forEach((link, n) => {
      link.classList.toggle("done", states[n]);
      link.classList.toggle("flagged", this.flags.has(n + 1));
      const words = [`${word("Question")} ${n + 1}`, states[n] ? word("Answered") : word("Open")];
      if (this.flags.has(n + 1)) words.push(word("Flagged"));
      link.setAttribute("aria-label", words.join("，"));
      if (n === this.current) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    });
    this.one("[data-flag]").setAttribute("aria-pressed", String(this.flags.has(this.current + 1)));
  }
}
