// The counter form: earlier visits of a number, a guess of the category, keys 1 2 3, Ctrl+P for the slip. All of it
// is help on top of a plain form, which works without.
const form = document.querySelector("[data-walkin]");
const token = form.elements.csrfmiddlewaretoken?.value;

async function ask(address, names) {
  const data = new FormData();
  for (const name of names) {
    const value = new FormData(form).get(name);
    if (value) data.set(name, value);
  }
  const answer = await fetch(address, { method: "POST", body: data, headers: { "X-CSRFToken": token } });
  return answer.ok ? answer.text() : "";
}

function later(work, wait) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(() => work().catch(() => {}), wait);
  };
}

const visitsPanel = document.querySelector("[data-visits-panel]");
const visitsMark = document.querySelector("[data-visits-mark]");
const showVisits = later(async () => {
  const digits = form.elements.phone.value.replace(/\D/g, "");
  visitsPanel.innerHTML = digits.length >= 7 ? await ask(form.dataset.visits, ["phone"]) : "";
  const count = visitsPanel.firstElementChild?.dataset.count;
  visitsMark.hidden = !count;
  if (count) visitsMark.querySelector("span").textContent = `来过 ${count} 次`;
}, 250);
form.elements.phone.addEventListener("input", showVisits);
if (form.elements.phone.value) showVisits();

const guessPanel = document.querySelector("[data-guess-panel]");
if (guessPanel) {
  const showGuess = later(async () => {
    const text = await ask(form.dataset.guess, ["body", "category", "kind", "region"]);
    if (text) guessPanel.innerHTML = text;
  }, 500);
  for (const name of ["body", "category", "region"]) form.elements[name].addEventListener("input", showGuess);
  for (const radio of form.querySelectorAll("[name=kind]")) radio.addEventListener("change", showGuess);
  if (form.elements.body.value) showGuess();
}

document.addEventListener("keydown", (event) => {
  const print = form.querySelector("[data-print]");
  if (print && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "p") {
    event.preventDefault();
    form.requestSubmit(print);
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.matches("textarea, select, input:not([type=radio]):not([type=checkbox])")) return;
  const radio = form.querySelectorAll("[name=how]")[Number(event.key) - 1];
  if (radio) {
    radio.checked = true;
    radio.focus();
  }
});

// Where the keyboard would cover what stands above the form, one begins by hand.
const first = form.dataset.first && innerWidth <= 760 ? null : form.elements[form.dataset.first ?? "name"];
(form.querySelector("[aria-invalid=true]") ?? first)?.focus();
