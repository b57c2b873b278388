// The slip: opens the printer by itself when asked to; Enter goes on to the next visitor.
const button = document.querySelector("[data-print-button]");
button.hidden = false;
button.addEventListener("click", () => print());
if (document.querySelector("[data-print-now]")) addEventListener("load", () => print());
document.querySelector("[data-next]")?.focus();
