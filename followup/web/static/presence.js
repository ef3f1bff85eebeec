// Who is looking at a case or typing on it: told every few seconds, forgotten by every screen as soon as it stops.
const TELL = 10000;
const LASTS = 22000;
const TYPING = 8000;
const IDLE = 300000;
const here = new Map(); // case → staff → { name, doing, until }
let touched = 0;
let typed = -TYPING;
let last = "";

export function startPresence() {
  setInterval(forget, 2000);
  const mine = document.getElementById("live")?.dataset.live || "";
  if (!mine.startsWith("case:")) return;
  const id = mine.slice(5);
  touched = performance.now();
  for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, () => { touched = performance.now(); if (last === "gone") tell(id); }, { passive: true });
  }
  document.addEventListener("input", (event) => {
    if (!(event.target instanceof HTMLTextAreaElement)) return;
    typed = touched = performance.now();
    if (last !== "typing") tell(id);
  });
  document.addEventListener("visibilitychange", () => tell(id));
  window.addEventListener("pagehide", () => tell(id, "gone"));
  setInterval(() => { if (doing() !== "gone" || last !== "gone") tell(id); }, TELL);
  tell(id);
}

function doing() {
  const now = performance.now();
  if (document.hidden || now - touched > IDLE) return "gone";
  return now - typed < TYPING ? "typing" : "looking";
}

async function tell(id, what = doing()) {
  last = what;
  const words = new URLSearchParams({ csrf: document.body.dataset.csrf, case: id, doing: what });
  try {
    await fetch("/presence", { method: "POST", body: words, headers: { "X-Live": "1" }, keepalive: what === "gone", redirect: "manual" });
  } catch { /* nobody hears it: it is said again soon */ }
}

export function heardPresence(word) {
  const [, id, staff, what, ...name] = word.split(":");
  if (staff === document.body.dataset.me) return;
  const there = here.get(id) || new Map();
  here.set(id, there);
  if (what === "gone") leave(id, there, staff, name.join(":"));
  else there.set(staff, { name: name.join(":"), doing: what, until: performance.now() + LASTS });
  showPresence();
}

// Whoever left was there until now: that is what is said until the server is asked again.
function leave(id, there, staff, name) {
  there.delete(staff);
  for (const place of document.querySelectorAll(`[data-presence="${CSS.escape(id)}"]`)) place.dataset.opened = `opened just now by ${name}`;
}

function forget() {
  const now = performance.now();
  let changed = false;
  for (const [id, there] of here) {
    for (const [staff, one] of there) if (one.until < now) { leave(id, there, staff, one.name); changed = true; }
  }
  if (changed) showPresence();
}

export function showPresence() {
  for (const place of document.querySelectorAll("[data-presence]")) {
    const there = [...(here.get(place.dataset.presence)?.values() || [])].sort((one, other) => one.name.localeCompare(other.name));
    if (place.dataset.opened === undefined) place.dataset.opened = place.textContent;
    const words = there.map((one) => `${one.name} is ${one.doing}`).join(", ") || place.dataset.opened;
    if (place.textContent !== words) place.textContent = words;
    place.classList.toggle("now", there.length > 0);
    place.classList.toggle("typing", there.some((one) => one.doing === "typing"));
  }
}
