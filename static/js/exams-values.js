// Between the form fields of one question and its value, as the server reads them without a script.
const rankOrder = (a, b) => Number(a.value) - Number(b.value);

export function readValue(question) {
  const inputs = [...question.querySelectorAll("input, select, textarea")];
  const chosen = inputs.filter((n) => n.checked).map((n) => n.value);
  switch (question.dataset.type) {
    case "multiple": return chosen.length ? chosen : null;
    case "true_false": return chosen.length ? chosen[0] === "true" : null;
    case "blank": return inputs.some((n) => n.value.trim()) ? inputs.map((n) => n.value.trim()) : null;
    case "ordering": {
      const placed = inputs.filter((n) => n.value).sort(rankOrder).map((n) => n.dataset.option);
      return placed.length ? placed : null;
    }
    case "matching": {
      const pairs = inputs.filter((n) => n.value).map((n) => [n.dataset.option, n.value]);
      return pairs.length ? Object.fromEntries(pairs) : null;
    }
    case "short": return inputs[0].value.trim() || null;
    default: return chosen[0] ?? null;
  }
}

export function writeValue(question, value) {
  const inputs = [...question.querySelectorAll("input, select, textarea")];
  switch (question.dataset.type) {
    case "multiple": inputs.forEach((n) => { n.checked = (value || []).includes(n.value); }); break;
    case "true_false": inputs.forEach((n) => { n.checked = value !== null && n.value === String(value); }); break;
    case "blank": inputs.forEach((n, index) => { n.value = (value || [])[index] || ""; }); break;
    case "ordering": inputs.forEach((n) => {
      const place = (value || []).indexOf(n.dataset.option);
      n.value = place < 0 ? "" : String(place + 1);
    }); break;
    case "matching": inputs.forEach((n) => { n.value = (value || {})[n.dataset.option] || ""; }); break;
    case "short": inputs[0].value = value || ""; break;
    default: inputs.forEach((n) => { n.checked = n.value === value; });
  }
}
