// Puts the result of a check on the page, out of the words that the page brought along. Nothing is parsed as HTML.
import { FAILS, HOLDS } from "../tlog/verify.js";

const words = (name, value = "") =>
  document.querySelector(`[data-words] template[data-${name}${value ? `="${value}"` : ""}]`).content;

export const word = (name, value) => words(name, value).textContent.trim();

const copy = (name, value) => words(name, value).cloneNode(true);

const inLanguage = (date) =>
  new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" }).format(date);

// One row of the list of what was checked; nothing for what only leads to other findings.
function row(name, result) {
  const found = words("rows").querySelector(`[data-finding="${name} ${result}"]`);
  return found ? found.cloneNode(true) : null;
}

export const rows = (findings, standing) =>
  [...findings.map(({ name, result }) => row(name, result)), standing && row("standing", standing)].filter(Boolean);

function paragraph(text) {
  const line = document.createElement("p");
  line.textContent = text;
  return line;
}

const lines = (value) => (typeof value === "string" ? value.split("\n").filter(Boolean).map(paragraph) : []);

// The text inside a record, so that a reader can compare it with what a paper or a PDF shows.
function body(subject) {
  const list = document.createElement("ol");
  const content = subject.get("content");
  for (const clause of Array.isArray(content) ? content : []) {
    const item = document.createElement("li");
    item.textContent = clause instanceof Map ? String(clause.get("text") ?? "") : "";
    list.append(item);
  }
  return [...lines(subject.get("preamble")), list, ...lines(subject.get("breachLiability"))];
}

const grouped = (code) => code.replace(/(.{4})(?=.)/g, "$1-");

// How it was signed, in the words of the page; as the record has it where the page knows no words.
function level(value) {
  const isKnown = /^[a-z_]+$/.test(value) && document.querySelector(`[data-words] template[data-level="${value}"]`);
  return isKnown ? word("level", value) : value;
}

function facts(report, subject) {
  const found = copy("facts");
  const { proof, leaf, witnesses } = report;
  const at = leaf ? inLanguage(new Date(Number(leaf.at) * 1000)) : "";
  const values = {
    place: proof && leaf ? word("place").replace("NUMBER", String(proof.index)).replace("MOMENT", at) : "",
    signatureLevel: level(subject.get("signatureLevel")),
    witnesses: witnesses ? witnesses.join(", ") || word("nobody") : "",
  };
  for (const place of found.querySelectorAll("[data-field]")) {
    const { field } = place.dataset;
    const value = values[field] ?? subject.get(field);
    if (typeof value === "string" && value) place.textContent = field === "verificationCode" ? grouped(value) : value;
    else place.parentElement.remove();
  }
  return found;
}

// What became of it later, as dates with their words.
function later(events) {
  return events.map(({ word: what, at }) => {
    const [pair, title, moment] = ["div", "dt", "dd"].map((tag) => document.createElement(tag));
    title.textContent = what;
    moment.textContent = inLanguage(new Date(at));
    pair.append(title, moment);
    return pair;
  });
}

// The finished section. `history` is what the site says about the letter now: `{standing, later}`.
export function verdict({ report, history, file = "", original = "" }) {
  const failed = report.findings.some(({ result }) => result === FAILS) || !report.ok;
  const section = copy("verdict", failed ? "bad" : "ok").firstElementChild;
  const slot = (name) => section.querySelector(`[data-slot="${name}"]`);
  const lead = failed ? "bad" : ["withdrawn", "invalidated", "expired"].includes(history.standing) ? history.standing : "ok";
  slot("lead").replaceWith(copy("lead", lead));
  slot("file").textContent = file;
  slot("checks").append(...rows(report.findings, history.standing));
  slot("meaning").replaceWith(...(failed ? [copy("meaning")] : []));
  const subject = report.record?.get("credentialSubject");
  const said = subject instanceof Map && report.findings.some(({ name, result }) => name === "issuer" && result === HOLDS);
  if (said) {
    const list = facts(report, subject);
    list.firstElementChild.append(...later(history.later));
    slot("facts").replaceWith(list);
    const text = copy("text");
    const place = text.querySelector("[data-body]");
    place.lang = subject.get("language") ?? "zh-Hans"; // earlier records name no Chinese
    place.append(...body(subject));
    slot("text").replaceWith(text);
  } else for (const name of ["facts", "text"]) slot(name).remove();
  slot("printed").textContent = `${location.protocol === "file:" ? "" : location.host} ${inLanguage(new Date())}`;
  const link = slot("original");
  if (link && original) Object.assign(link, { href: original, hidden: false });
  return section;
}
