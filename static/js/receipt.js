// The server has answered: the draft kept on the phone for this station is no longer needed.
const sent = document.querySelector("[data-sent]");
try {
  if (sent) localStorage.removeItem(`draft:${sent.dataset.sent}`);
} catch {
  // a phone that keeps nothing has nothing to forget
}
