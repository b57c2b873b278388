// A toast goes by itself after eight seconds and stays while the pointer or the focus is on it. The same words stand on
// the page as well; without this file the toast simply stays.
const STAY = 8_000;

for (const toast of document.querySelectorAll(".toast")) {
  let timer = setTimeout(() => toast.remove(), STAY);
  const hold = () => clearTimeout(timer);
  const go = () => {
    clearTimeout(timer);
    timer = setTimeout(() => toast.remove(), STAY);
  };
  toast.addEventListener("pointerenter", hold);
  toast.addEventListener("focusin", hold);
  toast.addEventListener("pointerleave", go);
  toast.addEventListener("focusout", go);
}
