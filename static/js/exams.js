// The exam page: one question at a time, answers saved by themselves, the server's clock. The form works without it.
// Written for engines from 2019 on (no ?., ??, ??=): an older one ignores it and keeps the plain form.
import { Clock } from "./exams-clock.js";
import { HandIn } from "./exams-handin.js";
import { same } from "./exams-merge.js";
import { Notices } from "./exams-notices.js";
import { Pages } from "./exams-pages.js";
import { Pulse } from "./exams-pulse.js";
import { Queue } from "./exams-queue.js";
import { isAnswered, readValue, writeValue } from "./exams-values.js";

const form = document.querySelector("[data-exam]");
if (form) start(form);

function start(form) {
  const questions = [...form.querySelectorAll("[data-question]")];
  const one = (selector) => document.querySelector(selector);
  const word = (name, n) => form.dataset[`word${name}`].replace("{n}", n);
  const notices = new Notices(one("[data-trouble]"), one("[data-announce]"));
  const pages = new Pages(form, questions, word, isAnswered);
  const known = new Map(questions.map((question) => [question, readValue(question)]));
  const nothingYet = one("[data-saved]").textContent;
  const status = { time: "", waiting: 0 };
  let { deadline } = (one(".clock") || form).dataset;

  function tell() {
    const words = [];
    if (status.time) words.push(word("Saved", status.time));
    if (status.waiting) words.push(word("Waiting", status.waiting));
    one("[data-saved]").textContent = words.join(" · ") || nothingYet;
  }

  function show(position, value) {
    const question = questions[position - 1];
    if (!question || same(readValue(question), value)) return;
    writeValue(question, value);
    known.set(question, value);
    pages.paint();
  }

  function fix(isFixed) {
    form.querySelectorAll("fieldset").forEach((set) => { set.disabled = isFixed; });
  }

  const queue = new Queue(form, {
    show,
    saving: () => { if (!status.time) one("[data-saved]").textContent = word("Saving"); },
    saved: (time) => {
      status.time = time;
      ["away", "signedOut"].forEach((kind) => notices.set(kind, ""));
      tell();
    },
    waiting: (count) => { status.waiting = count; tell(); },
    away: () => notices.set("away", word(handIn.isOver ? "OverAway" : "Offline")),
    signedOut: (isOther) => notices.set("signedOut", word(isOther ? "OtherPerson" : "SignedOut")),
    unkept: () => notices.set("unkept", word("Unkept")),
    refused: (position) => notices.set("refused", word("Refused", position)),
    merged: (count, lost) => {
      ["away", "signedOut", "elsewhere"].forEach((kind) => notices.set(kind, ""));
      notices.set("lost", lost.length ? word("Lost", lost.join("、")) : "");
      if (count) notices.announce(word("Restored", count));
    },
    elsewhere: (message) => { notices.set("elsewhere", message); fix(true); },
    ask: () => location.reload(),
    closed: (message) => handIn.closed(message),
    remaining: (seconds, trip) => { if (clock) clock.sync(seconds, trip); },
  });

  const pulse = new Pulse(form, queue, {
    signedOut: () => notices.set("signedOut", word("SignedOut")),
    copied: () => notices.announce(word("Copied")),
    beat: ({ state, message, remaining, deadline: end }, trip) => {
      if (end && end !== deadline) moreTime(end);
      ["away", "signedOut"].forEach((kind) => { if (!queue.waiting) notices.set(kind, ""); });
      if (clock) clock.sync(remaining, trip);
      lock(state === "locked", message);
      // What waits is offered first, as evidence; the answer to it stops the queue.
      if (state === "elsewhere" && queue.live.length && !queue.stopped) queue.flush();
      else if (state === "elsewhere") queue.stop("elsewhere", message);
      else if (state === "closed") handIn.closed(message);
      else if (state === "open") notices.set("warning", message);
    },
  });

  // The deadline has moved: somebody was given more time (across midnight too), or less.
  function moreTime(end) {
    const minutes = (text) => text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) / 60;
    const more = Math.round((minutes(end) - minutes(deadline) + 36 * 60) % (24 * 60) - 12 * 60);
    deadline = end;
    if (more > 0) notices.set("info", word("More", more));
  }

  // Locked by the rules or by the invigilator: no questions, but what was typed before is saved all the same.
  function lock(isLocked, message) {
    pulse.quicken(isLocked);
    if (form.hidden === isLocked) return;
    form.hidden = isLocked;
    one("[data-lock]").hidden = !isLocked;
    one("[data-lock] p").textContent = message;
    notices.announce(isLocked ? message : word("Unlocked"));
    if (isLocked) one("[data-lock]").focus();
  }

  const handIn = new HandIn(form, queue, pulse, { notices, word, fix });
  const clock = one(".clock") && new Clock(one(".clock"), {
    announce: (minutes) => notices.announce(word("Minutes", minutes)),
    reopen: () => handIn.reopen(),
    over: () => handIn.timeIsOver(),
    ask: () => pulse.beat(),
  });

  function changed(question) {
    const value = readValue(question);
    if (same(known.get(question), value)) return;
    known.set(question, value);
    queue.add(Number(question.dataset.question), value);
    pages.paint();
  }
  for (const kind of ["change", "input"]) {
    form.addEventListener(kind, (event) => {
      const question = event.target.closest("[data-question]");
      if (question) changed(question);
    });
  }
  one("[data-continue]").addEventListener("click", () => {
    fix(false);
    notices.set("elsewhere", "");
    queue.resume();
  });
  // A page out of the browser's memory may be hours old.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  // Only when this device keeps nothing is closing the page a loss.
  addEventListener("beforeunload", (event) => {
    if (queue.waiting && queue.store && queue.store.kind === "memory" && !handIn.isGoing) event.preventDefault();
  });
  pages.open();
  queue.flush();
}
