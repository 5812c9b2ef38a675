// As much of PDF (ISO 32000-1) as reading a letter's attachments needs: objects, cross-reference tables and streams,
// object streams, Flate. Nothing is drawn, nothing runs.
import { Refused, joined } from "./bytes.js";

const MAX_INFLATED = 8_000_000;
const MAX_OBJECTS = 100_000;
const MAX_DEPTH = 60;
const BLANKS = " \t\r\n\f\0";
const ENDS = `${BLANKS}()<>[]{}/%`;

export const broken = (why) => new Refused(`the PDF cannot be read: ${why}`);

export class Name extends String {}
export class Reference {
  constructor(number) {
    this.number = number;
  }
}
export class Stream {
  constructor(head, raw) {
    Object.assign(this, { head, raw });
  }
}

// One byte a sign, so that places in the text are places in the file.
function latin(data) {
  let found = "";
  for (let at = 0; at < data.length; at += 8192) found += String.fromCharCode(...data.subarray(at, at + 8192));
  return found;
}

const bytesOf = (signs) => Uint8Array.from(signs, (sign) => sign.charCodeAt(0));

export async function inflate(data) {
  const engine = new DecompressionStream("deflate");
  const writer = engine.writable.getWriter();
  writer.write(data).catch(() => {});
  writer.close().catch(() => {});
  const parts = [];
  let size = 0;
  const reader = engine.readable.getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      size += step.value.length;
      if (size > MAX_INFLATED) throw broken("too large inside");
      parts.push(step.value);
    }
  } catch (wrong) {
    throw wrong instanceof Refused ? wrong : broken("damaged data");
  }
  return joined(...parts);
}

class Lexer {
  constructor(source, at = 0) {
    Object.assign(this, { source, at });
  }

  skip() {
    for (; this.at < this.source.length; this.at += 1) {
      const sign = this.source[this.at];
      if (sign === "%") this.at = Math.max(this.source.slice(this.at).search(/[\r\n]|$/) + this.at, this.at);
      else if (!BLANKS.includes(sign)) return;
    }
  }

  word() {
    this.skip();
    const start = this.at;
    while (this.at < this.source.length && !ENDS.includes(this.source[this.at])) this.at += 1;
    return this.source.slice(start, this.at);
  }

  expect(word) {
    this.skip();
    if (!this.source.startsWith(word, this.at)) throw broken(`no ${word} where one belongs`);
    this.at += word.length;
  }

  is(sign) {
    this.skip();
    return this.source.startsWith(sign, this.at);
  }

  value(depth = 0) {
    if (depth > MAX_DEPTH || this.at >= this.source.length) throw broken("it ends too early");
    if (this.is("<<")) return this.dictionary(depth);
    if (this.is("[")) return this.list(depth);
    if (this.is("(")) return this.literal();
    if (this.is("<")) return this.hexadecimal();
    if (this.is("/")) return this.name();
    const word = this.word();
    if (/^[-+]?[0-9]*\.?[0-9]+\.?$/.test(word)) return this.numberOrReference(word);
    if (["true", "false", "null"].includes(word)) return { true: true, false: false, null: null }[word];
    throw broken("an unknown word");
  }

  numberOrReference(word) {
    const rest = /^[\s\0]+([0-9]+)[\s\0]+R(?![^\s\0()<>[\]{}/%])/.exec(this.source.slice(this.at, this.at + 24));
    if (!rest || !/^[0-9]+$/.test(word)) return Number(word);
    this.at += rest[0].length;
    return new Reference(Number(word));
  }

  name() {
    this.expect("/");
    const start = this.at;
    while (this.at < this.source.length && !ENDS.includes(this.source[this.at])) this.at += 1;
    const found = this.source.slice(start, this.at);
    return new Name(found.replace(/#([0-9a-fA-F]{2})/g, (_all, code) => String.fromCharCode(parseInt(code, 16))));
  }

  dictionary(depth) {
    const found = new Map();
    for (this.expect("<<"); !this.is(">>"); ) {
      const name = String(this.name());
      found.set(name, this.value(depth + 1));
    }
    this.expect(">>");
    return found;
  }

  list(depth) {
    const found = [];
    for (this.expect("["); !this.is("]"); ) found.push(this.value(depth + 1));
    this.expect("]");
    return found;
  }

  hexadecimal() {
    const end = this.source.indexOf(">", this.at);
    const digits = this.source.slice(this.at + 1, end).replace(/[\s\0]/g, "");
    if (end < 0 || /[^0-9a-fA-F]/.test(digits)) throw broken("a text that is none");
    this.at = end + 1;
    return digits.padEnd(digits.length + (digits.length % 2), "0").replace(/../g, (two) => String.fromCharCode(parseInt(two, 16)));
  }

  literal() {
    let found = "";
    let open = 0;
    for (; this.at < this.source.length; this.at += 1) {
      const sign = this.source[this.at];
      if (sign === "\\") found += this.escaped();
      else {
        if (sign === "(") open += 1;
        if (sign === ")") open -= 1;
        found += sign;
        if (!open) {
          this.at += 1;
          return found.slice(1, -1);
        }
      }
    }
    throw broken("it ends too early");
  }

  // After a backslash; leaves the place on its last sign.
  escaped() {
    const octal = /^[0-7]{1,3}/.exec(this.source.slice(this.at + 1, this.at + 4));
    if (octal) {
      this.at += octal[0].length;
      return String.fromCharCode(parseInt(octal[0], 8) & 255);
    }
    this.at += 1;
    const sign = this.source[this.at] ?? "";
    if (sign === "\r" && this.source[this.at + 1] === "\n") this.at += 1;
    return new Map([["n", "\n"], ["r", "\r"], ["t", "\t"], ["b", "\b"], ["f", "\f"], ["\r", ""], ["\n", ""]]).get(sign) ?? sign;
  }
}

const whole = (value) => (Number.isInteger(value) && value >= 0 ? value : -1);
const integer = (data, at, width) => data.subarray(at, at + width).reduce((sum, byte) => sum * 256 + byte, 0);

export class Pdf {
  constructor(data) {
    this.data = data;
    this.source = latin(data);
    this.places = new Map(); // of objects: a place in the file, or [object stream, index]
    this.known = new Map();
    this.trailer = new Map();
  }

  // Read the cross references from the end of the file backwards.
  async open() {
    const start = /startxref\s+([0-9]+)\s+%%EOF\s*$/.exec(this.source.slice(-2048));
    if (!start) throw broken("no end");
    const seen = new Set();
    for (let at = Number(start[1]); at !== undefined; ) {
      if (seen.has(at) || at >= this.data.length) throw broken("wrong cross references");
      seen.add(at);
      const trailer = await this.section(at);
      for (const [name, value] of trailer) if (!this.trailer.has(name)) this.trailer.set(name, value);
      if (trailer.has("XRefStm")) await this.section(trailer.get("XRefStm"));
      at = trailer.get("Prev");
    }
    if (this.trailer.has("Encrypt")) throw broken("it is encrypted");
    return this;
  }

  note(number, place) {
    if (this.places.size > MAX_OBJECTS) throw broken("too many objects");
    if (!this.places.has(number)) this.places.set(number, place);
  }

  async section(at) {
    const lexer = new Lexer(this.source, at);
    if (!lexer.is("xref")) return this.streamSection(at);
    lexer.expect("xref");
    while (!lexer.is("trailer")) {
      const [first, count] = [Number(lexer.word()), Number(lexer.word())];
      if (!(first >= 0 && count >= 0 && count <= MAX_OBJECTS)) throw broken("wrong cross references");
      for (let row = 0; row < count; row += 1) {
        const [place, , kind] = [Number(lexer.word()), lexer.word(), lexer.word()];
        this.note(first + row, kind === "n" ? place : null);
      }
    }
    lexer.expect("trailer");
    return lexer.value();
  }

  async streamSection(at) {
    const stream = await this.objectAt(at);
    if (!(stream instanceof Stream)) throw broken("wrong cross references");
    const rows = await this.bytesIn(stream);
    const widths = (stream.head.get("W") ?? []).map(whole);
    const width = widths.reduce((sum, part) => sum + part, 0);
    if (widths.length !== 3 || widths.includes(-1) || !width) throw broken("wrong cross references");
    const ranges = stream.head.get("Index") ?? [0, stream.head.get("Size")];
    let place = 0;
    for (let pair = 0; pair + 1 < ranges.length; pair += 2) {
      for (let row = 0; row < ranges[pair + 1] && place + width <= rows.length; row += 1, place += width) {
        const kind = widths[0] ? integer(rows, place, widths[0]) : 1;
        const first = integer(rows, place + widths[0], widths[1]);
        const second = integer(rows, place + widths[0] + widths[1], widths[2]);
        this.note(ranges[pair] + row, kind === 1 ? first : kind === 2 ? [first, second] : null);
      }
    }
    return stream.head;
  }

  async objectAt(at, number) {
    const lexer = new Lexer(this.source, at);
    const found = Number(lexer.word());
    lexer.word();
    lexer.expect("obj");
    if (number !== undefined && found !== number) throw broken("wrong cross references");
    const value = lexer.value();
    if (!(value instanceof Map) || !lexer.is("stream")) return value;
    lexer.expect("stream");
    const start = lexer.at + (this.source.startsWith("\r\n", lexer.at) ? 2 : 1);
    const length = whole(await this.follow(value.get("Length")));
    if (length < 0 || start + length > this.data.length) throw broken("a stream without length");
    return new Stream(value, this.data.subarray(start, start + length));
  }

  // The object behind a reference; anything else is itself.
  async follow(value) {
    for (let step = 0; value instanceof Reference; step += 1) {
      if (step > MAX_DEPTH) throw broken("a circle");
      const { number } = value;
      if (!this.known.has(number)) {
        this.known.set(number, null); // a circle ends here
        this.known.set(number, await this.load(number));
      }
      value = this.known.get(number);
    }
    return value;
  }

  async load(number) {
    const place = this.places.get(number);
    if (place === undefined || place === null) return null;
    if (!Array.isArray(place)) return this.objectAt(place, number);
    const holder = await this.follow(new Reference(place[0]));
    if (!(holder instanceof Stream)) throw broken("wrong cross references");
    const inside = latin(await this.bytesIn(holder));
    const heads = new Lexer(inside);
    for (let row = whole(holder.head.get("N")); row > 0; row -= 1) {
      const [found, offset] = [Number(heads.word()), Number(heads.word())];
      if (found === number) return new Lexer(inside, holder.head.get("First") + offset).value();
    }
    throw broken("wrong cross references");
  }

  // The bytes of a stream, unpacked.
  async bytesIn(stream) {
    const filters = [await this.follow(stream.head.get("Filter"))].flat().filter(Boolean).map(String);
    if (!filters.length) return stream.raw;
    if (filters.length > 1 || filters[0] !== "FlateDecode") throw broken("packed in an unknown way");
    const [parms] = [await this.follow(stream.head.get("DecodeParms"))].flat();
    const data = await inflate(stream.raw);
    const predictor = parms?.get("Predictor") ?? 1;
    return predictor === 1 ? data : unpredicted(data, predictor, parms.get("Columns") ?? 1);
  }
}

// PNG's "none", "sub", "up" and "average" over rows of `columns` bytes; what cross-reference streams use is "up".
function unpredicted(data, predictor, columns) {
  if (predictor < 10 || whole(columns) < 1) throw broken("packed in an unknown way");
  const rows = Math.floor(data.length / (columns + 1));
  const found = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row += 1) {
    const kind = data[row * (columns + 1)];
    if (kind > 3) throw broken("packed in an unknown way");
    for (let at = 0; at < columns; at += 1) {
      const left = at ? found[row * columns + at - 1] : 0;
      const up = row ? found[(row - 1) * columns + at] : 0;
      const guess = [0, left, up, (left + up) >> 1][kind];
      found[row * columns + at] = (data[row * (columns + 1) + at + 1] + guess) & 255;
    }
  }
  return found;
}

// A text string: UTF-16 with a mark, or one byte a sign.
export function spelledName(value) {
  if (typeof value !== "string") return "";
  return value.startsWith("\xfe\xff") ? new TextDecoder("utf-16be").decode(bytesOf(value).slice(2)) : value;
}
