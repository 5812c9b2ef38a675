// Strict JSON, and its one canonical form (RFC 8785) for records: no fractions, no nulls, no name twice.
// Objects are Maps, so that no name means anything to the language. Numbers stay BigInt until they are judged.
import { Refused, text, utf8 } from "./bytes.js";

const MAX_SAFE = 9007199254740991n;
const DEPTH = 50;
const TOO_DEEP = 900; // where Python's own parser gives up is deeper; both refuse what is deeper than DEPTH
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?/y;
const PLAIN = /[^"\\\u0000-\u001f]*/y;
const BLANK = /[ \t\n\r]*/y;
const ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };

const notJson = () => new Refused("this is not JSON");

class Reader {
  constructor(source) {
    this.source = source;
    this.at = 0;
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.source);
    if (!found) throw notJson();
    this.at = pattern.lastIndex;
    return found;
  }

  // The next sign that is no blank, which stays there.
  peek() {
    this.take(BLANK);
    return this.source[this.at];
  }

  value(depth) {
    if (depth > TOO_DEEP) throw notJson();
    const sign = this.peek();
    if (sign === "{") return this.object(depth);
    if (sign === "[") return this.list(depth);
    if (sign === '"') return this.string();
    for (const [word, meant] of [["true", true], ["false", false], ["null", null]]) {
      if (this.source.startsWith(word, this.at)) {
        this.at += word.length;
        return meant;
      }
    }
    return this.number();
  }

  number() {
    const [whole, fraction, exponent] = this.take(NUMBER);
    if (fraction || exponent) throw new Refused(`${whole.slice(0, 40)} is not a whole number`);
    if (whole.length > 4300) throw notJson();
    return BigInt(whole);
  }

  string() {
    let found = "";
    for (this.at += 1; ; ) {
      found += this.take(PLAIN)[0];
      const sign = this.source[this.at];
      this.at += 1;
      if (sign === '"') return found;
      if (sign !== "\\") throw notJson();
      found += this.escaped();
    }
  }

  escaped() {
    const sign = this.source[this.at];
    this.at += 1;
    if (sign === "u") return String.fromCharCode(parseInt(this.take(/[0-9a-fA-F]{4}/y)[0], 16));
    if (!Object.hasOwn(ESCAPES, sign ?? "")) throw notJson();
    return ESCAPES[sign];
  }

  list(depth) {
    const found = [];
    this.at += 1;
    if (this.peek() === "]") this.at += 1;
    else this.until("]", () => found.push(this.value(depth + 1)));
    return found;
  }

  object(depth) {
    const found = new Map();
    let rows = 0;
    this.at += 1;
    if (this.peek() === "}") this.at += 1;
    else {
      this.until("}", () => {
        if (this.peek() !== '"') throw notJson();
        const name = this.string();
        if (this.peek() !== ":") throw notJson();
        this.at += 1;
        found.set(name, this.value(depth + 1));
        rows += 1;
      });
    }
    if (found.size !== rows) throw new Refused("a name stands twice in an object");
    return found;
  }

  until(end, part) {
    for (;;) {
      part();
      const sign = this.peek();
      this.at += 1;
      if (sign === end) return;
      if (sign !== ",") throw notJson();
    }
  }
}

// Parse JSON strictly: bytes in UTF-8, or a text.
export function load(data) {
  const reader = new Reader(typeof data === "string" ? data : text(data, "the JSON"));
  const found = reader.value(0);
  if (reader.peek() !== undefined) throw notJson();
  return found;
}

// The bytes of RFC 8785. Refuses what cannot be said the same everywhere.
export const canonical = (value) => utf8(spelled(value, 0));

function spelled(value, depth) {
  if (value === null || value === undefined || depth > DEPTH) {
    throw new Refused("a record has no nulls, no fractions and is not that deep");
  }
  if (typeof value === "boolean") return String(value);
  if (typeof value === "number") return spelledNumber(BigInt(value));
  if (typeof value === "bigint") return spelledNumber(value);
  if (typeof value === "string") return spelledText(value);
  if (Array.isArray(value)) return `[${value.map((part) => spelled(part, depth + 1)).join(",")}]`;
  // Names in the order of their UTF-16 code units, which is how this language sorts.
  const names = [...value.keys()].sort();
  return `{${names.map((name) => `${spelledText(name)}:${spelled(value.get(name), depth + 1)}`).join(",")}}`;
}

function spelledNumber(number) {
  if (number > MAX_SAFE || number < -MAX_SAFE) throw new Refused("this number is too large for a canonical form");
  return String(number);
}

function spelledText(value) {
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(value)) {
    throw new Refused("half of a surrogate pair has no canonical form");
  }
  return JSON.stringify(value);
}
