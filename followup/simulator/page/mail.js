// The mailbox of one person: the list, one mail open, answering and unsubscribing.

import { ask, lastRead, linked, long, make, markRead, notice, short } from "./parts.js";

const list = document.getElementById("mail-list");
const pane = document.getElementById("mail-open");
let person;
let open; // the number of the mail being read
let drawn = "";

export async function showMail(whose, now) {
  if (person?.key !== whose.key) {
    open = undefined;
    drawn = "";
  }
  person = whose;
  const mails = whose.email ? (await ask(box())).mails : [];
  if (person.key !== whose.key) return;
  const look = JSON.stringify([whose.key, open, mails.map((mail) => mail.number)]);
  if (look === drawn) return;
  drawn = look;
  const reading = mails.find((mail) => mail.number === open);
  list.hidden = Boolean(reading);
  pane.hidden = !reading;
  if (reading) read(reading, now);
  else fill(mails, now);
}

const box = () => `/simulator/mailboxes/${encodeURIComponent(person.email)}`;
const readKey = (mail) => `mail ${person.email} ${mail.number}`;
const sender = (mail) => mail.from.replace(/\s*<[^>]*>$/, "").replace(/^"|"$/g, "") || mail.from;

function fill(mails, now) {
  if (!mails.length) {
    const why = person.email ? "No mail yet." : "This person has given the clinic no mail address.";
    list.replaceChildren(make("p", { class: "empty" }, why));
    return;
  }
  list.replaceChildren(...mails.toReversed().map((mail) => {
    const unread = !mail.from_person && !lastRead(readKey(mail));
    return make("button", {
      type: "button",
      class: `mail-row ${unread ? "unread" : ""}`,
      onclick: () => go(mail.number),
    },
    make("span", { class: "dot" }, unread ? make("span", { class: "visually-hidden" }, "Unread. ") : null),
    make("span", { class: "who" }, mail.from_person ? `To: ${mail.to}` : sender(mail)),
    make("span", { class: "when" }, short(mail.at, now)),
    make("span", { class: "what" }, mail.subject || "(no subject)"),
    make("span", { class: "start" }, mail.text.trim().slice(0, 100)));
  }));
}

async function go(number) {
  open = number;
  await showMail(person, new Date());
  document.dispatchEvent(new CustomEvent("mail-read"));
  (pane.hidden ? list : pane).querySelector("button")?.focus();
}

function read(mail) {
  markRead(readKey(mail), true);
  const page = mail.has_html
    ? make("iframe", { class: "mail-page", title: "The mail as it looks", sandbox: "allow-popups allow-popups-to-escape-sandbox", src: `${box()}/mails/${mail.number}/html` })
    : null;
  const text = make("div", { class: "mail-text", hidden: Boolean(page) }, ...linked(mail.text.replaceAll("\r\n", "\n").trim()));
  const bar = make("div", { class: "mail-bar" }, make("button", { type: "button", class: "quiet", onclick: () => go(undefined) }, "‹ All mail"));
  if (page && mail.text) {
    bar.append(make("button", {
      type: "button", class: "quiet", "aria-pressed": "false",
      onclick: (event) => {
        page.hidden = text.hidden;
        text.hidden = !text.hidden;
        event.target.setAttribute("aria-pressed", String(page.hidden));
      },
    }, "Plain text"));
  }
  if (mail.can_unsubscribe) bar.append(make("button", { type: "button", class: "quiet", onclick: () => unsubscribe(mail) }, "Unsubscribe"));
  const scroll = make("div", { class: "mail-scroll", tabindex: 0, role: "group", "aria-label": "Mail" },
    make("h2", {}, mail.subject || "(no subject)"),
    make("dl", {},
      make("dt", {}, "From"), make("dd", {}, mail.from),
      make("dt", {}, "To"), make("dd", {}, mail.to),
      make("dt", {}, "When"), make("dd", {}, long(mail.at))),
    page, text);
  pane.replaceChildren(bar, scroll, mail.from_person ? "" : answering(mail));
}

function answering(mail) {
  const words = make("textarea", { rows: 3, placeholder: "Your answer" });
  const quote = make("input", { type: "checkbox", checked: true });
  const form = make("form", { class: "mail-answer" },
    make("label", {}, make("span", { class: "visually-hidden" }, "Your answer"), words),
    make("div", { class: "row" },
      make("label", { class: "tick" }, quote, "Quote the mail"),
      make("button", { class: "primary" }, "Send answer")));
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!words.value.trim()) return;
    try {
      await ask(`${box()}/reply`, { message_id: mail.message_id, body: words.value, quote: quote.checked });
      notice("Answer sent.");
      await go(undefined);
    } catch (error) {
      notice(error.message);
    }
  });
  return form;
}

async function unsubscribe(mail) {
  try {
    const { status } = await ask(`${box()}/unsubscribe`, { message_id: mail.message_id });
    notice(status >= 200 && status < 300 ? "The clinic took the unsubscribe." : `The clinic answered ${status || "nothing"}.`);
  } catch (error) {
    notice(error.message);
  }
}
