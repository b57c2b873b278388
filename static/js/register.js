// Lists: J and K move along the rows, Enter opens; coming back finds the same row and scroll.
const rows = [...document.querySelectorAll("[data-list] a.t")];
const list = document.querySelector("[data-list]")?.dataset.list;
const place = `desk-scroll:${location.pathname}?${list || location.search}`;

const typing = (node) => node.matches("input, textarea, select, [contenteditable]");

function move(step) {
  const now = rows.indexOf(document.activeElement);
  const next = rows[now < 0 ? (step > 0 ? 0 : rows.length - 1) : now + step];
  if (!next) return;
  next.focus({ preventScroll: true });
  next.closest("tr").scrollIntoView({ block: "nearest" });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const step = { j: 1, k: -1 }[event.key.toLowerCase()];
  if (!step) return;
  event.preventDefault();
  move(step);
});

addEventListener("pagehide", () => {
  const opened = rows.indexOf(document.activeElement);
  sessionStorage.setItem(place, JSON.stringify({ top: scrollY, href: opened < 0 ? "" : rows[opened].pathname }));
});

const kept = JSON.parse(sessionStorage.getItem(place) ?? "null");
if (kept) {
  rows.find((row) => row.pathname === kept.href)?.focus({ preventScroll: true });
  scrollTo(0, kept.top);
}
