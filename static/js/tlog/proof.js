// The offline proof that a log has an entry (C2SP tlog-proof), the Merkle path in it, and our entries.
import { Refused, b64url, hmac, joined, same, sha256, text, unb64, unb64url, utf8 } from "./bytes.js";
import { canonical, load } from "./json.js";
import { decimal, readCheckpoint } from "./note.js";

const HEADER = "c2sp.org/tlog-proof@v1";
const MAX_HASHES = 63;
const KINDS = ["pledge", "paper", "scoring", "template", "evidence", "key", "note"];
const OPS = ["add", "amend", "withdraw", "restore", "expire", "freeze"];
const LARGEST = 2n ** 53n - 1n;

// `{index, hashes, checkpoint, extra}` of a proof file.
export async function readProof(data) {
  const whole = typeof data === "string" ? data : text(data, "the proof");
  const border = whole.indexOf("\n\n");
  const lines = border < 0 ? [] : whole.slice(0, border).split("\n");
  if (lines.shift() !== HEADER || !lines.length) {
    throw new Refused(`a proof begins with ${HEADER} and has an empty line before the checkpoint`);
  }
  const extra = lines[0].startsWith("extra ") ? unb64(lines.shift().slice(6)) : null;
  if (!lines.length || !lines[0].startsWith("index ")) throw new Refused("the proof has no index");
  const index = decimal(lines.shift().slice(6));
  if (lines.length > MAX_HASHES) throw new Refused("the proof has too many hashes");
  const hashes = lines.map(unb64);
  if (hashes.some((value) => value.length !== 32)) throw new Refused("a hash does not have 32 bytes");
  return { index, hashes, extra, checkpoint: await readCheckpoint(whole.slice(border + 2)) };
}

const nodeHash = (left, right) => sha256(joined([1], left, right));
const off = (why) => new Refused(why, "bad-proof");

// Follow the path from an entry to the root (RFC 9162 section 2.1.3.2).
export async function checkInclusion({ entry, index, size, hashes, root }) {
  if (index >= size) throw off(`entry ${index} is not in a tree of ${size}`);
  let found = await sha256(joined([0], entry));
  let [place, last] = [index, size - 1n];
  for (const sibling of hashes) {
    if (last === 0n) throw off("the proof is too long");
    if (place & 1n || place === last) {
      found = await nodeHash(sibling, found);
      while (!(place & 1n) && place) [place, last] = [place >> 1n, last >> 1n];
    } else found = await nodeHash(found, sibling);
    [place, last] = [place >> 1n, last >> 1n];
  }
  if (last) throw off("the proof is too short");
  if (!same(found, root)) throw off("the proof does not lead to the root");
}

// What the log says instead of a record: 43 characters of base64url.
export async function commitment(record, salt) {
  if (salt.length !== 32) throw new Refused("a salt has 32 bytes");
  return b64url(await hmac(salt, joined(utf8("pledge-record/v1\n"), canonical(record))));
}

// The entry, rebuilt from the record and the proof's `extra`, is in the tree: `{commitment, kind, op, at}`.
export async function checkEntry(proof, record) {
  const extra = load(proof.extra ?? "");
  const missing = () => new Refused("the proof does not carry what the entry is made of");
  if (!(extra instanceof Map)) throw missing();
  const [kind, op, salt, at] = ["k", "op", "salt", "t"].map((name) => extra.get(name));
  if ([kind, op, salt].some((word) => typeof word !== "string") || typeof at !== "bigint") throw missing();
  if (extra.has("p") && typeof extra.get("p") !== "bigint") throw missing();
  const leaf = { commitment: await commitment(record, unb64url(salt)), kind, op, at, actsOn: extra.get("p") };
  await checkInclusion({ ...proof, ...proof.checkpoint, entry: entryOf(leaf), index: proof.index });
  return leaf;
}

function entryOf({ commitment: spelled, kind, op, at, actsOn }) {
  if (!KINDS.includes(kind) || !OPS.includes(op) || at < 0n || at > LARGEST) {
    throw new Refused("the entry has an unknown kind, op or time");
  }
  if ((op === "add") !== (actsOn === undefined) || (actsOn ?? 0n) < 0n || (actsOn ?? 0n) > LARGEST) {
    throw new Refused("an entry acts on an earlier one unless it adds");
  }
  const body = new Map([["c", spelled], ["k", kind], ["op", op], ["t", at], ["v", 1n]]);
  if (actsOn !== undefined) body.set("p", actsOn);
  return canonical(body);
}
