// Puts new server-made rows in place of old ones without taking the focus, half-typed words or what the pointer is on.
import { showPresence } from "./presence.js";

const QUIET = 1500;
const LONGEST = 8000;
let touched = 0;
let since = 0;
let held = 0;

for (const kind of ["pointermove", "pointerdown", "keydown"]) {
  document.addEventListener(kind, (event) => {
    if (event.target instanceof Element && event.target.closest("[data-list]")) touched = performance.now();
  }, { passive: true });
}

export function swap(place, html) {
  // A row that jumps under the pointer is acknowledged by mistake: wait until the hand rests, but not for ever.
  const now = performance.now();
  since = since || now;
  clearTimeout(held);
  if (touched && now - touched < QUIET && now - since < LONGEST) {
    held = setTimeout(() => swap(place, html), QUIET);
    return;
  }
  since = 0;
  const next = document.createElement("template");
  next.innerHTML = html;
  const focused = place.contains(document.activeElement) ? document.activeElement : null;
  const kept = focused?.id || focused?.closest("[id]")?.id;
  const before = new Map([...place.querySelectorAll("li.row")].map((row) => [row.id, row]));
  const replies = place.querySelector("#case-meta")?.dataset.replies;
  const version = place.querySelector("#case-meta")?.dataset.version;
  for (const row of next.content.querySelectorAll("li.row")) {
    const old = before.get(row.id);
    if (old && same(old, row)) {
      old.querySelector("[data-presence]")?.replaceWith(row.querySelector("[data-presence]"));
      row.replaceWith(old);
    }
    else if (!old && before.size) row.classList.add("arrived");
    if (document.querySelector(`.row.here`)?.id === row.id) row.classList.add("here");
  }
  const open = [...place.querySelectorAll("details[open][id]")].map((details) => details.id);
  place.replaceChildren(next.content);
  for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  if (kept) document.getElementById(kept)?.focus({ preventScroll: true });
  showPresence();
  caseChanged(place, replies, version);
}

function same(old, row) {
  const plain = (each) => each.outerHTML.replace(/<span[^>]* data-presence[^>]*>[^<]*<\/span>/g, "").replace(/<time[^>]*>[^<]*<\/time>/g, "").replace(/ class="[^"]*"/g, "");
  return plain(old) === plain(row);
}

function caseChanged(place, replies, version) {
  const meta = place.querySelector("#case-meta");
  if (!meta || version === undefined || meta.dataset.version === version) return;
  if (meta.dataset.replies !== replies) {
    // What is sent must rest on what was read: the forms keep the old version until she says she has seen it.
    document.getElementById("fresh").hidden = false;
    return;
  }
  if (document.getElementById("fresh")?.hidden) {
    for (const field of document.querySelectorAll("input[data-version]")) field.value = meta.dataset.version;
  }
}
