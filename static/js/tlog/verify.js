// Check a record without asking anybody: what holds, what does not, what was not looked at. Follows tlog/verify.py.
import { Refused, checkEd25519, joined, sha256, unb58 } from "./bytes.js";
import { canonical, load } from "./json.js";
import { readPolicy } from "./policy.js";
import { checkEntry, readProof } from "./proof.js";

export const [HOLDS, FAILS, SKIPPED] = ["holds", "fails", "not checked"];
const SUITE = "eddsa-jcs-2022";
const NEEDED = ["proof", "entry", "checkpoint"];

// The issuer's public keys by address, from its DID document; keys that seal PDFs sign no records.
function issuerKeys(data) {
  const body = load(data);
  const methods = body instanceof Map ? body.get("verificationMethod") : null;
  if (!Array.isArray(methods)) throw new Refused("this is not the issuer's key document");
  const keys = new Map();
  for (const row of methods.filter((method) => method instanceof Map)) {
    const spelled = String(row.get("publicKeyMultibase"));
    const key = spelled.startsWith("z") ? unb58(spelled.slice(1)) : new Uint8Array();
    if (key[0] === 0x80 && key[1] === 0x24) continue;
    if (key.length !== 34 || key[0] !== 0xed || key[1] !== 0x01) throw new Refused("this is not an Ed25519 multikey");
    keys.set(String(row.get("id")), key.slice(2));
  }
  return keys;
}

const without = (map, name) => new Map([...map].filter(([key]) => key !== name));
const spelledSame = (left, right) =>
  left === undefined || right === undefined ? left === right : String(canonical(left)) === String(canonical(right));

// The address of the key that signed the record (W3C Data Integrity, cryptosuite eddsa-jcs-2022).
async function checkIssuer(record, keys) {
  const proof = record.get("proof");
  if (!(proof instanceof Map) || typeof proof.get("proofValue") !== "string") {
    throw new Refused("the record has no proof of its issuer");
  }
  if (proof.get("type") !== "DataIntegrityProof" || proof.get("cryptosuite") !== SUITE) {
    throw new Refused(`only ${SUITE} is supported`);
  }
  if (
    proof.get("proofPurpose") !== "assertionMethod" ||
    !spelledSame(proof.get("@context"), record.get("@context"))
  ) {
    throw new Refused("the proof is made for something else");
  }
  const method = String(proof.get("verificationMethod"));
  if (!keys.has(method)) throw new Refused("the issuer's key is not trusted", "unknown-issuer");
  const value = proof.get("proofValue");
  const signature = value.startsWith("z") ? unb58(value.slice(1)) : new Uint8Array();
  const options = await sha256(canonical(without(proof, "proofValue")));
  const bare = await sha256(canonical(without(record, "proof")));
  await checkEd25519(keys.get(method), signature, joined(options, bare));
  return method;
}

function readRecord(data) {
  const body = load(data);
  if (!(body instanceof Map)) throw new Refused("a record is an object");
  canonical(body);
  return body;
}

// Check one record against its proof, a policy and the issuer's keys: `{ok, findings, record, leaf, proof, witnesses}`.
// A finding has `name`, `result` and `reason`. Bad input is a finding, not an error.
export async function verify({ record, proof, policy, issuer, fromPdf = false }) {
  const findings = [];
  const attempt = async (name, check) => {
    try {
      const value = await check();
      findings.push({ name, result: HOLDS, reason: "" });
      return value;
    } catch (wrong) {
      if (!(wrong instanceof Refused)) throw wrong;
      findings.push({ name, result: FAILS, reason: wrong.reason });
      return null;
    }
  };
  if (fromPdf) findings.push({ name: "seal", result: SKIPPED, reason: "" });
  const trusted = await attempt("policy", () => readPolicy(policy));
  const body = await attempt("record", () => readRecord(record));
  const parsed = await attempt("proof", () => readProof(proof));
  const witnesses =
    parsed && trusted ? await attempt("checkpoint", () => trusted.check(parsed.checkpoint)) : null;
  const leaf = parsed && body ? await attempt("entry", () => checkEntry(parsed, body)) : null;
  if (body && issuer) await attempt("issuer", async () => checkIssuer(body, issuerKeys(issuer)));
  else if (body) findings.push({ name: "issuer", result: SKIPPED, reason: "" });
  const results = Object.fromEntries(findings.map(({ name, result }) => [name, result]));
  const ok = !Object.values(results).includes(FAILS) && NEEDED.every((name) => results[name] === HOLDS);
  return { ok, findings, record: body, leaf, proof: parsed, witnesses };
}
