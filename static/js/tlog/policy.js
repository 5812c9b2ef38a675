// Who is trusted (C2SP tlog-policy): known logs, known witnesses, and how many of them must have signed.
import { Refused, hex, utf8 } from "./bytes.js";
import { COSIGNATURE, ED25519, readVkey, signers } from "./note.js";

const NONE = "none";
const READERS = new Map([["log", "log"], ["witness", "witness"], ["group", "group"], ["quorum", "setQuorum"]]);
const bad = (why) => new Refused(why, "bad-policy");

function between(words, least, most) {
  if (words.length < least || words.length > most) throw bad("too few or too many words");
  return words;
}

class Policy {
  constructor() {
    this.logs = [];
    this.witnesses = new Map();
    this.groups = new Map();
    this.quorum = "";
    this.keys = new Set();
    this.used = new Set();
  }

  has = (name) => this.witnesses.has(name) || this.groups.has(name);

  named(name) {
    if (name === NONE || this.has(name)) throw bad(`the name ${name} is taken`);
    return name;
  }

  once(key) {
    const mark = `${key.kind} ${hex(key.public)}`;
    if (this.keys.has(mark)) throw bad("this key stands there twice");
    this.keys.add(mark);
  }

  async log(words) {
    const key = await readVkey(between(words, 1, 2)[0]);
    if (key.kind !== ED25519) throw bad("this is not the key of a log");
    this.once(key);
    this.logs.push(key);
  }

  async witness(words) {
    const [name, vkey] = between(words, 2, 3);
    const key = await readVkey(vkey);
    if (key.kind !== COSIGNATURE) throw bad("this is not the key of a witness");
    this.once(key);
    this.witnesses.set(this.named(name), key);
  }

  group(words) {
    const [name, threshold, ...members] = between(words, 3, 10_000);
    for (const member of members) {
      if (!this.has(member)) throw bad(`${member} is not defined above`);
      if (this.used.has(member)) throw bad(`${member} is in two groups`);
      this.used.add(member);
    }
    const spelled = new Map([["any", 1], ["all", members.length]]);
    const count = spelled.get(threshold) ?? (/^[0-9]{1,9}$/.test(threshold) ? Number(threshold) : 0);
    if (count < 1 || count > members.length) throw bad(`${threshold} of ${members.length} is not possible`);
    this.groups.set(this.named(name), { count, members });
  }

  setQuorum(words) {
    const [name] = between(words, 1, 1);
    if (this.quorum) throw bad("there is a quorum already");
    if (name !== NONE && !this.has(name)) throw bad(`${name} is not defined above`);
    this.quorum = name;
  }

  reached(name, seen) {
    if (name === NONE) return true;
    if (this.witnesses.has(name)) return seen.has(name);
    const { count, members } = this.groups.get(name);
    return members.filter((member) => this.reached(member, seen)).length >= count;
  }

  // The names of the trusted witnesses that cosigned; refused without the log's own signature or the quorum.
  async check(checkpoint) {
    const keys = this.logs.filter((key) => key.name === checkpoint.origin);
    if (!keys.length) throw new Refused("the policy does not know this log", "bad-signature");
    if (!(await signers(checkpoint.note, keys)).length) {
      throw new Refused("no key that is trusted has signed", "bad-signature");
    }
    const cosigned = new Set(await signers(checkpoint.note, [...this.witnesses.values()]));
    const seen = [...this.witnesses].filter(([, key]) => cosigned.has(key)).map(([name]) => name);
    if (!this.reached(this.quorum, new Set(seen))) throw new Refused("the quorum is not reached", "no-quorum");
    return seen;
  }
}

// Read a policy file.
export async function readPolicy(data) {
  const bytes = typeof data === "string" ? utf8(data) : data;
  if (bytes.some((byte) => (byte < 0x20 && byte !== 9 && byte !== 10) || byte === 0x7f)) {
    throw bad("the policy contains control characters");
  }
  const policy = new Policy();
  for (const line of new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes).split("\n")) {
    const [word, ...rest] = line.split(/[ \t]/).filter(Boolean);
    if (!word || word.startsWith("#")) continue;
    const reader = READERS.get(word);
    if (!reader) throw bad("unknown word");
    try {
      await policy[reader](rest);
    } catch (wrong) {
      throw wrong instanceof Refused ? bad(wrong.message) : wrong;
    }
  }
  if (!policy.quorum) throw bad("the policy has no quorum line");
  return policy;
}
