// An earlier answer goes into the form at a touch; what is written there already stays. Without script it can be copied.
const field = document.querySelector("form[action*='/reply/'] [name=body], form[action*='/give_part/'] [name=part]");
for (const button of field ? document.querySelectorAll("[data-take]") : []) {
  button.hidden = false;
  button.addEventListener("click", () => {
    const text = document.querySelector(`[data-past="${button.dataset.take}"]`).innerText.trim();
    if (!field.value.includes(text)) {
      field.value = field.value.trim() ? `${field.value.trimEnd()}\n${text}` : text;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    field.closest("details")?.setAttribute("open", "");
    field.scrollIntoView({ block: "center" });
    field.focus();
  });
}
