// Courseware one page at a time, and a lesson one section at a time for a class. Without it everything stands in a row.
(() => {
  const stepper = (items, words, buttons, onShow) => {
    let at = 0;
    const show = (to) => {
      at = Math.min(Math.max(to, 0), items.length - 1);
      items.forEach((item, n) => { item.hidden = n !== at; });
      words.textContent = `${at + 1} / ${items.length}`;
      buttons.forEach((button) => { button.disabled = at + Number(button.dataset.page) < 0 || at + Number(button.dataset.page) >= items.length; });
      if (onShow) onShow(items[at]);
    };
    buttons.forEach((button) => button.addEventListener("click", () => show(at + Number(button.dataset.page))));
    show(0);
    return (by) => show(at + by);
  };
  const keys = { ArrowRight: 1, PageDown: 1, ArrowLeft: -1, PageUp: -1 };

  document.querySelectorAll("[data-pages]").forEach((box) => {
    const bar = box.querySelector(".pages-bar");
    if (!bar) return;
    bar.hidden = false;
    const move = stepper([...box.querySelectorAll(".one-sheet")], bar.querySelector("[data-page-words]"), [...bar.querySelectorAll("[data-page]")]);
    box.addEventListener("keydown", (event) => {
      if (!keys[event.key]) return;
      event.preventDefault();
      event.stopPropagation();
      move(keys[event.key]);
    });
  });

  const deck = document.querySelector("[data-deck]");
  if (!deck) return;
  const bar = document.querySelector(".projector-bar");
  const controls = bar.querySelector("[data-deck-controls]");
  controls.hidden = false;
  const move = stepper([...deck.querySelectorAll(".slide")], controls.querySelector("[data-page-words]"), [...controls.querySelectorAll("[data-page]")], () => window.scrollTo(0, 0));
  document.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.target.closest("input, video, audio")) return;
    event.preventDefault();
    move(keys[event.key]);
  });
})();
