// Between the form fields of one question and its value, as the server reads them without a script.
//
// An element with `data-type` holds the fields of a question. A case (data-type="scenario") holds such elements with
// `data-part`, and its value is {part id: value}; what has not been answered is left out, null is nothing at all.
const rankOrder = (a, b) => Number(a.value) - Number(b.value);
const fieldsOf = (element) => [...element.querySelectorAll("input, select, textarea")];
const partsOf = (element) => [...element.querySelectorAll("[data-part]")];

// PostgreSQL stores no null character, and half a character is no text.
function clean(text) {
  return text.replace(/\0/g, "").replace(/[\ud800-\udbff](?![\udc00-\udfff])|([^\ud800-\udbff]|^)[\udc00-\udfff]/g, "$1").trim();
}

export function readValue(question) {
  if (question.dataset.type === "scenario") return readParts(question);
  const inputs = fieldsOf(question);
  const chosen = inputs.filter((n) => n.checked).map((n) => n.value);
  switch (question.dataset.type) {
    case "multiple": return chosen.length ? chosen : null;
    case "true_false": return chosen.length ? chosen[0] === "true" : null;
    case "blank": return inputs.some((n) => clean(n.value)) ? inputs.map((n) => clean(n.value)) : null;
    case "ordering": {
      const placed = inputs.filter((n) => n.value).sort(rankOrder).map((n) => n.dataset.option);
      return placed.length ? placed : null;
    }
    case "matching": {
      const pairs = inputs.filter((n) => n.value).map((n) => [n.dataset.option, n.value]);
      return pairs.length ? fromPairs(pairs) : null;
    }
    case "short": return clean(inputs[0].value) || null;
    default: return chosen.length ? chosen[0] : null;
  }
}

function readParts(question) {
  const pairs = partsOf(question).map((part) => [part.dataset.part, readValue(part)]).filter((pair) => pair[1] !== null);
  return pairs.length ? fromPairs(pairs) : null;
}

function fromPairs(pairs) {
  const object = {};
  pairs.forEach(([key, value]) => { object[key] = value; });
  return object;
}

export function writeValue(question, value) {
  if (question.dataset.type === "scenario") {
    partsOf(question).forEach((part) => {
      const given = value && part.dataset.part in value ? value[part.dataset.part] : null;
      writeValue(part, given);
    });
    return;
  }
  const inputs = fieldsOf(question);
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

// True if there is anything to mark.
export function isAnswered(question) {
  const value = readValue(question);
  if (value === null || value === "") return false;
  return typeof value !== "object" || Object.values(value).some((part) => part !== "");
}
