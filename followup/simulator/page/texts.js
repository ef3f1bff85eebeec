// The text messages of one phone: bubbles, phrases to try, photos, and sending.

import { ask, clock, day, linked, make, notice } from "./parts.js";
import { PICTURES, content, draw } from "./pictures.js";

const thread = document.getElementById("thread");
const words = document.getElementById("words");
const photos = document.getElementById("photos");
const photoButton = document.getElementById("photo");
let person;
let shown = new Map(); // sid -> what it looked like

const PHRASES = {
  en: ["Much better, thank you", "About the same", "The swelling is getting worse", "I have a fever and chills",
    "I can't breathe right", "please stop texting me", "STOP"],
  es: ["Mucho mejor, gracias", "Está igual", "La hinchazón está peor", "Tengo fiebre y escalofríos",
    "No puedo respirar bien", "ya no me manden mensajes", "STOP"],
};

const ON_THE_WAY = new Set(["accepted", "queued", "sending"]);
const LOST = new Set(["undelivered", "failed"]);

export async function showTexts(whose) {
  if (person?.key !== whose.key) {
    shown = new Map();
    thread.replaceChildren();
    words.value = "";
    grow();
    showPhrases(whose);
  }
  person = whose;
  if (!whose.phone) {
    thread.replaceChildren(make("p", { class: "empty" }, "This person has given the clinic no phone number."));
    return;
  }
  const { texts } = await ask(`/simulator/phones/${encodeURIComponent(whose.phone)}/thread`);
  if (person.key === whose.key) fill(texts);
}

function fill(texts) {
  const looks = texts.map((text) => `${text.sid} ${text.status} ${text.body}`);
  if (thread.childElementCount && shown.size === looks.length && looks.every((look, at) => shown.get(texts[at].sid) === look)) return;
  const first = shown.size === 0;
  const atEnd = first || thread.scrollHeight - thread.scrollTop - thread.clientHeight < 80;
  const before = shown;
  shown = new Map(texts.map((text, at) => [text.sid, looks[at]]));
  const rows = [];
  let today = "";
  texts.forEach((text, at) => {
    const date = day(text.at);
    if (date !== today) rows.push(make("div", { class: "day" }, date));
    today = date;
    rows.push(...bubbles(text, texts[at + 1], !first && !before.has(text.sid)));
  });
  if (!rows.length) rows.push(make("p", { class: "empty" }, "No texts yet. What the clinic sends arrives here."));
  thread.replaceChildren(...rows);
  if (atEnd) thread.scrollTop = thread.scrollHeight;
}

function bubbles(text, next, isNew) {
  const side = text.direction === "in" ? "out" : "in"; // the clinic's "in" is this person's "out"
  const kinds = [side];
  if (text.by_carrier) kinds.push("carrier");
  if (side === "in" && ON_THE_WAY.has(text.status)) kinds.push("travelling");
  if (LOST.has(text.status)) kinds.push("lost");
  if (isNew) kinds.push("new");
  const rows = [];
  const images = text.media.filter((medium) => medium.content_type.startsWith("image/"));
  if (images.length) {
    const picture = make("div", { class: `bubble picture ${kinds.join(" ")}` });
    for (const medium of images) picture.append(make("img", { src: medium.url, alt: "A photo", width: 320, height: 240 }));
    if (text.body) picture.append(make("p", {}, ...linked(text.body)));
    rows.push(picture);
  } else {
    rows.push(make("div", { class: `bubble ${kinds.join(" ")}` }, ...linked(text.body || " ")));
  }
  const meta = below(text, side);
  const together = next && next.direction === text.direction && clock(next.at) === clock(text.at)
    && below(next, side) === meta && day(next.at) === day(text.at);
  if (!together) rows.push(make("div", { class: `meta ${side} ${LOST.has(text.status) ? "lost" : ""}` }, meta));
  return rows;
}

function below(text, side) {
  const time = clock(text.at);
  if (LOST.has(text.status)) return `${time} · did not arrive (${text.error_code})`;
  if (text.status === "canceled") return `${time} · cancelled`;
  if (text.by_carrier) return `${time} · from the phone company`;
  if (side === "in" && ON_THE_WAY.has(text.status)) return `${time} · on its way`;
  return time;
}

function showPhrases(whose) {
  const place = document.getElementById("phrases");
  const phrases = PHRASES[whose.language] || PHRASES.en;
  place.lang = whose.language;
  place.replaceChildren(...phrases.map((phrase) => make("button", {
    type: "button",
    onclick: () => { words.value = phrase; grow(); words.focus(); },
  }, phrase)));
}

async function send(body, media = []) {
  if (!person?.phone) return;
  try {
    await ask(`/simulator/phones/${encodeURIComponent(person.phone)}/send`, { body, media });
    await showTexts(person);
    thread.scrollTop = thread.scrollHeight;
  } catch (error) {
    notice(error.message);
  }
}

function grow() {
  words.style.height = "auto";
  words.style.height = `${Math.min(words.scrollHeight + 2, 140)}px`;
}

function openPhotos(open) {
  photos.hidden = !open;
  photoButton.setAttribute("aria-expanded", String(open));
  if (open && !photos.childElementCount) {
    photos.append(...PICTURES.map((picture) => make("button", {
      type: "button",
      onclick: async () => {
        openPhotos(false);
        photoButton.focus();
        const said = words.value.trim() || picture.words;
        words.value = "";
        grow();
        await send(said, [await content(picture)]);
      },
    }, draw(picture), picture.name)));
  }
}

words.addEventListener("input", grow);
words.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    document.getElementById("composer").requestSubmit();
  }
});
document.getElementById("composer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = words.value.trim();
  if (!body) return;
  words.value = "";
  grow();
  await send(body);
  words.focus();
});
photoButton.addEventListener("click", () => openPhotos(photos.hidden));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !photos.hidden) { openPhotos(false); photoButton.focus(); }
});
document.addEventListener("click", (event) => {
  if (!photos.hidden && !event.target.closest(".photo-menu")) openPhotos(false);
});
