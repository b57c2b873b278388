// One matter: a sent form says so and is not sent twice; a refused one is brought into view at its first field.
for (const form of document.querySelectorAll("form[method=post]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    const button = event.submitter ?? form.querySelector("button");
    button.style.minWidth = `${button.offsetWidth}px`;
    button.textContent = "正在送…";
  });
}

// The button names the unit that is chosen.
const words = document.querySelector("[data-button-words]");
words?.closest("form").addEventListener("change", (event) => {
  const other = event.currentTarget.elements.other_lead;
  const chosen = event.currentTarget.querySelector("[name=lead]:checked");
  const name = chosen?.value === "other" ? other.selectedOptions[0]?.value && other.selectedOptions[0].text : chosen?.parentElement.querySelector("b").textContent;
  words.textContent = words.dataset.buttonWords + (name || "单位");
});

// Coming back by the browser's button must find a form that can be sent.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});

const wrong = document.querySelector("[aria-invalid=true]");
if (wrong) {
  wrong.closest("details")?.setAttribute("open", "");
  wrong.focus();
}
