// The record and the proof that a letter's PDF carries. Says nothing about the PDF's own seal.
import { Refused } from "./bytes.js";
import { Pdf, Stream, broken, spelledName } from "./pdf.js";

const MAX_PDF = 20_000_000;
const MAX_ATTACHMENT = 1_000_000;
const MAX_FILES = 100;

// `[record, proof]` of a PDF: one file that ends in .json, one in .tlog-proof.
export async function fromPdf(data) {
  if (data.length > MAX_PDF || String.fromCharCode(...data.subarray(0, 5)) !== "%PDF-") {
    throw new Refused("this is not a PDF that we would read");
  }
  let files;
  try {
    files = await filesOf(await new Pdf(data).open());
  } catch (wrong) {
    throw wrong instanceof Refused ? wrong : broken(wrong.name);
  }
  return [one(files, ".json"), one(files, ".tlog-proof")];
}

function one(files, ending) {
  const found = files.filter(([name]) => name.endsWith(ending));
  if (found.length !== 1 || found[0][1].length > MAX_ATTACHMENT) {
    throw new Refused(`the PDF does not carry exactly one file that ends in ${ending}`);
  }
  return found[0][1];
}

const part = (pdf, holder, name) => (holder instanceof Map ? pdf.follow(holder.get(name)) : undefined);

async function filesOf(pdf) {
  const catalog = await part(pdf, pdf.trailer, "Root");
  const found = [];
  await collect(pdf, await part(pdf, await part(pdf, catalog, "Names"), "EmbeddedFiles"), found, 0);
  return found;
}

// A name tree: names with their files, and further trees.
async function collect(pdf, tree, found, depth) {
  if (!(tree instanceof Map) || depth > 10) return;
  for (const kid of (await part(pdf, tree, "Kids")) ?? []) await collect(pdf, await pdf.follow(kid), found, depth + 1);
  const names = (await part(pdf, tree, "Names")) ?? [];
  for (let at = 1; at < names.length; at += 2) {
    const file = await pdf.follow(names[at]);
    const name = spelledName((await part(pdf, file, "UF")) ?? (await part(pdf, file, "F")));
    const inside = await part(pdf, file, "EF");
    const stream = (await part(pdf, inside, "F")) ?? (await part(pdf, inside, "UF"));
    if (!(stream instanceof Stream) || found.length >= MAX_FILES) throw broken("a file that is none");
    found.push([name, await pdf.bytesIn(stream)]);
  }
}
