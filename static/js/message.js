// 我要留言 on a phone: the words stay on the phone until the server has answered, photos are shrunk before they travel,
// and three taps send once. Without this file the form works as it stands.
const form = document.querySelector("form[data-draft]");
const button = form.querySelector('[type="submit"]');
const key = `draft:${form.dataset.draft}`;
const kept = ["body", "location", "name", "phone", "client_key"];
const LONGEST = 1600;
const MOST = 6;
const word = button.textContent;
let photos = [];
let hasWorked = false;
let hasRenewed = false;

// A phone that keeps nothing (private mode, full) must still be able to send.
function store(text) {
  try {
    if (text === null) localStorage.removeItem(key);
    else localStorage.setItem(key, text);
    return true;
  } catch {
    return false;
  }
}

function keep() {
  const draft = Object.fromEntries(kept.map((name) => [name, form.elements[name].value]));
  form.querySelector("[data-kept]").hidden = !store(draft.body ? JSON.stringify(draft) : null);
}

function restore() {
  if (form.elements.body.value) return;
  try {
    const draft = JSON.parse(localStorage.getItem(key) ?? "{}");
    for (const name of kept) if (draft[name]) form.elements[name].value = draft[name];
    if (draft.name || draft.phone) form.querySelector("details").open = true;
  } catch {
    store(null);
  }
}

async function shrink(file) {
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.82));
    return new File([blob], "photo.jpg", { type: "image/jpeg" });
  } catch {
    return file; // the server says in words what is wrong with it
  }
}

function showPhotos() {
  const box = form.querySelector("[data-photos]");
  for (const old of box.querySelectorAll(".ph")) {
    URL.revokeObjectURL(old.querySelector("img").src);
    old.remove();
  }
  photos.forEach((photo, index) => {
    const shown = document.createElement("div");
    shown.className = "ph";
    const image = document.createElement("img");
    image.src = URL.createObjectURL(photo);
    image.alt = `第 ${index + 1} 张照片`;
    const remove = document.createElement("button");
    remove.type = "button";
    remove.className = "rm";
    remove.setAttribute("aria-label", `去掉第 ${index + 1} 张照片`);
    const cross = document.createElement("span");
    cross.textContent = "×";
    remove.append(cross);
    remove.addEventListener("click", () => {
      photos.splice(index, 1);
      showPhotos();
    });
    shown.append(image, remove);
    box.insertBefore(shown, box.querySelector(".add"));
  });
  box.querySelector(".add").hidden = photos.length >= MOST;
}

async function addPhotos(input) {
  const chosen = [...input.files];
  input.value = "";
  const room = MOST - photos.length;
  for (const file of chosen.slice(0, room)) photos.push(await shrink(file));
  form.querySelector('[data-part="photos"] .err')?.remove();
  showPhotos();
  if (chosen.length > room) say(`照片最多 ${MOST} 张，多选的 ${chosen.length - room} 张没有添上。`);
}

// With this file the photos stand in a row and the bare file field hides inside the last tile.
function dressPhotos() {
  const box = form.querySelector("[data-photos]");
  const input = form.querySelector("#photos");
  input.className = "sr";
  box.querySelector(".add").append(input);
  box.hidden = false;
}

function say(words) {
  const note = document.createElement("p");
  note.className = "note is-late";
  note.setAttribute("role", "alert");
  note.textContent = words;
  form.querySelector('[data-part="note"]').replaceChildren(note);
  note.scrollIntoView({ block: "center" });
}

// The page that the server answered with: its sentences come over, what stands in the fields and the photos stay.
function takeOver(page) {
  document.title = page.title;
  for (const only of page.querySelectorAll("[data-nojs]")) only.remove();
  for (const part of page.querySelectorAll("[data-part]")) {
    const here = form.querySelector(`[data-part="${part.dataset.part}"]`);
    if (part.dataset.part !== "photos") here.replaceWith(document.importNode(part, true));
    else {
      here.querySelector(".err")?.remove();
      const error = part.querySelector(".err");
      if (error) here.append(document.importNode(error, true));
    }
  }
  for (const name of ["client_key", "csrfmiddlewaretoken"]) {
    const fresh = page.querySelector(`[name="${name}"]`)?.value;
    if (fresh) form.elements[name].value = fresh;
  }
  for (const block of form.querySelectorAll("details")) if (block.querySelector(".err")) block.open = true;
  form.querySelector('[role="alert"]')?.scrollIntoView({ block: "center" });
  (form.querySelector("[aria-invalid]") ?? form.querySelector('[role="alert"]'))?.focus({ preventScroll: true });
}

// Proof of work, asked for only when very many messages come from one place: count until the sum fits.
async function work(challenge) {
  const { algorithm, salt, signature } = challenge;
  for (let number = 0; number <= challenge.max_number; number += 1) {
    const sum = await crypto.subtle.digest(algorithm, new TextEncoder().encode(salt + number));
    const hex = [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    if (hex === challenge.challenge) {
      return btoa(JSON.stringify({ algorithm, challenge: hex, number, salt, signature }));
    }
  }
  return "";
}

async function post() {
  const data = new FormData(form);
  data.delete("photos");
  for (const photo of photos) data.append("photos", photo, photo.name);
  const answer = await fetch(form.action || location.href, { method: "POST", body: data });
  if (answer.redirected && answer.ok) {
    location.assign(answer.url);
    return true;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (answer.status === 403 && !hasRenewed) {
    hasRenewed = true; // the page lay open too long: fetch a fresh token and send the same words again
    const fresh = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    form.elements.csrfmiddlewaretoken.value = fresh.querySelector("[name=csrfmiddlewaretoken]").value;
    return post();
  }
  if (!page.querySelector("form[data-draft]")) {
    say("没送出去，服务器这会儿忙。您写的都存在手机上，过一会儿再点一次送出。");
    return false;
  }
  takeOver(page);
  const challenge = form.querySelector("[data-challenge]")?.dataset.challenge;
  if (!challenge || hasWorked || !globalThis.crypto?.subtle) return false;
  hasWorked = true;
  form.elements.altcha.value = await work(JSON.parse(challenge));
  return post();
}

async function send() {
  button.style.setProperty("min-width", `${button.offsetWidth}px`);
  button.textContent = button.dataset.busy;
  button.disabled = true;
  hasWorked = hasRenewed = false;
  keep();
  try {
    if (await post()) return; // the next page is on its way; a second tap has nothing to press
  } catch {
    say("没送出去，网断了。您写的都存在手机上，网通了再点一次送出。");
  }
  release();
}

function release() {
  form.elements.altcha.value = "";
  button.disabled = false;
  button.textContent = word;
}

dressPhotos();
restore();
keep();
form.addEventListener("input", keep);
form.addEventListener("change", (event) => {
  if (event.target.name === "photos") addPhotos(event.target);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  if (!button.disabled) send();
});
// Back from the receipt: the page is as it was, and can be sent again with the same key.
addEventListener("pageshow", (event) => {
  if (event.persisted) release();
});
