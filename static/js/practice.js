// Ticks everything on the page. Without this script each one is ticked by hand.
document.querySelectorAll("form[data-confirm]").forEach((form) => {
  const all = form.querySelector("[data-select-all]");
  if (!all) return;
  const master = all.querySelector("input");
  const boxes = [...form.querySelectorAll('.chase input[type="checkbox"]')];
  const show = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    master.checked = ticked === boxes.length;
    master.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.hidden = false;
  master.addEventListener("change", () => boxes.forEach((box) => { box.checked = master.checked; }));
  form.addEventListener("change", (event) => { if (event.target !== master) show(); });
  show();
});
