// 复制这个视图: copies the page's address, filters and all, and says so in the button. Hidden where copying is impossible.
for (const button of document.querySelectorAll("[data-copy-link]")) {
  button.hidden = !navigator.clipboard;
  const words = button.querySelector("[data-words]") ?? button;
  button.addEventListener("click", async () => {
    const before = words.textContent;
    try {
      await navigator.clipboard.writeText(new URL(button.dataset.copyLink || location.href, location.href).href);
      words.textContent = "已复制";
    } catch {
      words.textContent = "复制不了，请从地址栏复制";
    }
    setTimeout(() => (words.textContent = before), 4_000);
  });
}
