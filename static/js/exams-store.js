// Where answers wait on this device until the server has named them: IndexedDB; where that is refused, localStorage;
// where nothing is kept, memory, and `store.kind` says so. A record holds an answer and its numbers, no question text:
//   { id, attempt, epoch, token, seq, position, value, at, offered }
// An attempt belongs to one person, so its id keeps people on a shared device apart. Records go when the server has
// named their numbers, when the exam is handed in, when somebody signs out (site.js), and after a week.
const NAME = "xinxing-exams";
const TABLE = "answers";
const OPEN_PATIENCE = 3000;
const WEEK = 7 * 24 * 3600 * 1000;

class Database {
  constructor(db, attempt) {
    this.kind = "indexeddb";
    this.attempt = attempt;
    this.connect(db);
  }

  connect(db) {
    this.db = db;
    db.onversionchange = () => {
      db.close();
      this.db = null;
    };
  }

  // Somebody who signs out in another tab deletes the database; it is made anew for what is typed after that.
  async table(mode, work) {
    if (!this.db) this.connect(await openDatabase());
    return new Promise((done, fail) => {
      // Strict: on the disk and not only on its way there, for batteries that die.
      const transaction = this.db.transaction(TABLE, mode, { durability: "strict" });
      const result = work(transaction.objectStore(TABLE));
      transaction.oncomplete = () => done(result.result);
      transaction.onabort = () => fail(transaction.error);
      transaction.onerror = () => fail(transaction.error);
    });
  }

  async all() {
    return this.table("readonly", (rows) => rows.index("attempt").getAll(this.attempt));
  }

  // Put and delete together or not at all.
  async change(put, remove) {
    return this.table("readwrite", (rows) => {
      remove.forEach((id) => rows.delete(id));
      put.forEach((record) => rows.put(record));
      return {};
    });
  }

  async prune() {
    const rows = await this.table("readonly", (table) => table.getAll());
    const old = rows.filter((row) => !(Math.abs(Date.now() - row.at) < WEEK)).map((row) => row.id);
    if (old.length) await this.change([], old);
  }
}

class Plain {
  constructor(area, attempt) {
    this.kind = area ? "localstorage" : "memory";
    this.area = area;
    this.key = `exam-queue:${attempt}`;
    this.records = new Map(JSON.parse((area && area.getItem(this.key)) || "[]").map((row) => [row.id, row]));
  }

  async all() {
    return [...this.records.values()];
  }

  async change(put, remove) {
    remove.forEach((id) => this.records.delete(id));
    put.forEach((record) => this.records.set(record.id, record));
    if (!this.area) return;
    if (this.records.size) this.area.setItem(this.key, JSON.stringify(await this.all()));
    else this.area.removeItem(this.key);
  }
}

function openDatabase() {
  return new Promise((done, fail) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore(TABLE, { keyPath: "id" }).createIndex("attempt", "attempt");
    };
    request.onsuccess = () => done(request.result);
    request.onerror = () => fail(request.error);
    request.onblocked = () => fail(new Error("blocked"));
    setTimeout(() => fail(new Error("no answer")), OPEN_PATIENCE);
  });
}

function plainStore(attempt) {
  try {
    localStorage.setItem("exam-try", "1");
    localStorage.removeItem("exam-try");
    return new Plain(localStorage, attempt);
  } catch (refused) {
    return new Plain(null, attempt);
  }
}

// What the queue before IndexedDB left in localStorage. It tells no epoch, so it only fills empty questions (epoch 0).
function legacy(attempt) {
  try {
    const key = `exam:${attempt}`;
    const rows = JSON.parse(localStorage.getItem(key) || "[]");
    localStorage.removeItem(key);
    return rows.map(({ seq, position, value }) => (
      { id: `${attempt}:old:${seq}`, attempt, epoch: 0, token: "", seq, position, value, at: Date.now(), offered: true }
    ));
  } catch (refused) {
    return [];
  }
}

// Opens the store of one attempt; never fails.
export async function openStore(attempt) {
  const old = legacy(attempt);
  let store;
  try {
    store = new Database(await openDatabase(), attempt);
    await store.change(old, []);
    // What waited in localStorage while the database was refused moves over.
    const plain = plainStore(attempt);
    const rows = await plain.all();
    await store.change(rows, []);
    await plain.change([], rows.map((row) => row.id));
    store.prune().catch(() => {});
  } catch (refused) {
    store = plainStore(attempt);
    await store.change(old, []).catch(() => {});
  }
  return store;
}
