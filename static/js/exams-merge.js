// Which of the answers that an earlier page could not send still count.
//
// Whoever takes the pen gets the next epoch, so epochs order the pages and devices of an attempt; inside an epoch the
// sequence number orders. The server says, per question, the answer that counts and the epoch it was given in.
//
//   1. Per question only the newest unsent answer matters, by (epoch, sequence number).
//   2. It wins, and goes out again under the new pen, unless the server's answer to the same question was given in a
//      LATER epoch: then another page or device answered that question afterwards, and that answer stays.
//   3. What loses is offered to the server under its own epoch and token, which keeps it as evidence that does not
//      count, and the page says which questions it was.
//
// So a phone that comes back with old answers fills what was not touched elsewhere and overwrites nothing newer.
// It is decided per question and not per epoch, because a page may take the pen and die before it learns of it.
export function merge(unsent, answers) {
  const server = new Map(answers.map(([position, epoch, value]) => [position, { epoch, value }]));
  const newest = new Map();
  for (const record of unsent) {
    const other = newest.get(record.position);
    if (!other || isNewer(record, other)) newest.set(record.position, record);
  }
  const result = { win: [], lose: [], done: [] };
  for (const record of unsent) {
    const stored = server.get(record.position);
    if (record !== newest.get(record.position)) result.done.push(record);
    else if (same(stored ? stored.value : null, record.value)) result.done.push(record);
    else if (stored && stored.epoch > record.epoch) result.lose.push(record);
    else result.win.push(record);
  }
  return result;
}

function isNewer(a, b) {
  return a.epoch !== b.epoch ? a.epoch > b.epoch : a.seq > b.seq;
}

// Equal as JSON, whatever the order of keys.
export function same(a, b) {
  return canonical(a) === canonical(b);
}

function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  return `{${Object.keys(value).sort().map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`).join()}}`;
}
