{% load static %}// Keeps the empty counter form for hours without network, and nothing that belongs to anybody. It is fetched without
// cookies, so that no person can be in it; every other page goes to the network untouched.
import { sendAll } from "{% static 'js/drafts.js' %}";

const NAME = "shell-{{ version }}";
const SHELL = "{% url 'opinions:shell' %}";
const PAGE = "{% url 'opinions:new' %}";
const FILES = {{ files|safe }};

async function keepShell() {
  const cache = await caches.open(NAME);
  const files = [...FILES, SHELL].map((address) => new Request(address, { credentials: "omit", cache: "reload" }));
  await cache.addAll(files);
  await self.skipWaiting();
}

async function tidy() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== NAME).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function orKept(request, address) {
  try {
    return await fetch(request);
  } catch (error) {
    const kept = await caches.match(address);
    if (kept) return kept;
    throw error;
  }
}

async function sendOrTryAgain() {
  if ((await sendAll()).state === "away") throw new Error("still no network"); // the browser comes back later
}

self.addEventListener("install", (event) => event.waitUntil(keepShell()));
self.addEventListener("activate", (event) => event.waitUntil(tidy()));
self.addEventListener("sync", (event) => event.waitUntil(sendOrTryAgain()));
self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(orKept(request, SHELL));
  else if (FILES.includes(pathname)) event.respondWith(orKept(request, pathname));
});
