// Adds liveness to pages that work without it: each part looks for what it cares for and leaves the rest alone.
import { startLive } from "./live.js";
import { startKeys } from "./keys.js";
import { startDrafts } from "./drafts.js";
import { startIdle } from "./idle.js";
import { startSegments } from "./segments.js";
import { startPresence } from "./presence.js";
import { startClocks } from "./clocks.js";

document.documentElement.classList.add("scripted");
document.querySelector("[data-focus]")?.focus();
for (const form of document.querySelectorAll("form")) {
  form.addEventListener("submit", (event) => {
    const asked = event.submitter?.dataset.confirm;
    if (asked && !window.confirm(asked)) event.preventDefault();
  });
}
for (const menu of document.querySelectorAll("details.me")) {
  document.addEventListener("click", (event) => { if (!menu.contains(event.target)) menu.open = false; });
  menu.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { menu.open = false; menu.querySelector("summary").focus(); }
  });
}
if (document.body.dataset.csrf || document.querySelector("[data-locked]")) {
  startClocks();
  startLive();
}
if (document.body.dataset.csrf) {
  startKeys();
  startDrafts();
  startIdle();
  startSegments();
  startPresence();
}

// A link to a folded part opens it.
function unfold() {
  const part = location.hash && document.getElementById(location.hash.slice(1));
  if (part && part.tagName === "DETAILS") { part.open = true; part.querySelector("summary").focus(); }
}
window.addEventListener("hashchange", unfold);
unfold();
