// The invigilator's table fetches itself anew every ten seconds; without this script the page reloads.
const EVERY = 10000;
const box = document.querySelector("[data-live]");
const news = document.querySelector("[data-live-news]");

if (box) {
  let timer = 0;
  let before = counts();
  document.querySelector("[data-live-reload]").addEventListener("click", (event) => {
    event.preventDefault();
    refresh();
  });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  plan();

  function counts() {
    const { locked, lost } = box.firstElementChild.dataset;
    return { locked: Number(locked), lost: Number(lost) };
  }

  function plan() {
    clearTimeout(timer);
    timer = setTimeout(refresh, EVERY);
  }

  // Where the focus was, by the address of its link: it must not jump when the table is drawn anew.
  async function refresh() {
    clearTimeout(timer);
    if (!document.hidden) {
      try {
        const url = new URL(location.href);
        url.searchParams.set("part", "live");
        const response = await fetch(url, { credentials: "same-origin", headers: { Accept: "text/html" } });
        if (response.redirected || response.status === 404) { location.reload(); return; }
        if (response.ok) draw(await response.text());
        box.classList.toggle("is-stale", !response.ok);
      } catch {
        box.classList.add("is-stale");
      }
    }
    plan();
  }

  function draw(html) {
    const parsed = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    if (!parsed) return;
    const focused = box.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
    box.replaceChildren(parsed);
    if (focused) box.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
    tell();
  }

  // Only what needs somebody is announced: more exams locked, more connections lost.
  function tell() {
    const now = counts();
    const words = [];
    if (now.locked > before.locked) words.push(`${news.dataset.wordLocked} ${now.locked}`);
    if (now.lost > before.lost) words.push(`${news.dataset.wordLost} ${now.lost}`);
    if (words.length) news.textContent = words.join(" ");
    before = now;
  }
}
