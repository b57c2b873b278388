// The month: in a draft a choice is stored at once, and what is beside it is counted anew; a duty dragged onto another
// lets the two people change places. Without this script the same form is sent by its button.
const WORDS = { failed: "没有存上，网络断了。选的还在，请再按一次“保存”。" };
let held = null;

const roster = () => document.querySelector("[data-roster]");
const form = () => document.querySelector("form[data-people]");

function say(words) {
  let note = document.querySelector("[data-roster-said]");
  if (!note) {
    note = document.createElement("p");
    note.className = "note is-late lead-note";
    note.dataset.rosterSaid = "";
    note.setAttribute("role", "alert");
    roster().prepend(note);
  }
  note.textContent = words;
}

function ready() {
  const saves = form() && "saves" in form().dataset;
  roster().classList.toggle("saved", Boolean(saves));
  for (const seat of document.querySelectorAll("[data-seat]")) seat.draggable = true;
}

async function store(focused) {
  roster().setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form().action, { method: "POST", body: new FormData(form()) });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (answer.ok && page.querySelector("[data-roster]")) {
      roster().replaceWith(page.querySelector("[data-roster]"));
      ready();
      if (focused) document.getElementsByName(focused)[0]?.focus();
      return;
    }
    form().reset();
    say(page.querySelector('[role="alert"]')?.textContent.trim() ?? WORDS.failed);
  } catch {
    roster().classList.remove("saved");
    say(WORDS.failed);
  } finally {
    roster().removeAttribute("aria-busy");
  }
}

function changed(name) {
  if (form() && "saves" in form().dataset) store(name);
}

document.addEventListener("change", (event) => {
  if (event.target.matches(".who-sits")) changed(event.target.name);
});

document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("[data-seat]") ?? null;
  held?.classList.add("is-held");
  event.dataTransfer.effectAllowed = "move";
});

document.addEventListener("dragover", (event) => {
  const over = event.target.closest?.("[data-seat]");
  for (const seat of document.querySelectorAll(".is-over")) seat.classList.remove("is-over");
  if (!held || !over || over === held) return;
  event.preventDefault();
  over.classList.add("is-over");
});

document.addEventListener("drop", (event) => {
  const over = event.target.closest?.("[data-seat]");
  if (!held || !over || over === held) return;
  event.preventDefault();
  const [one, two] = [held, over].map((seat) => seat.querySelector(".who-sits"));
  [one.value, two.value] = [two.value, one.value];
  changed(two.name);
});

document.addEventListener("dragend", () => {
  for (const seat of document.querySelectorAll(".is-over, .is-held")) seat.classList.remove("is-over", "is-held");
  held = null;
});

ready();
