// The lesson reader. Without it every section has a button, and films play as they are.
(() => {
  const lesson = document.querySelector("[data-lesson]");
  const outline = document.querySelector("details[data-wide-open]");
  if (outline && window.matchMedia("(max-width: 64rem)").matches) outline.open = false;

  // Left and right arrows turn lessons, unless the focus is on something that uses them itself.
  document.addEventListener("keydown", (event) => {
    const rel = { ArrowLeft: "prev", ArrowRight: "next" }[event.key];
    if (!rel || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (event.target.closest("input, textarea, select, video, audio, [contenteditable], [data-pages]")) return;
    const link = document.querySelector(`a[rel="${rel}"]`);
    if (link) link.click();
  });
  if (!lesson) return;

  const token = () => document.querySelector("input[name=csrfmiddlewaretoken]")?.value || "";
  const post = (url, body) =>
    fetch(url, {
      method: "POST",
      credentials: "same-origin",
      keepalive: true,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token() },
      body: JSON.stringify(body),
    });

  // A section counts when its end has stayed in view for a moment; several are sent together.
  const waiting = new Set();
  let timer = 0;
  const send = async () => {
    timer = 0;
    const ids = [...waiting];
    waiting.clear();
    if (!ids.length) return;
    const response = await post(lesson.dataset.sectionsUrl, { sections: ids }).catch(() => null);
    if (!response || !response.ok) return; // the button is still there
    for (const id of ids) mark(id);
    if ((await response.json()).complete) location.reload();
  };
  const mark = (id) => {
    const end = lesson.querySelector(`[data-section="${CSS.escape(id)}"]`);
    if (!end || end.hasAttribute("data-read")) return;
    end.setAttribute("data-read", "");
    const form = end.querySelector("form");
    const hadFocus = form.contains(document.activeElement);
    form.hidden = true;
    const word = end.querySelector("p[hidden]");
    word.hidden = false;
    if (hadFocus) {
      word.tabIndex = -1;
      word.focus();
    }
    const bar = document.getElementById("read-progress");
    bar.value += 1;
    const words = document.getElementById("read-words");
    words.textContent = words.textContent.replace(/\d+/, String(bar.value));
  };
  if ("IntersectionObserver" in window) {
    const dwell = new Map();
    const observer = new IntersectionObserver(
      (entries) => {
        for (const entry of entries) {
          const id = entry.target.dataset.section;
          clearTimeout(dwell.get(id));
          if (!entry.isIntersecting || entry.target.hasAttribute("data-read")) continue;
          dwell.set(id, setTimeout(() => {
            if (document.visibilityState !== "visible") return;
            waiting.add(id);
            timer = timer || setTimeout(send, 800);
          }, 1500));
        }
      },
      { threshold: 1 },
    );
    lesson.querySelectorAll(".section-end:not([data-read])").forEach((end) => observer.observe(end));
  }

  // Films: where the course asks for it, jumping ahead goes back, and what ran is reported.
  if (!lesson.hasAttribute("data-no-seek")) return;
  lesson.querySelectorAll("video[data-film]").forEach((film) => {
    let reached = 0;
    let last = 0;
    let ran = 0;
    const report = () => {
      if (ran < 1) return;
      const seconds = ran;
      ran = 0;
      post(lesson.dataset.playedUrl, { block: film.dataset.film, seconds }).catch(() => { ran += seconds; });
    };
    film.addEventListener("timeupdate", () => {
      const step = film.currentTime - last;
      if (!film.seeking && step > 0 && step < 2) {
        if (film.currentTime > reached) ran += film.currentTime - Math.max(reached, last);
        reached = Math.max(reached, film.currentTime);
      }
      last = film.currentTime;
      if (ran >= 10) report();
    });
    film.addEventListener("seeking", () => {
      if (film.currentTime > reached + 1) film.currentTime = reached;
    });
    film.addEventListener("pause", report);
    film.addEventListener("ended", report);
  });
})();
