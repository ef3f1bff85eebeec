// What is typed goes to the server as it is typed: never into the browser's own store.
const WAIT = 900;

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

export async function keep(field, leaving = false) {
  const words = new URLSearchParams({ csrf: document.body.dataset.csrf, place: field.dataset.draft, text: field.value });
  try {
    await fetch("/drafts", { method: "POST", body: words, keepalive: leaving, redirect: "manual" });
  } catch { /* the connection bar says so; the words are still in the field, and the next key tries again */ }
}

export async function keepAll() {
  const typed = [...document.querySelectorAll("textarea[data-draft]")].filter((field) => field.value !== field.defaultValue);
  await Promise.all(typed.map((field) => keep(field)));
}
