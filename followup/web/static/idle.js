// A screen that nobody touches locks itself; while somebody does, the server is told now and then.
import { keepAll } from "./drafts.js";

const TELL = 60000;

export function startIdle() {
  const limit = Number(document.body.dataset.idle) * 60000;
  let touched = Date.now();
  let told = Date.now();
  for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(kind, () => { touched = Date.now(); }, { passive: true });
  }
  setInterval(async () => {
    const now = Date.now();
    if (now - touched > limit) {
      // Without a line there is no locked page to go to, and leaving would lose words: cover the screen until there is.
      if (await keepAll() && await reachable()) location.assign(`/locked?next=${encodeURIComponent(location.pathname)}`);
      else document.body.classList.add("veiled");
    } else if (touched > told && now - told > TELL) {
      told = now;
      const words = new URLSearchParams({ csrf: document.body.dataset.csrf });
      fetch("/session/alive", { method: "POST", body: words, redirect: "manual" }).catch(() => {});
    }
  }, 5000);
}

async function reachable() {
  try {
    return (await fetch("/live/counts", { headers: { "X-Live": "1" }, cache: "no-store", redirect: "manual" })).status < 500;
  } catch {
    return false;
  }
}
