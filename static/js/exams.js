// The exam page: one question at a time, answers saved by themselves, the server's clock. The form works without it.
import { Clock } from "./exams-clock.js";
import { Queue } from "./exams-queue.js";
import { readValue, writeValue } from "./exams-values.js";

const form = document.querySelector("[data-exam]");
if (form) start(form);

function start(form) {
  const questions = [...form.querySelectorAll("[data-question]")];
  const one = (selector) => document.querySelector(selector);
  const word = (name) => form.dataset[`word${name}`];
  const trouble = one("[data-trouble]");
  const announce = (text) => { one("[data-announce]").textContent = text; };
  const complain = (text) => { trouble.hidden = !text; trouble.querySelector("span").textContent = text || ""; };
  const flags = new Set(JSON.parse(sessionStorage.getItem(`flags:${form.dataset.id}`) || "[]"));
  let current = 0;

  const saved = one("[data-saved]");
  const queue = new Queue(form, {
    saving: () => { saved.textContent = word("Saving"); },
    saved: (time) => { saved.textContent = `${word("Saved")} ${time}`; complain(""); },
    waiting: (count) => { saved.textContent = `${word("Waiting")} ${count}`; complain(word("Offline")); },
    signedOut: () => complain(word("SignedOut")),
    refused: (message) => { complain(message); lock(); },
    remaining: (seconds) => clock.set(seconds),
  });

  // What an earlier page could not send comes first, so that it is on the screen and on its way.
  queue.restore((position, value) => {
    const question = questions[position - 1];
    if (question) writeValue(question, value);
  });
  const sent = new Map(questions.map((q) => [q, JSON.stringify(readValue(q))]));

  function changed(question) {
    const value = readValue(question);
    const text = JSON.stringify(value);
    if (sent.get(question) === text) return;
    sent.set(question, text);
    queue.add(Number(question.dataset.question), value);
    paint();
  }
  form.addEventListener("change", (event) => {
    const question = event.target.closest("[data-question]");
    if (question) changed(question);
  });
  form.addEventListener("input", (event) => {
    const question = event.target.closest("[data-question]");
    if (question && event.target.matches("input:not([type]), textarea")) changed(question);
  });

  function isAnswered(question) {
    const value = readValue(question);
    if (value === null || value === "") return false;
    return typeof value !== "object" || Object.values(value).some((part) => part !== "");
  }

  function paint() {
    const answered = questions.filter(isAnswered).length;
    document.querySelectorAll("[data-count]").forEach((n) => { n.textContent = `${answered}/${questions.length}`; });
    one("[data-progress]").value = answered;
    form.querySelectorAll(".sheet a").forEach((link, n) => {
      const done = isAnswered(questions[n]);
      link.classList.toggle("done", done);
      link.classList.toggle("flagged", flags.has(n + 1));
      const words = [`${word("Question")} ${n + 1}`, done ? word("Answered") : word("Open")];
      if (flags.has(n + 1)) words.push(word("Flagged"));
      link.setAttribute("aria-label", words.join("，"));
      if (n === current) link.setAttribute("aria-current", "true"); else link.removeAttribute("aria-current");
    });
    one("[data-flag]").setAttribute("aria-pressed", String(flags.has(current + 1)));
  }

  function show(n, focus = true) {
    current = Math.min(Math.max(n, 0), questions.length - 1);
    questions.forEach((q, index) => q.classList.toggle("is-current", index === current));
    one("[data-previous]").disabled = current === 0;
    one("[data-next]").disabled = current === questions.length - 1;
    history.replaceState(null, "", `#q${current + 1}`);
    if (focus) { questions[current].focus({ preventScroll: true }); scrollTo({ top: 0 }); }
    paint();
  }

  function fromHash(focus) {
    const match = /^#q(\d+)$/.exec(location.hash);
    if (match) show(Number(match[1]) - 1, focus);
  }
  form.classList.add("is-paged");
  form.querySelectorAll("[data-previous], [data-next], [data-flag], [data-hint], [data-flag-legend]").forEach((n) => { n.hidden = false; });
  one("[data-save]").hidden = true;
  one("[data-previous]").addEventListener("click", () => show(current - 1));
  one("[data-next]").addEventListener("click", () => show(current + 1));
  one("[data-flag]").addEventListener("click", () => {
    if (!flags.delete(current + 1)) flags.add(current + 1);
    sessionStorage.setItem(`flags:${form.dataset.id}`, JSON.stringify([...flags]));
    paint();
  });
  addEventListener("hashchange", () => fromHash(true));
  document.addEventListener("keydown", (event) => {
    if (event.target.matches("input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const inGroup = event.target.matches("input[type=radio]");
    if (event.key === "ArrowLeft" && !inGroup) show(current - 1);
    else if (event.key === "ArrowRight" && !inGroup) show(current + 1);
    else if (/^[1-9]$/.test(event.key)) questions[current].querySelectorAll(".opt input")[Number(event.key) - 1]?.click();
  });

  // Handing in waits for the queue; if the network is away the page stays and says so.
  form.addEventListener("submit", async (event) => {
    if (event.submitter?.name !== "submit") return;
    event.preventDefault();
    if (await queue.flush()) location.assign(form.dataset.submit);
  });

  function lock() {
    form.querySelectorAll("fieldset").forEach((n) => { n.disabled = true; });
  }
  const clock = new Clock(one(".clock"), {
    announce: (minutes) => announce(`${word("Minutes")} ${minutes}`),
    over: async () => {
      announce(word("Over"));
      complain(word("Over"));
      lock();
      await queue.flush();
      location.assign(form.dataset.submit);
    },
  });
  show(0, false);
  fromHash(false);
  queue.open();
}
