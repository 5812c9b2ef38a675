// The shell's script. Every page works without it.
(() => {
  const root = document.documentElement;

  // An engine that the server did not know to be old, but that cannot read the modern style sheets.
  const legacy = document.currentScript.dataset.legacy;
  if (legacy && !(window.CSS && CSS.supports && CSS.supports("selector(&)"))) {
    document.querySelectorAll('link[rel="stylesheet"]').forEach((link) => link.remove());
    const flat = document.createElement("link");
    flat.rel = "stylesheet";
    flat.href = legacy;
    document.head.appendChild(flat);
  }

  // Theme and text size without a reload; the form does the same with one.
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("[data-preferences]");
    const chosen = event.submitter;
    if (!form || !chosen) return;
    event.preventDefault();
    const { name, value } = chosen;
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `${name}=${value}; path=/; samesite=lax; max-age=${value ? 31536000 : 0}${secure}`;
    if (value) root.dataset[name] = value;
    else delete root.dataset[name];
    form.querySelectorAll(`button[name="${name}"]`).forEach((button) => {
      button.setAttribute("aria-pressed", String(button.value === value));
    });
  });

  // Signing out of a shared device leaves no answers of an exam on it.
  document.addEventListener("submit", (event) => {
    if (!/\/logout\/$/.test(event.target.getAttribute("action") || "")) return;
    try {
      Object.keys(localStorage).filter((key) => /^exam/.test(key)).forEach((key) => localStorage.removeItem(key));
      Object.keys(sessionStorage).filter((key) => /^flags:/.test(key)).forEach((key) => sessionStorage.removeItem(key));
      indexedDB.deleteDatabase("xinxing-exams");
    } catch (refused) { /* what keeps nothing has nothing to forget */ }
  });

  document.addEventListener("click", (event) => {
    // Menus close when one clicks elsewhere.
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
    if (event.target.closest("[data-print]")) window.print();
    const opener = event.target.closest("[data-open]");
    const dialog = opener && document.getElementById(opener.dataset.open);
    if (dialog && dialog.showModal) {
      event.preventDefault();
      dialog.showModal();
    }
    const closer = event.target.closest("[data-close]");
    if (closer) closer.closest("dialog").close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });

  // An outline that is open on wide screens starts closed on narrow ones.
  if (matchMedia("(max-width: 57.99rem)").matches) {
    document.querySelectorAll("details[data-wide-open]").forEach((outline) => {
      outline.open = false;
    });
  }
  root.classList.add("has-js");
})();
