// 看看有没有人提过, while one writes: asked after a pause and at the button, without leaving the page. Without this file
// the button sends the form and brings the same page back with the words kept.
const form = document.querySelector("form[data-draft]");
const PAUSE = 1200;
const SHORTEST = 8;
let waiting = 0;
let asked = "";

async function look(isAsked) {
  const words = form.elements.body.value.trim();
  if (!isAsked && (words.length < SHORTEST || words === asked)) return;
  asked = words;
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "body", "region", "q"]) data.set(name, form.elements[name].value);
  data.set("look", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body: data });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const found = page.querySelector('[data-part="similar"]');
    // Nothing found is said only to who asked: a line that comes by itself would be in the way of writing.
    if (!found || (!isAsked && !found.querySelector(".near"))) return;
    form.querySelector('[data-part="similar"]').replaceWith(document.importNode(found, true));
  } catch {
    // No network: the idea can be written all the same.
  }
}

form.addEventListener(
  "click",
  (event) => {
    if (!event.target.closest("[data-look]")) return;
    event.preventDefault();
    look(true);
  },
  true,
);
form.elements.body.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => look(false), PAUSE);
});
