// The door of a class. Without this script the three pictures are chosen one after another in three lists.
if (new URLSearchParams(location.search).has("left")) {
  // The next one starts clean, also over plain HTTP, where browsers ignore Clear-Site-Data.
  try { localStorage.clear(); sessionStorage.clear(); } catch { /* switched off: nothing is kept there */ }
  indexedDB.databases?.().then((all) => all.forEach(({ name }) => indexedDB.deleteDatabase(name))).catch(() => {});
}

const form = document.querySelector('form[data-secret="pictures"]');
if (form) {
  const pad = form.querySelector("[data-pad]");
  const plain = form.querySelector("[data-pad-plain]");
  const said = form.querySelector("[data-pad-said]");
  const clear = form.querySelector("[data-pad-clear]");
  const names = [...plain.querySelectorAll("fieldset")].map((set) => set.querySelector("input").name);
  const chosen = [];
  const buttons = [...pad.querySelectorAll("button")];
  const show = () => {
    buttons.forEach((button) => {
      const place = chosen.indexOf(button.dataset.key);
      button.setAttribute("aria-pressed", place >= 0);
      button.querySelector(".ord")?.remove();
      if (place >= 0) {
        const mark = document.createElement("span");
        mark.className = "ord";
        mark.textContent = place + 1;
        button.append(mark);
      }
    });
    const words = chosen.map((key) => buttons.find((b) => b.dataset.key === key).textContent.replace(/\d/g, "").trim());
    said.textContent = chosen.length ? `${chosen.length} / ${names.length}: ${words.join("、")}` : said.dataset.none;
    clear.disabled = !chosen.length;
    names.forEach((name, at) => {
      form.querySelectorAll(`input[name="${name}"]`).forEach((input) => { input.checked = input.value === chosen[at]; });
    });
  };
  pad.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const place = chosen.indexOf(button.dataset.key);
    if (place >= 0) chosen.splice(place, 1);
    else if (chosen.length < names.length) chosen.push(button.dataset.key);
    show();
  });
  clear.addEventListener("click", () => { chosen.length = 0; show(); buttons[0].focus(); });
  plain.hidden = true;
  pad.hidden = said.hidden = clear.hidden = false;
  show();
}
