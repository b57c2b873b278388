// The server has answered: the draft kept on the phone for this station is no longer needed.
const sent = document.querySelector("[data-sent]");
if (sent) localStorage.removeItem(`draft:${sent.dataset.sent}`);
