// A sign of life every half a minute, and at once when somebody leaves the page or comes back. It carries what the
// page noticed (left, back, copy, print, offline, online; never what was typed elsewhere) and brings the state of the
// attempt and the server's clock. What is noticed has a number per epoch and is repeated until the server names it.
import { post } from "./exams-net.js";

const BEAT = 30000;
const BEAT_LOCKED = 5000;
const BLUR_PATIENCE = 1000;
const MOST = 100;

export class Pulse {
  constructor(form, queue, events) {
    Object.assign(this, { form, queue, events });
    this.noticed = [];
    this.epoch = 0;
    this.n = 0;
    this.every = BEAT;
    this.schedule();
    addEventListener("pagehide", () => { this.gone = true; });
    document.addEventListener("visibilitychange", () => (document.hidden ? this.leave() : this.come()));
    addEventListener("blur", () => setTimeout(() => { if (!document.hasFocus()) this.leave(); }, BLUR_PATIENCE));
    addEventListener("focus", () => this.come());
    addEventListener("offline", () => { this.cut = performance.now(); this.note("offline", 0); });
    addEventListener("online", () => {
      this.note("online", this.cut === undefined ? 0 : this.since(this.cut));
      this.cut = undefined;
      setTimeout(() => this.beat(), Math.random() * 1500);
    });
    addEventListener("beforeprint", () => { this.note("print", 0); this.beat(); });
    for (const kind of ["copy", "cut"]) document.addEventListener(kind, (event) => this.copied(event));
  }

  since(moment) {
    return Math.max(0, Math.round((performance.now() - moment) / 1000));
  }

  // The questions are not for copying; what somebody has written is theirs.
  copied(event) {
    if (this.form.dataset.noCopies === undefined) return;
    if (event.target.closest && event.target.closest("input, textarea")) return;
    event.preventDefault();
    this.note("copy", 0);
    this.events.copied();
    this.beat();
  }

  // Going on to hand in, or closing the page, is not leaving it.
  leave() {
    if (this.gone || this.away !== undefined) return;
    this.away = performance.now();
    this.note("left", 0);
    this.beat(true);
  }

  come() {
    this.gone = false;
    if (this.away !== undefined && !document.hidden) {
      this.note("back", this.since(this.away));
      this.away = undefined;
    }
    this.beat();
  }

  note(kind, seconds) {
    this.noticed.push({ n: this.n += 1, kind, seconds, sent: false });
  }

  schedule() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.beat(), this.every);
  }

  // True while the attempt is locked: look more often whether somebody has unlocked it.
  quicken(locked) {
    this.every = locked ? BEAT_LOCKED : BEAT;
  }

  // Under a new pen the numbers begin again; what may have arrived under the old one is not told twice.
  renumber() {
    if (this.epoch === this.queue.pen.epoch) return;
    this.epoch = this.queue.pen.epoch;
    this.noticed = this.noticed.filter((one) => !one.sent);
    this.n = 0;
    this.noticed.forEach((one) => { one.n = this.n += 1; });
  }

  // One call at a time; returns what the server said, or null without an answer.
  async beat(keepalive = false) {
    this.schedule();
    if (!this.form.dataset.pulse || !this.queue.pen) return null;
    if (this.running && !keepalive) {
      if (!this.again) this.again = this.running.then(() => { this.again = null; return this.beat(); });
      return this.again;
    }
    this.running = this.send(keepalive);
    const said = await this.running;
    this.running = null;
    return said;
  }

  async send(keepalive) {
    this.renumber();
    const batch = this.noticed.slice(0, MOST);
    batch.forEach((one) => { one.sent = true; });
    const events = batch.map(({ n, kind, seconds }) => ({ n, kind, seconds }));
    const body = { ...this.queue.pen, waiting: this.queue.waiting, events };
    const reply = await post(this.form, this.form.dataset.pulse, body, keepalive);
    if (reply.status === 401) this.events.signedOut();
    if (reply.status !== 200) return null;
    const accepted = new Set(reply.data.accepted);
    if (body.epoch === this.epoch) this.noticed = this.noticed.filter((one) => !accepted.has(one.n));
    // This page has taken a newer pen meanwhile, or is asking for one: that the old one counts no more is no news.
    if (reply.data.state === "elsewhere" && (this.queue.pen || {}).epoch !== body.epoch) return null;
    this.events.beat(reply.data, reply.trip);
    return reply.data;
  }
}
