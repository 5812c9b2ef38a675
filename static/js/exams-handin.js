// Handing in: by the person (after a look at what is unanswered) and when the time is over.
//
// When the clock shows zero the page asks the server before it hands in: the device's clock may have run fast, or
// more time may have been given. Without network it waits, says so, and hands in when the network is back. The
// server's sweeper closes the attempt meanwhile with what it has; whatever comes after the grace is kept, marked late.
import { csrfToken } from "./exams-net.js";

const ASK_AGAIN = 3000;
const READING_TIME = 1500;
const pause = (milliseconds) => new Promise((done) => { setTimeout(done, milliseconds); });

export class HandIn {
  constructor(form, queue, pulse, { notices, word, fix }) {
    Object.assign(this, { form, queue, pulse, notices, word, fix });
    this.isOver = false;
    this.isGoing = false;
    form.addEventListener("submit", (event) => this.onSubmit(event));
  }

  // Handing in waits for the queue; if the network is away the page stays and says so.
  async onSubmit(event) {
    const isHandIn = event.submitter ? event.submitter.name === "submit" : true;
    event.preventDefault();
    if (!(await this.queue.flush())) return;
    if (isHandIn) this.go(this.form.dataset.submit);
  }

  go(address) {
    this.isGoing = true;
    location.assign(address);
  }

  // More time was given after all.
  reopen() {
    if (!this.isOver) return;
    this.isOver = false;
    this.notices.set("over", "");
    this.fix(false);
  }

  async timeIsOver() {
    if (this.isOver || this.isGoing) return;
    this.isOver = true;
    this.fix(true);
    this.notices.set("over", this.word("Over"));
    while (this.isOver && !this.isGoing) {
      const sent = await this.queue.flush();
      const said = await this.pulse.beat();
      if (this.queue.stopped === "elsewhere") return;
      if (said && said.remaining > 0) return;
      if (sent && said) return this.finish();
      this.notices.set("over", this.word("OverAway"));
      await pause(ASK_AGAIN);
    }
  }

  // The server says that it is over, or handed in by somebody else: what waits is offered first.
  async closed(message) {
    if (this.isGoing || this.isClosing) return;
    this.isClosing = true;
    this.fix(true);
    this.notices.set("over", message);
    while (!this.queue.stopped && !(await this.queue.flush())) await pause(ASK_AGAIN);
    await pause(READING_TIME);
    return this.finish();
  }

  // Hand in and follow to the result. Handing in twice gives the first result.
  async finish() {
    if (this.isFinishing) return;
    this.isFinishing = true;
    this.notices.set("over", this.word("HandingIn"));
    for (;;) {
      const reply = await this.send();
      if (reply === "done") return this.go(this.form.dataset.result);
      if (reply === "refused") return this.go(this.form.dataset.submit);
      this.notices.set("over", this.word("OverAway"));
      await pause(ASK_AGAIN);
    }
  }

  async send() {
    try {
      const response = await fetch(this.form.dataset.submit, {
        method: "POST",
        credentials: "same-origin",
        redirect: "manual",
        headers: { "Content-Type": "application/x-www-form-urlencoded", "X-CSRFToken": csrfToken(this.form) },
        body: "",
      });
      if (response.type === "opaqueredirect" || response.ok) return "done";
      return response.status >= 500 ? "away" : "refused";
    } catch (lost) {
      return "away";
    }
  }
}
