// The photo of a page: larger, smaller, and the place one reads stays where it is. Without this file the whole photo
// is one press away.
const box = document.querySelector("[data-zoom]");
const SIZES = 4;

function zoom(by) {
  const size = Number(box.dataset.size ?? 1);
  const next = Math.min(SIZES, Math.max(1, size + by));
  const [x, y] = [box.scrollLeft / box.scrollWidth, box.scrollTop / box.scrollHeight];
  box.dataset.size = next;
  box.scrollTo(x * box.scrollWidth, y * box.scrollHeight);
}

if (box) {
  const buttons = document.querySelector("[data-zoom-buttons]");
  buttons.hidden = false;
  buttons.addEventListener("click", (event) => {
    const by = event.target.dataset.zoomBy;
    if (by) zoom(Number(by));
  });
  box.addEventListener("dblclick", () => zoom(box.dataset.size === String(SIZES) ? -SIZES : 1));
}
