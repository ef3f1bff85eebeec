// Single keys for everything; off in fields, off where the preferences say so, and listed under "?".
import { say } from "./live.js";

export function startKeys() {
  const keys = document.getElementById("keys");
  const show = document.getElementById("show-keys");
  show.hidden = false;
  show.addEventListener("click", () => keys.showModal());
  if (document.body.dataset.shortcuts === "off") return;
  document.documentElement.classList.add("keys-on");
  let went = 0;
  document.addEventListener("keydown", (event) => {
    const target = event.target;
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
    if (target instanceof Element && target.closest("input, textarea, select, [contenteditable]")) return;
    const key = event.key;
    if (key === "q" && performance.now() - went < 1500) { go("/queue"); return; }
    if (key === "g") { went = performance.now(); return; }
    const act = KEYS[key];
    if (act && act(event)) event.preventDefault();
  });
}

const go = (path) => { location.assign(path); return true; };
const rows = () => [...document.querySelectorAll("li.row")];
const here = () => document.querySelector("li.row.here") || document.activeElement?.closest?.("li.row");

function move(by) {
  const all = rows();
  if (!all.length) return false;
  const at = all.indexOf(here());
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("here", row === next));
  next.querySelector("a.open").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function open(id) {
  const panel = document.getElementById(id);
  if (!panel) return false;
  if (panel.tagName === "DETAILS") panel.open = true;
  const words = ["act-answer", "act-note"].includes(id) ? "textarea" : "textarea, select, input:not([type=hidden])";
  const field = panel.querySelector(words);
  (field || panel).focus();
  panel.scrollIntoView({ block: "nearest" });
  return true;
}

const press = (selector) => { const button = document.querySelector(selector); button?.click(); return Boolean(button); };

const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  Enter: () => { const row = document.querySelector("li.row.here"); if (!row || document.activeElement?.closest("a, button, summary")) return false; row.querySelector("a.open").click(); return true; },
  a: () => {
    if (document.body.classList.contains("case-page")) return press(".first button[data-key=a]");
    const button = here()?.querySelector("[id^=ack-]");
    if (!button) { say("Choose a case with j and k first."); return true; }
    button.click();
    return true;
  },
  r: () => open("act-answer"),
  c: () => open("act-contact"),
  n: () => open("act-note") || press("button[data-key=n]"),
  e: () => open("act-escalate"),
  d: () => open("act-resolve"),
  "/": () => { const field = document.querySelector("input[data-key='/']"); if (field) { field.focus(); return true; } return go("/patients"); },
  "?": () => { document.getElementById("keys").showModal(); return true; },
};
