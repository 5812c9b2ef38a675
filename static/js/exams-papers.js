/* While sections of a paper or blueprint are edited: asks the server what the bank can fill. Without this script the
   button "Check" and the page after storing say the same. */
"use strict";
(() => {
  const own = document.querySelector("form[data-check]");
  const form = own || document.querySelector("form[data-edit-form]");
  if (!form || !form.querySelector("[name='sections-TOTAL_FORMS']")) return;
  const address = own ? own.dataset.check : location.pathname.replace(/exams_blueprint\/.*$/, "exam-items/papers/check/");
  let place = document.getElementById("paper-check");
  if (!place) {
    place = document.createElement("div");
    place.id = "paper-check";
    place.className = "nice-padding";
    place.setAttribute("aria-live", "polite");
    form.after(place);
  }
  let timer = 0, asked = 0;
  const ask = async () => {
    const mine = ++asked;
    try {
      const answer = await fetch(address, { method: "POST", body: new FormData(form), credentials: "same-origin" });
      const text = await answer.text();
      if (answer.ok && mine === asked) place.innerHTML = text;
    } catch { /* the network is away: what stands there stays */ }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 500); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  if (!own) ask();
})();
