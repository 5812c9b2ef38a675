// The form that mends a block: only the fields of the chosen type, and Ctrl+Enter saves. All of it works without, too.
(function () {
  "use strict";
  var form = document.querySelector("[data-mend]");
  if (!form) return;
  var OF = {
    options: ["single", "multiple", "survey", "unknown"],
    answer: ["single", "multiple", "true_false", "blank", "matching", "ordering", "short", "unknown"],
    keywords: ["short"],
    any_order: ["blank"],
    parts: ["scenario"],
  };
  var type = form.elements.type;
  function arrange() {
    Object.keys(OF).forEach(function (name) {
      var field = form.querySelector('[data-field="' + name + '"]');
      if (field) field.hidden = OF[name].indexOf(type.value) < 0;
    });
  }
  type.addEventListener("change", arrange);
  arrange();
  form.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.querySelector('button[value="save"]').click();
    }
  });
})();
