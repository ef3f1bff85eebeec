// What is typed goes to the server as it is typed: never into the browser's own store.
const WAIT = 900;
const AGAIN = 4000;
const again = new Map();

export function startDrafts() {
  for (const field of document.querySelectorAll("textarea[data-draft]")) {
    let timer = 0;
    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => keep(field), WAIT);
    });
    field.form?.addEventListener("submit", () => clearTimeout(timer));
  }
  window.addEventListener("pagehide", () => {
    for (const field of document.querySelectorAll("textarea[data-draft]")) {
      if (field.value !== field.defaultValue && !field.form?.dataset.sent) keep(field, true);
    }
  });
  for (const form of document.querySelectorAll("form")) form.addEventListener("submit", () => { form.dataset.sent = "yes"; });
}

// True once the server has the words; else it is tried again by itself until it has.
export async function keep(field, leaving = false) {
  const words = new URLSearchParams({ csrf: document.body.dataset.csrf, place: field.dataset.draft, text: field.value });
  try {
    const answer = await fetch("/drafts", { method: "POST", body: words, keepalive: leaving, redirect: "manual" });
    if (answer.status < 500) return true;
  } catch { /* the connection bar says so; the words are still in the field */ }
  clearTimeout(again.get(field));
  if (!leaving) again.set(field, setTimeout(() => keep(field), AGAIN));
  return false;
}

export async function keepAll() {
  const typed = [...document.querySelectorAll("textarea[data-draft]")].filter((field) => field.value !== field.defaultValue);
  return (await Promise.all(typed.map((field) => keep(field)))).every(Boolean);
}
