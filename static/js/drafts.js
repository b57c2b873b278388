// Drafts on this device: kept encrypted until the server has answered, and sent once. No page is touched here, because
// the worker that sends in the background reads the same file.
//
// The key comes from the signed-in session, cannot be read out of the browser, and goes when the sign-in page is shown.
// Records of somebody else stay where they are: unreadable, unsent, uncounted.
const SESSION = "/desk/opinions/new/session/";
const LOCK = "liaison-drafts";
const KEPT_SENT = 24 * 3600 * 1000;
const text = { code: new TextEncoder(), read: new TextDecoder() };

export const WAITING = "waiting";
export const FAILED = "failed";
export const SENT = "sent";
export const news = new BroadcastChannel(LOCK);

let opened;

function database() {
  opened ??= new Promise((done, failed) => {
    const asked = indexedDB.open(LOCK, 1);
    asked.onupgradeneeded = () => {
      for (const name of ["drafts", "keys"]) asked.result.createObjectStore(name, { keyPath: "id" });
    };
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  return opened;
}

async function ask(store, way, work) {
  const change = (await database()).transaction(store, way);
  const asked = work(change.objectStore(store));
  return new Promise((done, failed) => {
    change.oncomplete = () => done(asked.result);
    change.onerror = change.onabort = () => failed(change.error);
  });
}

const read = (store, id) => ask(store, "readonly", (rows) => rows.get(id));
const readAll = () => ask("drafts", "readonly", (rows) => rows.getAll());
const write = (store, row) => ask(store, "readwrite", (rows) => rows.put(row));
const erase = (store, id) => ask(store, "readwrite", (rows) => rows.delete(id));

// One at a time on this device, whichever tab or worker asks.
const alone = (name, work) => (navigator.locks ? navigator.locks.request(`${LOCK}-${name}`, work) : work());

// ---------- the key ----------

async function handedOut({ owner, key, hours }) {
  const raw = Uint8Array.from(atob(key), (sign) => sign.charCodeAt(0));
  const ring = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, ["encrypt", "decrypt"]);
  await write("keys", { id: "now", owner, ring, until: Date.now() + hours * 3600 * 1000 });
  return { owner, ring };
}

// Waits for a key that is just being handed out, so that none is left behind by an answer that was on its way.
export const forget = () => alone("key", () => erase("keys", "now"));

async function lastKey() {
  const kept = await read("keys", "now");
  if (kept && kept.until > Date.now()) return { owner: kept.owner, ring: kept.ring };
  if (kept) await erase("keys", "now");
  return { owner: null, ring: null };
}

// Who is signed in: "in" with key and token, "out", or "away" when nobody answers; then the last key may still serve.
export const session = () => alone("key", look);

async function look() {
  let answer;
  try {
    answer = await fetch(SESSION, { redirect: "manual", cache: "no-store" });
    if (answer.ok) {
      const told = await answer.json();
      return { state: "in", token: told.token, ...(await handedOut(told)) };
    }
  } catch {
    answer = null;
  }
  if (!answer || answer.status >= 500 || answer.status === 429) return { state: "away", ...(await lastKey()) };
  await erase("keys", "now");
  return { state: "out", owner: null, ring: null };
}

// ---------- sealing ----------

async function seal(who, id, bytes) {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const additionalData = text.code.encode(`${who.owner}/${id}`);
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData }, who.ring, bytes) };
}

function unseal(who, id, sealed) {
  const additionalData = text.code.encode(`${who.owner}/${id}`);
  return crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.iv, additionalData }, who.ring, sealed.data);
}

const sealJson = (who, id, value) => seal(who, id, text.code.encode(JSON.stringify(value)));
const unsealJson = async (who, id, sealed) => JSON.parse(text.read.decode(await unseal(who, id, sealed)));

// ---------- drafts ----------

export async function keep(who, url, data, told = {}) {
  const id = data.get("client_key");
  const words = { fields: [], files: [], ...told };
  const files = [];
  for (const [name, value] of data) {
    if (name === "csrfmiddlewaretoken") continue;
    if (typeof value === "string") words.fields.push([name, value]);
    else if (value.size) {
      words.files.push({ name, file: value.name, type: value.type });
      files.push(await seal(who, id, await value.arrayBuffer()));
    }
  }
  const row = { id, owner: who.owner, url, at: Date.now(), state: told.errors ? FAILED : WAITING, files };
  await write("drafts", { ...row, words: await sealJson(who, id, words) });
  news.postMessage("changed");
}

export async function open(who, id) {
  const row = await read("drafts", id);
  const words = await unsealJson(who, row.id, row.words);
  const data = new FormData();
  for (const [name, value] of words.fields) data.append(name, value);
  for (const [number, { name, file, type }] of (words.files ?? []).entries()) {
    data.append(name, new File([await unseal(who, row.id, row.files[number])], file, { type }));
  }
  return { ...row, words, data };
}

// What this person has on this device, oldest first, with its words.
export async function mine(who) {
  if (!who.ring) return [];
  const rows = (await readAll()).filter((row) => row.owner === who.owner).sort((a, b) => a.at - b.at);
  const found = [];
  for (const row of rows) {
    if (row.state === SENT && row.sentAt < Date.now() - KEPT_SENT) await erase("drafts", row.id);
    else found.push({ ...row, words: await unsealJson(who, row.id, row.words) });
  }
  return found;
}

export async function drop(ids) {
  for (const id of ids) await erase("drafts", id);
  news.postMessage("changed");
}

export const keepChoices = async (who, value) =>
  write("keys", { id: `choices-${who.owner}`, sealed: await sealJson(who, "choices", value) });

export async function choices(who) {
  const kept = who.ring && (await read("keys", `choices-${who.owner}`));
  return kept ? unsealJson(who, "choices", kept.sealed) : null;
}

// ---------- sending ----------

const SAID = {
  403: "这个站点现在不归您登记了，没有送成。",
  404: "这一页现在不归您抄了，没有送成。",
  413: "照片太大了，没有送成。请打开去掉几张再存。",
};

async function post(row, who, isHere) {
  row.data.set("csrfmiddlewaretoken", who.token);
  const headers = { Accept: "application/json", ...(isHere ? {} : { "X-Queued": "1" }) };
  try {
    return await fetch(row.url, { method: "POST", body: row.data, headers, redirect: "manual" });
  } catch {
    return null;
  }
}

async function settle(row, who, answer) {
  if (answer?.type === "opaqueredirect") return { state: "out" };
  const isTold = answer?.headers.get("Content-Type")?.startsWith("application/json");
  if (answer?.ok && isTold) {
    const told = await answer.json();
    const { fields } = row.words;
    const words = await sealJson(who, row.id, { fields, receipt: told.receipt, slip: told.slip, title: told.title });
    await write("drafts", { ...row, data: undefined, files: [], state: SENT, sentAt: Date.now(), words });
    return { state: SENT, told };
  }
  const known = SAID[answer?.status];
  if (!known && !(answer?.status === 422 && isTold)) return { state: "away" };
  const told = known ? { errors: [{ name: "", label: "", words: known }] } : await answer.json();
  const words = await sealJson(who, row.id, { ...row.words, errors: told.errors, earlier: told.earlier });
  await write("drafts", { ...row, data: undefined, state: FAILED, words });
  return { state: FAILED, told };
}

async function send(id, who, isHere) {
  const kept = await read("drafts", id);
  if (kept?.state !== WAITING || kept.owner !== who.owner) return { state: kept?.state ?? "gone" };
  const row = await open(who, id);
  const answer = await post(row, who, isHere);
  const done = await settle(row, who, answer);
  news.postMessage("changed");
  return done;
}

// The server's client key sees to what a lock on this device cannot.
export const sendOne = (id) =>
  alone("send", async () => {
    const who = await session();
    return who.state === "in" ? { who, ...(await send(id, who, true)) } : { who, state: who.state };
  });

export const sendAll = () =>
  alone("send", async () => {
    const who = await session();
    if (who.state !== "in") return who;
    const rows = (await readAll()).filter((row) => row.owner === who.owner && row.state === WAITING);
    for (const row of rows.sort((a, b) => a.at - b.at)) {
      const done = await send(row.id, who, false);
      if (done.state === "away" || done.state === "out") return { ...who, state: done.state };
    }
    return who;
  });
