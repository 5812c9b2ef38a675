// Counts down from what the server said, by the monotonic clock: changing the device's time changes nothing.
//
// Every reply brings the seconds that are left. It was made somewhere between asking and hearing, so half of that
// time is taken off, and the reply with the shortest way is believed most. A reply that differs by more than its own
// way explains is believed at once: the device slept, its clock runs wrong, or somebody was given more time. Which of
// them it was, only the deadline itself can tell (see exams.js).
const THRESHOLDS = [30, 10, 5, 1];
const LATER = 20; // seconds: after such a step back the thresholds are told again
const JUMP = 4000; // milliseconds that the two clocks of the device may drift apart before the server is asked

export class Clock {
  constructor(element, { announce, reopen, over, ask }) {
    Object.assign(this, { element, announce, reopen, over, ask });
    this.shown = element.querySelector(".v");
    this.told = new Set();
    this.best = Infinity;
    this.end = performance.now() + (Number(element.dataset.remaining) + 0.5) * 1000;
    this.isOver = false;
    this.forgetThresholds();
    this.drift = Date.now() - performance.now();
    setInterval(() => this.tick(), 500);
    this.tick();
  }

  // What the server said, and how many milliseconds asking took.
  sync(seconds, trip = 0) {
    if (typeof seconds !== "number") return;
    const end = performance.now() - trip / 2 + (seconds + 0.5) * 1000;
    const change = (end - this.end) / 1000;
    if (Math.abs(change) < 2 + trip / 2000 && trip > this.best) return;
    this.end = end;
    this.best = trip;
    if (change > LATER) {
      this.told.clear();
      this.forgetThresholds();
      this.ask();
    }
    if (seconds > 0 && this.isOver) {
      this.isOver = false;
      this.reopen();
    }
    this.tick();
  }

  forgetThresholds() {
    for (const minutes of THRESHOLDS) if (this.left() <= minutes * 60) this.told.add(minutes);
  }

  left() {
    return Math.max(0, Math.floor((this.end - performance.now()) / 1000));
  }

  tick() {
    const left = this.left();
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(left / 3600);
    this.shown.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
    this.element.classList.toggle("is-low", left < 300);
    const due = THRESHOLDS.filter((minutes) => left <= minutes * 60 && left > 0 && !this.told.has(minutes));
    due.forEach((minutes) => this.told.add(minutes));
    if (due.length) this.announce(Math.min(...due));
    this.noticeSleep();
    if (left === 0 && !this.isOver) {
      this.isOver = true;
      this.over();
    }
  }

  // Some devices stop the monotonic clock while they sleep. The other clock is never read for the time, but when the
  // two have moved apart it is worth asking the server.
  noticeSleep() {
    const drift = Date.now() - performance.now();
    if (Math.abs(drift - this.drift) > JUMP) this.ask();
    this.drift = drift;
  }
}
