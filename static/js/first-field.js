// A form that is written while somebody waits begins where one types: at the first mistake, else at its first field.
// On a telephone the keyboard would cover what stands above, so there one begins by hand.
const form = document.querySelector("form[data-main]");
const wrong = form?.querySelector("[aria-invalid=true]");
const first = innerWidth <= 760 ? null : form?.querySelector(".lines input:not([type=hidden]), .lines textarea");
(wrong ?? first)?.focus();
