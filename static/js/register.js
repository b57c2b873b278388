// Lists: J and K move along the rows, Enter opens, X chooses; coming back finds the same row and scroll.
const rows = [...document.querySelectorAll("[data-list] a.t")];
const ticks = [...document.querySelectorAll("[data-list] [name=row]")];
const list = document.querySelector("[data-list]")?.dataset.list;
const place = `desk-scroll:${location.pathname}?${list || location.search}`;

const typing = (node) => node.matches("input:not([name=row]), textarea, select, [contenteditable]");
const here = () => rows.findIndex((row) => row.closest("tr").contains(document.activeElement));

function move(step) {
  const now = here();
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.closest("tr").scrollIntoView({ block: "nearest" });
}

let from = -1; // where Shift+X begins

function count() {
  const chosen = ticks.filter((tick) => tick.checked).length;
  const words = document.querySelector("[data-chosen]");
  if (words) words.textContent = ` ${chosen} 件`;
}

function choose(range) {
  const now = here();
  if (!ticks[now]) return;
  if (range && from >= 0) for (const tick of ticks.slice(Math.min(from, now), Math.max(from, now) + 1)) tick.checked = true;
  else ticks[now].checked = !ticks[now].checked;
  from = now;
  count();
}

function chooseAll() {
  const all = ticks.some((tick) => !tick.checked);
  for (const tick of ticks) tick.checked = all;
  count();
}

// An act pressed while nothing is chosen means the row one stands on.
function chooseHere() {
  if (ticks.some((tick) => tick.checked)) return;
  choose(false);
}

const dialog = document.querySelector("#keys");
const acts = { j: () => move(1), k: () => move(-1), a: chooseAll };

// capture: an act's own key, which desk.js presses, must find something chosen
document.addEventListener(
  "keydown",
  (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || dialog?.open) return;
    const key = event.key.toLowerCase();
    if ("egp".includes(key)) return void chooseHere();
    if (key === "enter" && event.target.name === "row") rows[here()].click();
    else if (key === "x") choose(event.shiftKey);
    else if (acts[key]) acts[key]();
    else return;
    event.preventDefault();
  },
  true,
);

document.addEventListener("change", (event) => {
  if (event.target.name !== "row") return;
  from = ticks.indexOf(event.target);
  count();
});

const everything = document.querySelector("[data-all]");
if (everything) {
  everything.hidden = false;
  everything.addEventListener("click", chooseAll);
}

if (dialog) {
  document.querySelector("[href='#keys']").addEventListener("click", (event) => {
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
  });
  dialog.querySelector("[data-close]").addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
}

addEventListener("pagehide", () => {
  const opened = here();
  sessionStorage.setItem(place, JSON.stringify({ top: scrollY, href: opened < 0 ? "" : rows[opened].pathname }));
});

const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
if (kept) {
  rows.find((row) => row.pathname === kept.href)?.focus({ preventScroll: true });
  scrollTo(0, kept.top);
}
addEventListener("pageshow", count); // the browser puts ticks back after this file has run
count();
