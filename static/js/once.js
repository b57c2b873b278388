// A form that is sent says so and is not sent twice: the button takes the word of its data-busy and keeps its width.
// A page that stays (a download, an answer that never came, the back button) can be sent again.
const PATIENCE = 10_000;

function free(form) {
  delete form.dataset.sending;
  for (const button of form.querySelectorAll("[data-word]")) {
    button.textContent = button.dataset.word;
    delete button.dataset.word;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented || "again" in form.dataset) return; // a download: the page stays
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
  setTimeout(free, PATIENCE, form);
  const button = event.submitter;
  if (!button?.dataset.busy) return;
  button.style.setProperty("min-width", `${button.offsetWidth}px`);
  button.dataset.word = button.textContent;
  button.textContent = button.dataset.busy;
});

addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) free(form);
});
