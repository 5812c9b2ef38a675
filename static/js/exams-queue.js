// Answers on their way to the server. Each change gets a number; it leaves the queue only when the server names
// that number as stored. What waits is kept on this device, and goes out first when the page is opened again.
const DEBOUNCE = 1500;
const LONGEST = 10000;
const SLOWEST_RETRY = 30000;
const BATCH = 100;

export class Queue {
  constructor(form, events) {
    this.form = form;
    this.events = events;
    this.key = `exam:${form.dataset.id}`;
    this.csrf = form.elements.csrfmiddlewaretoken.value;
    this.pen = null;
    this.seq = 0;
    this.items = [];
    this.delay = 0;
    this.stopped = false;
    addEventListener("online", () => this.schedule(0));
    addEventListener("pagehide", () => this.beacon());
  }

  restore(apply) {
    let kept = [];
    try { kept = JSON.parse(localStorage.getItem(this.key) || "[]"); } catch { kept = []; }
    for (const { position, value } of kept) {
      apply(position, value);
      this.put(position, value);
    }
  }

  add(position, value) {
    this.put(position, value);
    this.firstAt ??= performance.now();
    this.schedule(Math.max(0, Math.min(DEBOUNCE, LONGEST - (performance.now() - this.firstAt))));
  }

  put(position, value) {
    this.items = this.items.filter((item) => item.position !== position || item.sent);
    this.seq += 1;
    this.items.push({ seq: this.seq, position, value, sent: false });
    this.keep();
  }

  keep() {
    try {
      if (this.items.length) localStorage.setItem(this.key, JSON.stringify(this.items));
      else localStorage.removeItem(this.key);
    } catch { /* a full or forbidden store: the server still gets every answer */ }
  }

  schedule(wait) {
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.flush(), wait);
  }

  // Take the pen for this page, so that an older tab cannot overwrite what is written here.
  async open() {
    await this.flush();
  }

  async post(url, body, keepalive = false) {
    return fetch(url, {
      method: "POST",
      keepalive,
      credentials: "same-origin",
      headers: { "Content-Type": "application/json", "X-CSRFToken": this.csrf, Accept: "application/json" },
      body: JSON.stringify(body),
    });
  }

  body(items) {
    return { ...this.pen, answers: items.map(({ seq, position, value }) => ({ seq, position, value })) };
  }

  // Send everything; true once the queue is empty. One run at a time.
  flush() {
    clearTimeout(this.timer);
    this.running ??= this.run().finally(() => { this.running = null; });
    return this.running;
  }

  async run() {
    try {
      if (!this.pen && !this.stopped) await this.takePen();
      while (this.items.length && !this.stopped) {
        this.events.saving();
        const batch = this.items.slice(0, BATCH);
        batch.forEach((item) => { item.sent = true; });
        await this.settle(await this.post(this.form.dataset.answers, this.body(batch)));
      }
      this.delay = 0;
      this.firstAt = undefined;
      return !this.stopped;
    } catch {
      this.items.forEach((item) => { item.sent = false; });
      if (!this.stopped) this.retry();
      return false;
    }
  }

  retry() {
    this.delay = Math.min(SLOWEST_RETRY, this.delay * 2 || 1000);
    if (this.items.length) this.events.waiting(this.items.length);
    this.schedule(this.delay * (0.75 + Math.random() / 2));
  }

  async takePen() {
    const response = await this.post(this.form.dataset.pen, {});
    if (!response.ok) return this.refuse(response);
    const { epoch, token } = await response.json();
    this.pen = { epoch, token };
    this.form.elements.epoch.value = epoch;
    this.form.elements.token.value = token;
  }

  async settle(response) {
    if (!response.ok) return this.refuse(response);
    const { accepted, saved_at: time, remaining } = await response.json();
    const stored = new Set(accepted);
    const before = this.items.length;
    this.items = this.items.filter((item) => !stored.has(item.seq));
    this.keep();
    if (this.items.length === before) throw new Error("nothing was stored");
    if (remaining !== null) this.events.remaining(remaining);
    this.events.saved(time);
  }

  async refuse(response) {
    const { message } = await response.json().catch(() => ({}));
    if (response.status === 401) {
      this.events.signedOut();
      throw new Error("signed out");
    }
    if ([403, 404, 409].includes(response.status)) {
      this.stopped = true;
      if (response.status === 409) localStorage.removeItem(this.key);
      this.events.refused(message || String(response.status));
    }
    throw new Error(String(response.status));
  }

  // The page goes away: send what waits without waiting for the reply. It stays in the store until it is named.
  beacon() {
    if (this.pen && this.items.length && !this.stopped) {
      this.post(this.form.dataset.answers, this.body(this.items.slice(0, BATCH)), true).catch(() => {});
    }
  }
}
