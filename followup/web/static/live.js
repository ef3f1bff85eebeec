// One stream a browser: one tab holds it and tells the others; where it cannot be had, every tab polls.
import { setServerTime, tick } from "./clocks.js";
import { swap } from "./swap.js";
import { ring } from "./alarm.js";
import { heardPresence } from "./presence.js";

const POLL_QUIET = 45000; // the safety net while the stream is up
const POLL_ALONE = 12000; // while it is not
const region = () => document.getElementById("live");
let streaming = false;
let failed = 0;
let timer = 0;
let running = false;
let again = false;

export function startLive() {
  hold();
  plan();
  document.addEventListener("visibilitychange", () => { if (!document.hidden) refresh(); });
  window.addEventListener("online", refresh);
  document.getElementById("fresh-seen")?.addEventListener("click", seen);
}

function plan() {
  clearTimeout(timer);
  const every = Number(region()?.dataset.every || 0) * 1000;
  timer = setTimeout(refresh, every || (streaming ? POLL_QUIET : POLL_ALONE));
}

function hold() {
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("followup-live") : null;
  if (!channel || !navigator.locks) return; // polling alone
  channel.addEventListener("message", (event) => heard(event.data));
  navigator.locks.request("followup-live", () => new Promise(() => {
    let source;
    const tell = (word) => { channel.postMessage(word); heard(word); };
    const open = () => {
      source = new EventSource("/live");
      source.addEventListener("hello", () => tell("up"));
      source.addEventListener("changed", (event) => tell(event.data));
      source.addEventListener("poll", () => tell("down"));
      source.addEventListener("error", () => {
        tell("down");
        if (source.readyState === EventSource.CLOSED) setTimeout(open, 10000);
      });
    };
    open();
    setInterval(() => { if (source.readyState === EventSource.OPEN) channel.postMessage("up"); }, 20000);
  }));
}

function heard(word) {
  if (word === "up" || word === "down") {
    const before = streaming;
    streaming = word === "up";
    // What was said between the page and the stream is not said again: look once when the line is up.
    if (before !== streaming) { if (streaming) soon(); else plan(); }
    return;
  }
  if (word.startsWith("here:")) { heardPresence(word); return; }
  const mine = region()?.dataset.live;
  if (word === "queue" || word === mine) soon();
}

let waiting = 0;
function soon() {
  clearTimeout(waiting);
  waiting = setTimeout(refresh, 250);
}

export async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    await Promise.all([rows(), counts()]);
    lost(false);
    failed = 0;
  } catch {
    failed += 1;
    if (failed > 1 || !navigator.onLine) lost(true);
  } finally {
    running = false;
    plan();
    if (again) { again = false; soon(); }
  }
}

async function get(url) {
  const answer = await fetch(url, { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" });
  if (answer.status === 401) location.assign("/");
  if (answer.status === 423) location.assign(`/locked?next=${encodeURIComponent(location.pathname)}`);
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

async function rows() {
  const place = region();
  if (!place) return;
  const answer = await get(place.dataset.url);
  const date = answer.headers.get("X-Now");
  if (date) setServerTime(date);
  swap(place, await answer.text());
  tick(place);
  if (place.querySelector("#import-meta[data-finished=yes]")) delete place.dataset.every;
}

let known = null;
async function counts() {
  const found = await (await get("/live/counts")).json();
  const locked = document.querySelector("[data-locked]");
  for (const shown of document.querySelectorAll("[data-count]")) shown.textContent = found[shown.dataset.count];
  document.querySelector("#tally .n")?.classList.toggle("ringing", found.ringing > 0);
  title(locked ? found.ringing : found.todo);
  if (known && found.ringing > known.ringing) say("A new emergency came in.");
  else if (known && found.todo > known.todo) say("A new case came in.");
  known = found;
  ring(found.ringing > 0);
}

function title(count) {
  document.title = document.title.replace(/^\(\d+\) /, "");
  if (count && (document.body.classList.contains("queue-page") || document.hidden || document.querySelector("[data-locked]"))) {
    document.title = `(${count}) ${document.title}`;
  }
}

export function say(words) {
  const line = document.getElementById("announce");
  if (line) line.textContent = words;
}

function lost(yes) {
  const bar = document.getElementById("lost");
  if (bar) bar.hidden = !yes;
}

function seen() {
  const meta = document.getElementById("case-meta");
  for (const field of document.querySelectorAll("input[data-version]")) field.value = meta.dataset.version;
  document.getElementById("fresh").hidden = true;
  document.querySelector(".said-entry:last-of-type")?.scrollIntoView({ block: "center" });
}
