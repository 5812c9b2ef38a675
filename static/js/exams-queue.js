// Answers on their way to the server.
//
// Each change is written to the store of this device first and then sent, in order, one request at a time. A record
// leaves the store only when the server has named its number as stored. Epoch and token (the pen) say which page the
// answers are from; this page takes the pen when it opens, and what an earlier page left is merged by the rule in
// exams-merge.js. Replies: 401 wait for signing in again, 404 somebody else is signed in, 409 "elsewhere" stop until
// the person continues here, 409 "closed" offer the rest (it is kept, marked late) and leave.
import { merge } from "./exams-merge.js";
import { post } from "./exams-net.js";
import { openStore } from "./exams-store.js";

const DEBOUNCE = 1500;
const LONGEST = 10000;
const SLOWEST_RETRY = 30000;
const SIGNED_OUT_RETRY = 8000;
const MOST = 200; // answers in a batch
const MOST_BYTES = 60000; // what a browser sends when the page is gone is limited to 64 KB
const PROVISIONAL = 1000000000; // numbers of answers given before the pen was there; never the same as real ones

const bytes = (text) => new Blob([text]).size;

export class Queue {
  constructor(form, events) {
    this.form = form;
    this.events = events;
    this.attempt = form.dataset.id;
    this.pen = null;
    this.before = { epoch: Number(form.elements.epoch.value), token: form.elements.token.value };
    this.page = Array.from(crypto.getRandomValues(new Uint32Array(3)), (n) => n.toString(36)).join("");
    this.count = 0;
    this.seq = 0;
    this.live = []; // given on this page
    this.left = []; // found in the store, not decided yet
    this.evidence = []; // lost against a newer answer; offered under their own pens
    this.delay = 0;
    this.stopped = "";
    this.ready = this.open();
    addEventListener("offline", () => this.events.away());
    addEventListener("online", () => this.soon());
    addEventListener("pagehide", () => this.beacon());
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.beacon();
      else this.soon();
    });
  }

  // What an earlier page left is on the screen at once, and decided when the pen is there.
  async open() {
    this.store = await openStore(this.attempt);
    this.writes = Promise.resolve();
    if (this.live.length) this.write(this.live, []);
    this.left = await this.store.all().catch(() => []);
    this.left = this.left.filter((record) => !this.live.some((mine) => mine.id === record.id));
    this.left.sort((a, b) => a.epoch - b.epoch || a.seq - b.seq);
    if (this.store.kind === "memory") this.events.unkept();
    if (!this.pen) this.left.forEach(({ position, value }) => this.show(position, value));
    this.tell();
  }

  show(position, value) {
    if (!this.live.some((record) => record.position === position)) this.events.show(position, value);
  }

  // How many answers the server has not named yet.
  get waiting() {
    return [...this.live, ...this.left].filter((record) => !record.offered).length;
  }

  tell() {
    this.events.waiting(this.waiting);
  }

  write(put, remove) {
    this.writes = this.writes.then(() => this.store.change(put, remove)).catch(() => {
      if (this.store.kind !== "memory") this.events.unkept();
    });
  }

  add(position, value) {
    const pen = this.pen || this.before;
    this.seq += 1;
    const waiting = this.live.find((record) => record.position === position && !record.sent);
    const record = {
      id: waiting ? waiting.id : `${this.attempt}:${this.page}:${this.count += 1}`,
      attempt: this.attempt,
      epoch: pen.epoch,
      token: pen.token,
      seq: this.pen ? this.seq : PROVISIONAL + this.seq,
      position,
      value,
      at: Date.now(),
    };
    this.live = this.live.filter((other) => other !== waiting);
    this.live.push(record);
    if (this.store) this.write([record], []);
    if (this.firstAt === undefined) this.firstAt = performance.now();
    this.tell();
    if (!this.delay) this.schedule(Math.max(0, Math.min(DEBOUNCE, LONGEST - (performance.now() - this.firstAt))));
  }

  schedule(wait) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.flush(), wait);
  }

  // The network may be back for a whole school at once: not everybody in the same moment.
  soon() {
    if (this.waiting || !this.pen) this.schedule(Math.random() * (this.delay ? 1500 : 50));
  }

  // Send everything; true once nothing waits. One run at a time.
  flush() {
    clearTimeout(this.timer);
    if (!this.running) {
      this.running = this.run().catch(() => this.retry()).then((done) => {
        this.running = null;
        return done;
      });
    }
    return this.running;
  }

  async run() {
    await this.ready;
    if (this.stopped) return this.stopped === "closed";
    if (!this.pen && !(await this.takePen())) return this.stopped === "closed" || this.retry();
    await Promise.race([this.writes, new Promise((done) => { setTimeout(done, 1000); })]);
    while (this.live.length && this.stopped !== "elsewhere") {
      this.events.saving();
      if (!(await this.sendBatch())) return this.retry();
    }
    this.delay = 0;
    this.firstAt = undefined;
    if (this.stopped === "closed") this.finish();
    else if (!this.stopped) await this.sendEvidence();
    return this.stopped !== "elsewhere";
  }

  retry() {
    if (this.stopped === "closed") return true;
    this.delay = Math.min(this.slowest || SLOWEST_RETRY, this.delay * 2 || 1000);
    this.schedule(this.delay * (0.75 + Math.random() / 2));
    return false;
  }

  batch(records) {
    const chosen = [];
    let size = 200;
    for (const { seq, position, value } of records) {
      const one = { seq, position, value };
      size += bytes(JSON.stringify(one)) + 1;
      if (chosen.length && (size > MOST_BYTES || chosen.length >= (this.most || MOST))) break;
      chosen.push(one);
    }
    return chosen;
  }

  body(answers, { epoch, token }) {
    return JSON.stringify({ epoch, token, answers });
  }

  async sendBatch() {
    const answers = this.batch(this.live);
    const records = this.live.slice(0, answers.length);
    records.forEach((record) => { record.sent = true; });
    const reply = await post(this.form, this.form.dataset.answers, this.body(answers, this.pen));
    records.forEach((record) => { delete record.sent; });
    if (reply.status === 400 || reply.status === 413) return this.unacceptable(records);
    const accepted = new Set(reply.data.accepted || []);
    const named = records.filter((record) => accepted.has(record.seq));
    if (reply.status === 409 && reply.data.error === "elsewhere") {
      named.forEach((record) => { record.offered = true; });
      this.write(named, []);
      return this.stop("elsewhere", reply.data.message);
    }
    if (reply.status === 409 && reply.data.error === "closed") {
      this.forget(named.length ? named : records);
      this.stopped = "closed";
      this.message = reply.data.message;
      return true;
    }
    if (reply.status !== 200) return this.trouble(reply);
    this.slowest = 0;
    this.most = MOST;
    this.forget(named);
    this.events.remaining(reply.data.remaining, reply.trip);
    if (named.length) this.events.saved(reply.data.saved_at);
    else this.lay();
    return named.length > 0;
  }

  forget(records) {
    const ids = new Set(records.map((record) => record.id));
    this.live = this.live.filter((record) => !ids.has(record.id));
    this.left = this.left.filter((record) => !ids.has(record.id));
    this.write([], [...ids]);
    this.tell();
  }

  // One bad answer must not hold up the others: smaller batches until it stands alone.
  unacceptable(records) {
    if (records.length > 1) {
      this.most = 1;
      return true;
    }
    this.forget(records);
    this.events.refused(records[0].position);
    return true;
  }

  // Anything that may pass: false, so that it is tried again.
  trouble(reply) {
    const word = reply.data.error;
    this.slowest = 0;
    if (reply.status === 401 || reply.status === 404) {
      this.slowest = SIGNED_OUT_RETRY;
      this.events.signedOut(reply.status === 404);
    } else if (reply.status === 403 && word === "pen") this.lay();
    else this.events.away();
    return false;
  }

  stop(why, message) {
    this.stopped = why;
    this.message = message;
    clearTimeout(this.timer);
    if (why === "closed") this.finish();
    else this.events.elsewhere(message);
    return true;
  }

  async finish() {
    this.write([], [...this.live, ...this.left, ...this.evidence].map((record) => record.id));
    await this.writes;
    this.events.closed(this.message);
  }

  // Give the pen up, so that a new one is taken with new numbers; nothing that waits is lost.
  lay() {
    this.pen = null;
  }

  // "Continue here": what was typed on this page is now only as good as what is newest elsewhere.
  async resume() {
    await this.running;
    this.resuming = true;
    this.left = [...this.left, ...this.live];
    this.live = [];
    this.stopped = "";
    this.delay = 0;
    this.lay();
    return this.flush();
  }

  async takePen() {
    const reply = await post(this.form, this.form.dataset.pen, {});
    if (reply.status !== 200) {
      if (reply.status !== 409) return this.trouble(reply);
      if (reply.data.error === "elsewhere") return this.otherDevice(reply.data.message);
      this.evidence = [...this.left, ...this.live].filter((record) => record.token && !record.offered);
      if (await this.sendEvidence()) this.stop("closed", reply.data.message);
      return false;
    }
    const { epoch, token, remaining, answers, looked_at: lookedAt } = reply.data;
    this.pen = { epoch, token };
    this.form.elements.epoch.value = epoch;
    this.form.elements.token.value = token;
    this.resuming = false;
    this.events.remaining(remaining, reply.trip);
    const done = this.settle(answers);
    // What an earlier page sent without hearing of it had arrived: nothing is left to send, and that is told, too.
    if (done && !this.live.length) this.events.saved(lookedAt);
    return true;
  }

  // Another device has the pen: the exam's page asks whether to go on here, and tells the invigilator.
  otherDevice(message) {
    if (this.resuming) this.events.ask();
    this.stop("elsewhere", message);
    return false;
  }

  // The pen is new: number what waits anew, decide about what was left, show what the server has.
  settle(answers) {
    const mine = new Set(this.live.map((record) => record.position));
    const { win, lose, done } = merge(this.left.filter((record) => !mine.has(record.position)), answers);
    const superseded = this.left.filter((record) => mine.has(record.position));
    this.seq = 0;
    this.live = [...win, ...this.live].map((record) => this.renumbered(record));
    this.evidence = lose.filter((record) => record.token && !record.offered);
    const kept = new Set(this.evidence);
    this.left = [];
    const gone = [...done, ...superseded, ...lose].filter((record) => !kept.has(record));
    this.write(this.live, gone.map((record) => record.id));
    for (const [position, , value] of answers) this.show(position, value);
    win.forEach(({ position, value }) => this.events.show(position, value));
    this.events.merged(win.length, lose.map((record) => record.position));
    this.tell();
    return done.length;
  }

  renumbered(record) {
    this.seq += 1;
    return { ...record, ...this.pen, seq: this.seq, offered: false };
  }

  // What lost against a newer answer, or came after the end, is kept by the server under the pen it was written with;
  // it does not count. True when nothing is left to offer.
  async sendEvidence() {
    while (this.evidence.length) {
      const { epoch, token } = this.evidence[0];
      const same = this.evidence.filter((record) => record.epoch === epoch && record.token === token);
      const answers = this.batch(same);
      const reply = await post(this.form, this.form.dataset.answers, this.body(answers, { epoch, token }));
      if (reply.status === 0 || reply.status === 401 || reply.status >= 500) return false;
      const sent = new Set(same.slice(0, answers.length));
      this.evidence = this.evidence.filter((record) => !sent.has(record));
      this.write([], [...sent].map((record) => record.id));
    }
    return true;
  }

  // The page goes away: send what waits without waiting for the reply. It stays in the store until it is named.
  beacon() {
    if (this.pen && this.live.length && !this.stopped) {
      post(this.form, this.form.dataset.answers, this.body(this.batch(this.live), this.pen), true);
    }
  }
}
