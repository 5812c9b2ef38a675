// Checks a letter in this browser: a file that somebody chose, or what is published under the code of this page.
// The file stays here. Without WebCrypto's Ed25519 the forms of the page do the same on the server.
import { fromPdf } from "../tlog/attachments.js";
import { Refused, canCheck } from "../tlog/bytes.js";
import { load } from "../tlog/json.js";
import { FAILS, HOLDS, verify } from "../tlog/verify.js";
import { offerScanning } from "./scan.js";
import { rows, verdict, word } from "./verdict.js";

const MAX_FILE = 2_000_000;
const CODE = /^[2-9A-HJ-NP-Z]{12}$/;
const PROOF_MARK = "c2sp.org/";

const pinned = JSON.parse(document.getElementById("pinned").textContent);
const bytes = async (file) => new Uint8Array(await file.arrayBuffer());
const opens = (data, text) => String.fromCharCode(...data.subarray(0, text.length)) === text;
const unknown = { standing: "unknown", later: [] };

// The verification code inside a record; "" if it says none.
function codeOf(record) {
  try {
    const code = load(record).get("credentialSubject").get("verificationCode");
    return CODE.test(code) ? code : "";
  } catch {
    return "";
  }
}

async function fetched(address) {
  const answer = await fetch(address, { credentials: "omit" });
  return answer.ok ? answer : null;
}

// What this site knows of a letter by now. Only the code is asked.
async function historyOf(pattern, code, record) {
  if (!pattern) return { standing: isOver(record) ? "expired" : "offline", later: [] };
  if (!code) return unknown;
  try {
    return (await (await fetched(pattern.replace("CODE", code)))?.json()) ?? unknown;
  } catch {
    return { standing: "offline", later: [] };
  }
}

function isOver(record) {
  const until = record?.get("validUntil");
  return typeof until === "string" && Date.parse(until) < Date.now();
}

// `{record, proof, fromPdf}` out of what was chosen, in whatever order.
async function partsOf(files) {
  if (files.some((file) => file.size > MAX_FILE)) throw new Refused("", "too-large");
  const data = await Promise.all(files.map(bytes));
  const pdf = data.find((part) => opens(part, "%PDF-"));
  if (pdf) {
    try {
      const [record, proof] = await fromPdf(pdf);
      return { record, proof, fromPdf: true };
    } catch (wrong) {
      if (!(wrong instanceof Refused)) throw wrong;
      throw new Refused("", "no-attachments");
    }
  }
  const proof = data.find((part) => opens(part, PROOF_MARK));
  return { record: data.find((part) => part !== proof), proof, fromPdf: false };
}

class FileCheck {
  constructor(form) {
    this.form = form;
    this.places = form.dataset;
    [this.file, this.proof] = [form.elements.file, form.elements.proof];
    this.file.multiple = true;
    form.querySelector("[data-here]").hidden = false;
    for (const input of [this.file, this.proof]) input.addEventListener("change", () => this.check());
  }

  show(selector, isShown) {
    this.form.querySelector(selector).hidden = !isShown;
  }

  problem(name) {
    this.show("[data-problem-shown]", Boolean(name));
    if (name) this.form.querySelector("[data-problem-shown] p").textContent = word("problem", name);
  }

  async check() {
    const files = [...this.file.files, ...(this.proof.files ?? [])];
    document.querySelector("main .verdict[tabindex]")?.remove();
    this.problem("");
    this.form.querySelector("[data-chosen]").textContent = files.map((file) => file.name).join(", ");
    if (!this.file.files.length) return;
    this.show("[data-busy]", true);
    try {
      await this.judge(files);
    } catch (wrong) {
      this.problem(wrong instanceof Refused ? wrong.reason : "failed");
      if (!(wrong instanceof Refused)) console.warn(wrong);
    }
    this.show("[data-busy]", false);
  }

  async judge(files) {
    const parts = await partsOf(files);
    const code = parts.record ? codeOf(parts.record) : "";
    const record = parts.record ?? new Uint8Array();
    const proof = parts.proof ?? (await this.ownProof(code));
    const report = await verify({ ...pinned, ...parts, record, proof });
    const history = await historyOf(this.places.state, code, report.record);
    const isKnown = ["in_force", "expired"].includes(history.standing) && this.places.letter;
    const original = isKnown ? this.places.letter.replace("CODE", code) : "";
    const name = files.map((file) => file.name).join(", ");
    const section = verdict({ report, history, file: name, original });
    document.querySelector("[data-result]").replaceChildren(section);
    section.focus();
    section.scrollIntoView({ block: "start" });
  }

  async ownProof(code) {
    const answer = code && this.places.proof ? await fetched(this.places.proof.replace("CODE", code)) : null;
    if (!answer) throw new Refused("", "no-proof");
    return new Uint8Array(await answer.arrayBuffer());
  }
}

// Whether place and check value in the QR code (`#i=INDEX&c=COMMITMENT`) are those of the proof.
function paperFinding(report) {
  const said = new URLSearchParams(location.hash.slice(1));
  if (!said.has("i") && !said.has("c")) return [];
  const fits = said.get("i") === String(report.proof?.index) && said.get("c") === report.leaf?.commitment;
  return [{ name: "paper", result: fits ? HOLDS : FAILS, reason: fits ? "" : "other-record" }];
}

// The page of a code: what is published is fetched as anybody would, and checked here instead of by the server.
async function checkPublished(place) {
  const answers = await Promise.all([fetched(place.dataset.record), fetched(place.dataset.proof)]);
  if (answers.includes(null)) return;
  const [record, proof] = await Promise.all(answers.map(async (answer) => new Uint8Array(await answer.arrayBuffer())));
  const report = await verify({ ...pinned, record, proof });
  report.findings.push(...paperFinding(report));
  report.ok &&= !report.findings.some(({ result }) => result === FAILS);
  if (report.ok) {
    const standing = place.querySelector('[data-finding^="standing"]');
    place.querySelector("ul.checks").replaceChildren(...rows(report.findings, ""), standing);
    place.querySelector("[data-by]").textContent = place.querySelector("[data-by]").dataset.here;
  } else {
    const history = await historyOf(place.dataset.state, place.dataset.code, null);
    const section = verdict({ report, history, original: place.dataset.letter });
    const heading = document.createElement("h1"); // of this page
    heading.append(...section.querySelector("h2").childNodes);
    section.querySelector("h2").replaceWith(heading);
    place.replaceWith(section);
  }
}

async function start() {
  const form = document.querySelector("[data-check-file]");
  offerScanning((name) => word("problem", name));
  if (!pinned.policy || !(await canCheck()) || !globalThis.DecompressionStream) {
    form.querySelector("[data-cannot]").hidden = false;
    return;
  }
  new FileCheck(form);
  const place = document.querySelector("[data-check-published]");
  if (place) await checkPublished(place).catch((wrong) => console.warn(wrong));
  document.documentElement.dataset.checking = "ready";
}

start();
