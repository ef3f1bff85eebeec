// The page: who there is, whose phone is shown, which tab, and what changed.

import { showMail } from "./mail.js";
import { ask, clock, initials, lastRead, make, markRead, notice, phoneNumber, setZone, short, weekday } from "./parts.js";
import { showTexts } from "./texts.js";

const list = document.getElementById("people");
const picker = document.getElementById("picker");
const tabs = [...document.querySelectorAll('[role="tab"]')];
const asked = new URLSearchParams(location.search);
let state = { people: [], now: new Date().toISOString() };
let chosen = asked.get("person") || sessionStorage.getItem("person") || "";
let tab = asked.get("tab") === "mail" ? "mail" : "texts";

const person = () => state.people.find((each) => each.key === chosen || (chosen && each.email === chosen)) || state.people[0];
const newest = (each) => [each.last_text?.at, each.last_mail?.at].filter(Boolean).toSorted().at(-1);
const mark = (each) => `${each.last_text?.sid || ""} ${each.last_mail?.number || ""}`;

function unread(each) {
  const fromClinic = each.last_text?.direction === "out" || (each.last_mail && !each.last_mail.from_person);
  return Boolean(fromClinic && newest(each)) && lastRead(`person ${each.key}`) !== mark(each);
}

function snippet(each) {
  const text = each.last_text;
  const mail = each.last_mail;
  if (!text && !mail) return "Nothing yet";
  if (!text || (mail && mail.at > text.at)) return `${mail.from_person ? "You, by mail: " : "Mail: "}${mail.subject}`;
  return `${text.direction === "in" ? "You: " : ""}${text.body || "A photo"}`;
}

function showPeople() {
  const focused = document.activeElement?.dataset?.key;
  list.replaceChildren(...state.people.map((each, at) => make("li", {}, make("button", {
    type: "button", class: `person ${unread(each) ? "unread" : ""}`, "data-key": each.key,
    "aria-current": String(each.key === person()?.key), onclick: () => choose(each.key),
  },
  make("span", { class: `avatar hue-${at % 6}`, "aria-hidden": "true" }, initials(each.name)),
  make("span", { class: "name" }, phoneNumber(each.name)),
  make("span", { class: "when" }, newest(each) ? short(newest(each), state.now) : ""),
  make("span", { class: "last" }, snippet(each)),
  make("span", { class: "dot" }, unread(each) ? make("span", { class: "visually-hidden" }, "Unread") : null)))));
  if (focused) list.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
  const names = state.people.map((each) => [each.key, `${phoneNumber(each.name)}${unread(each) ? " •" : ""}`]);
  if (picker.dataset.names !== String(names)) { // an open list stays open while nothing in it changes
    picker.replaceChildren(...names.map(([key, name]) => make("option", { value: key }, name)));
    picker.dataset.names = String(names);
  }
  if (person()) picker.value = person().key;
}

function showTop() {
  const now = document.getElementById("now");
  now.dateTime = state.now;
  now.replaceChildren(clock(state.now), make("small", {}, weekday(state.now)));
  const whose = person();
  document.getElementById("owner").textContent = whose ? phoneNumber(whose.name) : "";
  document.getElementById("clinic-name").textContent = state.clinic?.name || "The clinic";
  const last = whose?.last_text;
  const number = last ? (last.direction === "in" ? last.to : last.from) : state.clinic?.numbers[0];
  document.getElementById("clinic-number").textContent = phoneNumber(number);
  const waiting = whose?.last_mail && !whose.last_mail.from_person && !lastRead(`mail ${whose.email} ${whose.last_mail.number}`);
  const count = document.getElementById("mail-count");
  count.hidden = !waiting;
  count.textContent = waiting ? "new" : "";
}

async function showScreen() {
  for (const each of tabs) {
    const active = each.id === `tab-${tab}`;
    each.setAttribute("aria-selected", String(active));
    each.tabIndex = active ? 0 : -1;
    document.getElementById(each.getAttribute("aria-controls")).hidden = !active;
  }
  const whose = person();
  if (!whose) return;
  if (!document.hidden) markRead(`person ${whose.key}`, mark(whose));
  await (tab === "mail" ? showMail(whose, state.now) : showTexts(whose));
}

async function choose(key) {
  chosen = key;
  sessionStorage.setItem("person", key);
  const whose = person();
  if (whose && !whose.phone && whose.email) tab = "mail"; // nothing can be texted to a mailbox
  await showScreen();
  showPeople();
  showTop();
}

function tellOfOthers(before) {
  // Somebody else's phone rang: say so, as the list is not on a narrow screen.
  if (!before.length) return;
  const known = new Map(before.map((each) => [each.key, mark(each)]));
  const rang = state.people.filter((each) => unread(each) && known.get(each.key) !== mark(each) && each.key !== person()?.key);
  if (!rang.length) return;
  const whose = rang.toSorted((one, other) => (newest(one) < newest(other) ? -1 : 1)).at(-1);
  const what = (whose.last_mail?.at || "") > (whose.last_text?.at || "") ? "mail" : "texts";
  const more = rang.length > 1 ? ` and ${rang.length - 1} more` : "";
  notice(`New ${what === "mail" ? "mail" : "text"} for ${phoneNumber(whose.name)}${more}`, "Show", () => {
    tab = what;
    choose(whose.key);
  });
}

async function refresh() {
  const before = state.people;
  state = await ask("/simulator/people");
  setZone(state.zone);
  tellOfOthers(before);
  await showScreen();
  showPeople();
  showTop();
}

tabs.forEach((each, at) => {
  each.addEventListener("click", async () => {
    tab = each.id.replace("tab-", "");
    await showScreen();
    showTop();
  });
  each.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
    const other = tabs[(at + 1) % tabs.length];
    other.focus();
    other.click();
  });
});
picker.addEventListener("change", () => choose(picker.value));
document.addEventListener("mail-read", showTop);

const pause = (seconds) => new Promise((done) => setTimeout(done, seconds * 1000));

async function live() {
  for (;;) {
    try {
      await refresh();
      for (;;) {
        const changed = await ask(`/simulator/changes?since=${state.version}&wait=20`);
        if (changed.version !== state.version || changed.now.slice(0, 16) !== state.now.slice(0, 16)) await refresh();
        await pause(0.15); // a burst of texts is one drawing
      }
    } catch {
      await pause(2); // the simulator is away; it may come back
    }
  }
}

live();
