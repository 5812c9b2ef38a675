// Counts down from what the server said, by the monotonic clock: changing the device's time changes nothing.
const THRESHOLDS = [10, 5, 1];

export class Clock {
  constructor(element, { announce, over }) {
    this.element = element;
    this.shown = element.querySelector(".v");
    this.announce = announce;
    this.over = over;
    this.told = new Set();
    this.set(Number(element.dataset.remaining));
    for (const minutes of THRESHOLDS) if (this.left() <= minutes * 60) this.told.add(minutes);
    this.timer = setInterval(() => this.tick(), 500);
    this.tick();
  }

  // Every answer from the server brings the remaining seconds again.
  set(seconds) {
    this.end = performance.now() + seconds * 1000;
  }

  left() {
    return Math.max(0, Math.round((this.end - performance.now()) / 1000));
  }

  tick() {
    const left = this.left();
    const two = (n) => String(n).padStart(2, "0");
    const hours = Math.floor(left / 3600);
    this.shown.textContent = `${hours ? `${hours}:` : ""}${two(Math.floor((left % 3600) / 60))}:${two(left % 60)}`;
    this.element.classList.toggle("is-low", left < 300);
    for (const minutes of THRESHOLDS) {
      if (left <= minutes * 60 && left > 0 && !this.told.has(minutes)) {
        this.told.add(minutes);
        this.announce(minutes);
      }
    }
    if (left === 0) {
      clearInterval(this.timer);
      this.over();
    }
  }
}
