// A page of the package on the projector: one section a screen, arrows or buttons. Without it everything stands in a row.
(function () {
  var slides = Array.prototype.slice.call(document.querySelectorAll(".slide"));
  var bar = document.querySelector(".bar");
  if (!slides.length || !bar) return;
  var toggle = bar.querySelector("[data-projector]");
  var where = bar.querySelector("[data-where]");
  var buttons = Array.prototype.slice.call(bar.querySelectorAll("[data-go]"));
  var words = [toggle.textContent, toggle.getAttribute("data-on")];
  var on = false;
  var at = 0;
  function show() {
    document.documentElement.className = on ? "projector" : "";
    slides.forEach(function (slide, n) { slide.hidden = on && n !== at; });
    toggle.textContent = words[on ? 1 : 0];
    where.hidden = !on;
    where.textContent = (at + 1) + " / " + slides.length;
    buttons.forEach(function (button) {
      button.hidden = !on;
      var to = at + Number(button.getAttribute("data-go"));
      button.disabled = to < 0 || to >= slides.length;
    });
  }
  function go(by) { at = Math.min(Math.max(at + by, 0), slides.length - 1); show(); window.scrollTo(0, 0); }
  toggle.addEventListener("click", function () { on = !on; show(); });
  buttons.forEach(function (button) { button.addEventListener("click", function () { go(Number(button.getAttribute("data-go"))); }); });
  document.addEventListener("keydown", function (event) {
    if (!on || /^(INPUT|VIDEO|AUDIO|SUMMARY)$/.test(event.target.tagName)) return;
    if (event.key === "ArrowRight" || event.key === "PageDown") go(1);
    if (event.key === "ArrowLeft" || event.key === "PageUp") go(-1);
  });
  bar.hidden = false;
  show();
})();
