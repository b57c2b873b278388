// The lobby screen: pages change by a plain cut every 15 s, data come anew every minute, and without network the last
// ones stay, with the hour they are from.
const CUT = 15_000;
const REFRESH = 60_000;
// The county's hour, whatever the hour of the machine behind the screen is called.
const HOUR = new Intl.DateTimeFormat("zh-CN", { hour: "numeric", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Shanghai" });
let shown = 0;
let stale = "";

function show() {
  const pages = [...document.querySelectorAll("[data-page]")];
  shown %= pages.length;
  pages.forEach((page, index) => (page.hidden = index !== shown));
  document.querySelector("[data-pageno]").textContent =
    `第 ${shown + 1} 页，共 ${pages.length} 页` + (pages.length > 1 ? " · 自动翻页" : "");
}

function tick() {
  const clock = document.querySelector("[data-clock]");
  clock.textContent = HOUR.format(new Date());
  const note = document.querySelector("[data-stale]");
  note.hidden = !stale;
  note.textContent = stale;
}

async function refresh() {
  const from = document.querySelector("#main").dataset.loaded;
  try {
    const answer = await fetch(location.href, { cache: "no-cache" });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("#main").replaceWith(document.importNode(page.querySelector("#main"), true));
    stale = "";
  } catch {
    stale = `数据停在 ${from}`;
  }
  show();
  tick();
}

show();
tick();
setInterval(() => {
  shown += 1;
  show();
}, CUT);
setInterval(tick, 10_000);
setInterval(refresh, REFRESH);
