// The counter form when the network does not work: what is typed is kept on this device first, then sent; what could
// not be sent stands in the queue and goes by itself. Without this file the form is sent as it stands.
import * as drafts from "./drafts.js";

const form = document.querySelector("[data-offline-form]");
const isShell = form && "shell" in form.dataset;
const queue = document.querySelector("[data-queue]");
const main = document.querySelector("main");
const AGAIN = 30_000;
const LABELS = { [drafts.WAITING]: "等着送的", [drafts.FAILED]: "没送成的", [drafts.SENT]: "送到的" };
const WORKER = { scope: "/desk/", type: "module", updateViaCache: "all" };
const CHOICES = ["station", "region", "category", "unit"];
let who = { state: "away", owner: null, ring: null };
let isPlain = false; // this device keeps nothing: the form goes the usual way
let isBusy = false;

const copy = (name) => document.querySelector(`template[data-${name}]`).content.firstElementChild.cloneNode(true);
const at = (moment) => `${moment.getHours()}:${String(moment.getMinutes()).padStart(2, "0")}`;
const channel = (value) => form.querySelector(`[name=channel][value="${value}"]`)?.nextElementSibling.textContent;

function day(moment) {
  const isToday = moment.toDateString() === new Date().toDateString();
  return isToday ? at(moment) : `${moment.getMonth() + 1} 月 ${moment.getDate()} 日 ${at(moment)}`;
}

// ---------- what stands in the queue ----------

function drawn(row) {
  const fields = Object.fromEntries(row.words.fields);
  const title = row.words.title ?? fields.body.trim().slice(0, 28);
  const line = copy("queue-row");
  for (const part of line.querySelectorAll("[data-of]")) if (!part.dataset.of.split(" ").includes(row.state)) part.remove();
  line.querySelector("[data-title]").textContent = title || "还没写说了什么";
  const from = fields.line ? `收集簿第 ${fields.line} 行` : channel(fields.channel);
  line.querySelector("[data-when]").textContent = [day(new Date(row.at)), from].filter(Boolean).join(" · ");
  if (row.state === drafts.FAILED) line.querySelector("[data-why]").textContent = row.words.errors[0].words;
  if (row.state === drafts.SENT) {
    line.querySelector("[data-receipt]").textContent = row.words.receipt;
    line.querySelector("[data-slip]").href = row.words.slip;
  }
  line.querySelector("[data-mend]")?.addEventListener("click", () => mend(row.id));
  line.querySelector("[data-drop]")?.addEventListener("click", () => askDrop(row.id, title));
  return line;
}

async function show() {
  const rows = (await drafts.mine(who)).filter((row) => row.state !== drafts.FAILED || row.id !== form.elements.client_key.value);
  const count = (state) => rows.filter((row) => row.state === state).length;
  const words = Object.entries(LABELS)
    .filter(([state]) => count(state))
    .map(([state, label]) => `${label} ${count(state)} 件`);
  queue.hidden = !rows.length;
  const link = document.querySelector("[data-queue-link]");
  link.hidden = !rows.length;
  link.textContent = queue.querySelector("[data-queue-count]").textContent = words.join(" / ");
  queue.querySelector("[data-queue-rows]").replaceChildren(...rows.map(drawn));
  queue.querySelector("[data-queue-hint]").hidden = !count(drafts.WAITING);
  queue.querySelector("[data-queue-clear]").hidden = !count(drafts.SENT);
  document.querySelector("[data-no-network]").hidden = who.state !== "away";
  if (isShell) document.querySelector("[data-back]").hidden = who.state !== "in";
  return count(drafts.WAITING);
}

function askDrop(id, title) {
  const box = copy("ask-drop");
  box.querySelector("[data-title]").textContent = title;
  box.querySelector("[data-no]").addEventListener("click", () => box.close());
  box.querySelector("[data-yes]").addEventListener("click", async () => {
    box.close();
    await drafts.drop([id]);
    await show();
  });
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

// ---------- the form ----------

function clear() {
  for (const old of main.querySelectorAll(".refusal, [data-kept], .err")) old.remove();
  for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
}

function fieldOf(name) {
  const found = name ? form.elements[name] : null;
  return found instanceof RadioNodeList ? found[0] : found;
}

function showErrors({ errors, earlier }) {
  clear();
  const note = copy("refusal");
  note.querySelector("[data-count]").textContent = errors.length;
  for (const { name, label, words } of errors) {
    const line = document.createElement("li");
    line.textContent = label ? `${label}：${words}` : words;
    note.querySelector("ul").append(line);
    const field = fieldOf(name);
    if (!field || field.type === "hidden") continue;
    field.setAttribute("aria-invalid", "true");
    const wrong = copy("wrong");
    wrong.querySelector("span").textContent = words;
    field.closest(".seg, .f2 > div, .ln > div, .field")?.append(wrong);
    const fold = field.closest("details");
    if (fold) fold.open = true;
  }
  if (earlier) {
    const link = document.createElement("a");
    [link.href, link.textContent] = [earlier.page, `看“${earlier.title}”`];
    note.querySelector("ul").append(link);
  }
  form.querySelector(".title, .lines").before(note);
  (form.querySelector("[aria-invalid]") ?? note).focus();
}

function say(words, mustSignIn = false) {
  clear();
  const note = copy("kept-note");
  note.dataset.kept = "";
  note.querySelector("[data-words]").textContent = words;
  note.querySelector("[data-sign-in]").hidden = !mustSignIn;
  form.querySelector(".title, .lines").before(note);
}

function next() {
  const kept = ["channel", "station", "written_on"].map((name) => [name, form.elements[name]?.value]);
  const line = Number(form.elements.line?.value) + 1;
  form.reset();
  form.elements.client_key.value = crypto.randomUUID();
  for (const name of ["name", "phone", "body", "location", "answer", "demand"]) if (form.elements[name]) form.elements[name].value = "";
  for (const [name, value] of kept) if (value && form.elements[name]) form.elements[name].value = value;
  if (form.elements.line) form.elements.line.value = line;
  form.elements[form.dataset.first ?? "name"].focus();
}

function fill(row) {
  const names = new Set(row.words.fields.map(([name]) => name));
  for (const box of form.querySelectorAll("[type=checkbox]")) box.checked = names.has(box.name);
  for (const [name, value] of row.words.fields) {
    const field = form.elements[name];
    if (field && field.type !== "checkbox") field.value = value;
  }
  const files = new DataTransfer();
  for (const value of row.data.values()) if (value instanceof File) files.items.add(value);
  if (form.elements.photos) form.elements.photos.files = files.files;
  if (files.files.length) form.elements.photos.closest("details").open = true;
}

async function mend(id) {
  const found = (await drafts.mine(who)).find((row) => row.id === id);
  if (!found) return;
  if (new URL(found.url, location.href).pathname !== location.pathname) {
    location.assign(`${found.url}#draft=${id}`);
    return;
  }
  clear();
  fill(await drafts.open(who, id));
  if (found.words.errors) showErrors(found.words);
  else form.elements.body.focus();
  await show();
}

// ---------- sending ----------

async function refused(id, data, told) {
  const fresh = told.client_key && told.client_key !== id;
  if (fresh) {
    await drafts.drop([id]); // the words stand in the form, under a key of their own
    form.elements.client_key.value = told.client_key;
    data.set("client_key", told.client_key);
    await drafts.keep(who, form.action, data, { errors: told.errors });
  }
  showErrors(told);
}

const UNSENT = {
  out: "登录过期了。这一条存在本机上，登录后自己送。",
  other: "现在登录的是另一个人。这一条存在本机上，等您登录后自己送。",
  away: "没送出去，网不通。这一条存在本机上，网一通就自己送。",
};

async function send(data) {
  const [id, owner] = [data.get("client_key"), who.owner];
  await drafts.keep(who, form.action, data);
  const done = await drafts.sendOne(id);
  who = done.who;
  if (done.state === drafts.SENT && done.told) {
    await drafts.drop([id]);
    location.assign(done.told.next);
    return;
  }
  if (done.state === drafts.FAILED && done.told) await refused(id, data, done.told);
  else {
    next();
    const why = who.owner && who.owner !== owner ? "other" : done.state;
    say(UNSENT[why] ?? UNSENT.away, why === "out");
    navigator.serviceWorker?.ready.then((worker) => worker.sync?.register("drafts")).catch(() => {});
  }
  await show();
}

form?.addEventListener("submit", async (event) => {
  if (isPlain) return;
  event.preventDefault();
  if (isBusy) return;
  isBusy = true;
  form.setAttribute("aria-busy", "true");
  try {
    await ready;
    if (!who.ring) who = await drafts.session();
    if (who.ring) await send(new FormData(form, event.submitter));
    else if (isShell || who.state === "out") say("这一条还没有存：登录过期了。请在另一个窗口登录，再回来点一次存好。", true);
    else throw new Error("nothing can be kept here");
  } catch {
    isPlain = !isShell;
    if (isShell) say("本机存不下了，这一条还没有存。请先别关这一页，网通了再点一次。");
    else form.requestSubmit(event.submitter);
  }
  isBusy = false;
  form.removeAttribute("aria-busy");
});

async function sendAll() {
  who = await drafts.sendAll();
  if (who.state === "in") main.querySelector("[data-kept]")?.remove(); // what it said is no longer so
  await show();
}

// ---------- what the empty form without network is filled with ----------

async function keepChoices() {
  const lists = {};
  for (const name of CHOICES) {
    const field = form.elements[name];
    if (field?.options) lists[name] = [...field.options].map((option) => [option.value, option.textContent]);
  }
  const only = form.elements.station;
  if (!only.options) lists.station = [[only.value, form.dataset.station]];
  await drafts.keepChoices(who, { lists, mayDecide: "how" in form.elements, now: only.value });
}

async function useChoices() {
  const kept = await drafts.choices(who);
  document.querySelector("[data-locked]").hidden = Boolean(kept);
  if (!kept) return;
  for (const [name, options] of Object.entries(kept.lists)) {
    form.elements[name].replaceChildren(...options.map(([value, label]) => new Option(label, value)));
  }
  form.elements.station.value = kept.now;
  if (!kept.mayDecide) form.querySelector(".how").remove();
  form.elements.client_key.value ||= crypto.randomUUID();
  form.hidden = false;
  form.elements.name.focus();
}

async function begin() {
  navigator.serviceWorker?.register("/desk/worker.js", WORKER).catch(() => {}); // an old browser keeps drafts without it
  who = await drafts.session();
  if (isShell) await useChoices();
  else if (who.ring && form.elements.channel) await keepChoices();
}

async function follow() {
  const asked = location.hash.match(/^#draft=([\w-]+)$/);
  if (asked) {
    history.replaceState(null, "", location.pathname);
    await mend(asked[1]);
  }
  if (await show()) await sendAll();
}

const isAble = form && globalThis.crypto?.subtle && globalThis.indexedDB && globalThis.BroadcastChannel;
const ready = isAble ? begin().catch(() => {}) : Promise.resolve();
if (!isAble) isPlain = true;
else {
  ready.then(follow).catch(() => {});
  drafts.news.addEventListener("message", () => show().catch(() => {}));
  addEventListener("online", () => sendAll().catch(() => {}));
  addEventListener("offline", () => {
    who = { ...who, state: "away" };
    show().catch(() => {});
  });
  setInterval(() => {
    if (navigator.onLine && queue.querySelector("[data-of=waiting]")) sendAll().catch(() => {});
  }, AGAIN);
  queue.querySelector("[data-queue-clear] button").addEventListener("click", async () => {
    const rows = await drafts.mine(who);
    await drafts.drop(rows.filter((row) => row.state === drafts.SENT).map((row) => row.id));
    await show();
  });
}
