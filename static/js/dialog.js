// Asks once before what cannot be undone. A form says in data-confirm what it is about to do, in data-confirm-words
// what follows, in data-confirm-act the word on the button; the first focus is on 先不. Without this file the form is
// sent as it stands, so the words also belong beside it.
function element(tag, className, words) {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = words;
  return made;
}

function ask(form, submitter) {
  const box = element("dialog", "dialog", "");
  const title = element("h3", "", form.dataset.confirm);
  title.id = "dialog-title";
  box.setAttribute("aria-labelledby", title.id);
  const no = element("button", "btn", "先不");
  const yes = element("button", "btn btn-danger", form.dataset.confirmAct || submitter?.textContent.trim() || "确定");
  const row = element("p", "row end", "");
  row.append(no, yes);
  box.append(title, element("p", "", form.dataset.confirmWords ?? ""), row);
  no.addEventListener("click", () => box.close());
  yes.addEventListener("click", () => {
    form.dataset.confirmed = "1";
    box.close();
    form.requestSubmit(submitter);
  });
  box.addEventListener("close", () => {
    box.remove();
    submitter?.focus();
  });
  document.body.append(box);
  box.showModal();
  no.focus();
}

// capture: it must speak before whatever marks the form as sent
document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.dataset.confirm) return;
    if (form.dataset.confirmed) {
      delete form.dataset.confirmed;
      return;
    }
    event.preventDefault();
    event.stopImmediatePropagation();
    ask(form, event.submitter);
  },
  true,
);
