// Small things every part of the page uses: making elements, asking the simulator, showing times and notices.

export function make(tag, given = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(given)) {
    if (name === "class") element.className = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value != null) element.setAttribute(name, value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

export async function ask(path, body) {
  const given = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch(path, given);
  const read = await answer.json();
  if (!answer.ok) throw new Error((read.errors || []).map((error) => error.message).join("; ") || read.title);
  return read;
}

let zone = "UTC";
const formats = new Map();
export function setZone(name) { zone = name; formats.clear(); }
function format(moment, options) {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat("en-US", { timeZone: zone, ...options }));
  return formats.get(key).format(new Date(moment));
}
export const clock = (moment) => format(moment, { hour: "numeric", minute: "2-digit" });
export const weekday = (moment) => format(moment, { weekday: "short" });
export const day = (moment) => format(moment, { weekday: "long", month: "short", day: "numeric" });
export const long = (moment) => `${day(moment)}, ${clock(moment)}`;
export function short(moment, now) {
  if (day(moment) === day(now)) return clock(moment);
  return new Date(now) - new Date(moment) < 6 * 864e5 ? weekday(moment) : format(moment, { month: "short", day: "numeric" });
}

let fading;
export function notice(words, label, action) {
  const place = document.getElementById("status");
  const hide = () => place.classList.remove("shown");
  place.replaceChildren(words);
  if (label) place.append(make("button", { type: "button", onclick: () => { hide(); action(); } }, label));
  place.classList.add("shown");
  clearTimeout(fading);
  fading = setTimeout(hide, label ? 12000 : 5000);
}

export function linked(words) {
  // The words with their addresses as links; everything stays text, nothing is read as markup.
  const parts = [];
  let at = 0;
  for (const match of words.matchAll(/https?:\/\/[^\s<>"]+[^\s<>".,;:!?)]/g)) {
    parts.push(words.slice(at, match.index));
    parts.push(make("a", { href: match[0], target: "_blank", rel: "noopener noreferrer" }, match[0]));
    at = match.index + match[0].length;
  }
  parts.push(words.slice(at));
  return parts.filter((part) => part !== "");
}

export function initials(name) {
  const words = name.split(/\s+/).filter((word) => /\p{L}/u.test(word));
  return words.length ? (words[0][0] + (words.length > 1 ? words.at(-1)[0] : "")).toUpperCase() : "#";
}
export function phoneNumber(number) {
  const match = /^\+1(\d{3})(\d{3})(\d{4})$/.exec(number || "");
  return match ? `(${match[1]}) ${match[2]}-${match[3]}` : number || "";
}

// What somebody has read, kept for this tab.
const read = new Map(JSON.parse(sessionStorage.getItem("read") || "[]"));
export const lastRead = (key) => read.get(key);
export function markRead(key, what) {
  if (read.get(key) === what) return;
  read.set(key, what);
  sessionStorage.setItem("read", JSON.stringify([...read]));
}
