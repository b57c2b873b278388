// Single-key shortcuts on the desk: an element names its key in data-key; Ctrl+Enter sends the form one stands in.
const typing = (node) => node.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest("form") ?? document.querySelector("form[data-main]");
    if (form) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-ctrl-enter]"));
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const target = document.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
  if (!target) return;
  event.preventDefault();
  if (typing(target)) target.focus();
  else target.click();
});
