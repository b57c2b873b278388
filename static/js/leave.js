// Whoever sees the sign-in page is signed in no more: drafts on this device stay, and cannot be read until the one who
// wrote them is back.
import { forget } from "./drafts.js";

if (globalThis.indexedDB) forget().catch(() => {});
