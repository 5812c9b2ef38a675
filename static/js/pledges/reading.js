// Notes when the end of the letter came into view, in milliseconds since the page opened. Signing works without it.
(() => {
  const end = document.querySelector("[data-letter-end]");
  const field = document.querySelector("[data-reading] [name=read_after]");
  if (!end || !field || !("IntersectionObserver" in window)) return;
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    field.value = String(Math.round(performance.now()));
    watcher.disconnect();
  });
  watcher.observe(end);
})();
