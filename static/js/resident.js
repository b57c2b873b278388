// One tap sends once: the button says it is busy and keeps its width. 念给我听 where the browser can speak.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sending) {
    event.preventDefault();
    return;
  }
  form.dataset.sending = "1";
  const button = event.submitter;
  if (button?.dataset.busy) {
    button.style.setProperty("min-width", `${button.offsetWidth}px`);
    button.dataset.word = button.textContent;
    button.textContent = button.dataset.busy;
  }
});

// A page that comes back from the back button can be sent again.
addEventListener("pageshow", () => {
  for (const form of document.forms) delete form.dataset.sending;
  for (const button of document.querySelectorAll("[data-word]")) button.textContent = button.dataset.word;
});

if ("speechSynthesis" in window) {
  for (const button of document.querySelectorAll("[data-speak]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      const words = new SpeechSynthesisUtterance([...document.querySelectorAll("[data-say]")].map((part) => part.textContent).join("。"));
      words.lang = "zh-CN";
      words.rate = 0.9;
      speechSynthesis.cancel();
      speechSynthesis.speak(words);
    });
  }
}
