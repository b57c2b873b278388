// Follows a background job: asks for its figures every second and a half, and shows the file when it is there.
// Without this module the page reloads itself.

const panel = document.querySelector("[data-job]");
const part = (name) => panel.querySelector(`[data-${name}]`);
const PAUSE = 1500;

function show(job) {
  part("word").textContent = job.word;
  part("count").textContent = `${job.done} / ${job.total} ${panel.dataset.unit || "个"}`;
  part("bar").value = job.percent;
  if (part("said").textContent !== job.said) part("said").textContent = job.said; // read aloud when it changes
  if (job.has_more) location.reload(); // the page itself shows the rows that were refused
  if (job.is_over) document.title = `${job.word} · ${panel.dataset.title || "成批打印"}`;
  if (job.file) {
    part("file").href = job.file;
    part("file").hidden = false;
  }
}

async function follow() {
  try {
    const answer = await fetch(panel.dataset.job, { headers: { Accept: "application/json" } });
    if (answer.redirected) location.reload(); // signed out meanwhile: the page itself leads to the door
    const job = await answer.json();
    show(job);
    if (job.is_over) return;
  } catch {
    part("said").textContent = "暂时连不上，正在再试。后台还在做，不会丢。";
  }
  setTimeout(follow, PAUSE);
}

if (panel && !("over" in panel.dataset)) setTimeout(follow, PAUSE / 3);
