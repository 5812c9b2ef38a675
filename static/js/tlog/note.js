// Signed notes, their keys, and the head of a log (C2SP signed-note, tlog-checkpoint, tlog-cosignature).
import { Refused, checkEd25519, hex, joined, sha256, text, unb64, utf8 } from "./bytes.js";

export const ED25519 = 1;
export const COSIGNATURE = 4;
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;
const MAX_TIME = 2n ** 63n - 1n;
const DASH = "\u2014 ";
const UNNAMEABLE = /(?!\ufeff)[\s\u001c-\u001f\u0085]/; // what Python calls a blank

export async function keyId(name, kind, publicKey) {
  return (await sha256(joined(utf8(name), [10, kind], publicKey))).slice(0, 4);
}

export function checkName(name) {
  if (!name || name.includes("+") || UNNAMEABLE.test(name)) {
    throw new Refused("a key name is not empty and has no blanks and no plus sign");
  }
  return name;
}

// `{name, kind, public, id}` of a vkey; refused if its id is not the key's.
export async function readVkey(spelled) {
  const parts = spelled.split("+");
  const [name, hexed] = parts;
  const material = parts.length > 2 && checkName(name) ? unb64(parts.slice(2).join("+")) : new Uint8Array();
  const id = await keyId(name, material[0] ?? 0, material.slice(1));
  if (material.length < 2 || hex(id) !== hexed) throw new Refused("the key's id does not fit the key");
  if (material.length !== 33 || ![ED25519, COSIGNATURE].includes(material[0])) {
    throw new Refused("only Ed25519 keys are supported");
  }
  return { name, kind: material[0], public: material.slice(1), id };
}

// `{text, signatures}` of a note. Says nothing about whether the signatures hold.
export function readNote(whole) {
  if (utf8(whole).length > MAX_NOTE) throw new Refused("the note is too long");
  if (/[\u0000-\u0009\u000b-\u001f]/.test(whole)) throw new Refused("the note contains control characters");
  const border = whole.lastIndexOf("\n\n");
  if (border < 1 || !whole.endsWith("\n") || border + 2 >= whole.length) {
    throw new Refused("the note has no signatures");
  }
  const rows = whole.slice(border + 2, -1).split("\n");
  if (rows.length > MAX_SIGNATURES) throw new Refused("the note has too many signatures");
  return { text: `${whole.slice(0, border)}\n`, signatures: rows.map(readSignature) };
}

function readSignature(row) {
  const blank = row.indexOf(" ", DASH.length);
  if (!row.startsWith(DASH) || blank < 0) throw new Refused("a signature line is not one");
  const name = checkName(row.slice(DASH.length, blank));
  const value = unb64(row.slice(blank + 1));
  if (value.length < 5) throw new Refused("a signature line is not one");
  return { name, id: value.slice(0, 4), value: value.slice(4) };
}

const is = (signature, key) => signature.name === key.name && hex(signature.id) === hex(key.id);

// Refused unless `key` signed the note; one wrong signature of it refuses the note.
async function signedBy(note, key) {
  const mine = note.signatures.filter((signature) => is(signature, key));
  for (const { value } of mine) await checkSignature(note.text, key, value);
  return mine.length > 0;
}

async function checkSignature(noteText, key, value) {
  if (key.kind === ED25519) return checkEd25519(key.public, value, utf8(noteText));
  if (value.length !== 72) throw new Refused("a cosignature has 72 bytes", "bad-signature");
  const seconds = new DataView(value.buffer, value.byteOffset).getBigUint64(0);
  if (seconds > MAX_TIME) throw new Refused("the cosignature's time is too large", "bad-signature");
  return checkEd25519(key.public, value.slice(8), utf8(`cosignature/v1\ntime ${seconds}\n${noteText}`));
}

// Those of `keys` that signed the note.
export async function signers(note, keys) {
  const found = [];
  for (const key of keys) if (await signedBy(note, key)) found.push(key);
  return found;
}

// A decimal without leading zeroes, below 2^63.
export function decimal(spelled) {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(spelled)) throw new Refused("this is not a decimal number");
  const number = BigInt(spelled);
  if (number > MAX_TIME) throw new Refused("the number is too large");
  return number;
}

// The head of a log with its signature lines, of which nothing is verified yet: `{origin, size, root, note}`.
export async function readCheckpoint(whole) {
  const note = readNote(typeof whole === "string" ? whole : text(whole, "the checkpoint"));
  const lines = note.text.slice(0, -1).split("\n");
  if (lines.length < 3 || lines.includes("")) throw new Refused("a checkpoint has an origin, a size and a root");
  const root = unb64(lines[2]);
  if (root.length !== 32) throw new Refused("the root hash does not have 32 bytes");
  const size = decimal(lines[1]);
  if (size === 0n && hex(root) !== hex(await sha256(new Uint8Array()))) {
    throw new Refused("an empty log has the root of the empty tree", "bad-proof");
  }
  return { origin: lines[0], size, root, note };
}
