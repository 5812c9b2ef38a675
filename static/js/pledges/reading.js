// A letter that is being read: notes when its end came into view and how long it was in sight, shows in the letter what
// the signer writes into it. Signing works without it.
(() => {
  const form = document.querySelector("[data-reading]");
  if (!form) return;
  const end = document.querySelector("[data-letter-end]");
  const field = (name) => form.querySelector(`[name=${name}]`);

  if (end && field("read_after") && "IntersectionObserver" in window) {
    const watcher = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      field("read_after").value = String(Math.round(performance.now()));
      watcher.disconnect();
    });
    watcher.observe(end);
  }

  let seen = 0;
  let since = document.hidden ? null : performance.now();
  const settle = () => {
    if (since !== null) seen += performance.now() - since;
    since = document.hidden ? null : performance.now();
  };
  document.addEventListener("visibilitychange", settle);
  form.addEventListener("submit", () => {
    settle();
    if (field("visible_seconds")) field("visible_seconds").value = String(Math.round(seen / 1000));
    if (field("time_zone")) field("time_zone").value = Intl.DateTimeFormat().resolvedOptions().timeZone || "";
  });

  const show = (places, text) => {
    for (const place of places) {
      if (!("empty" in place.dataset)) place.dataset.empty = place.textContent;
      place.textContent = text || place.dataset.empty;
      place.classList.toggle("is-full", Boolean(text));
    }
  };
  for (const input of document.querySelectorAll("[data-blank]")) {
    const places = [...document.querySelectorAll("[data-blank-text]")].filter((p) => p.dataset.blankText === input.dataset.blank);
    const write = () => show(places, input.value.trim());
    input.addEventListener("input", write);
    write();
  }
  const promise = document.querySelector("textarea[data-promise]");
  if (promise) {
    const write = () => show(document.querySelectorAll("[data-promise-text]"), promise.value.trim());
    promise.addEventListener("input", write);
    write();
  }

  const ways = form.querySelectorAll("[name=way]");
  const choose = () => {
    const way = (form.querySelector("[name=way]:checked") || {}).value || "password";
    const password = form.querySelector("[data-needs-password]");
    if (password && ways.length) {
      password.hidden = way === "passkey";
      password.querySelector("input").required = way !== "passkey";
    }
    const pad = form.querySelector("[data-pad]");
    if (pad && ways.length) pad.hidden = way !== "drawn";
    for (const hint of form.querySelectorAll("[data-for-way]")) hint.hidden = hint.dataset.forWay !== way;
  };
  for (const way of ways) way.addEventListener("change", choose);
  choose();
})();
