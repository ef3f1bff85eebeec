// Ages and times left tick on the server's care clock, never on the device's own.
let ahead = 0;

export function setServerTime(iso) {
  if (iso) ahead = Date.parse(iso) - Date.now();
}

export function span(milliseconds) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  if (minutes < 60) return `${minutes} min`;
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")}`;
  return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
}

export function tick(root = document) {
  const now = Date.now() + ahead;
  for (const time of root.querySelectorAll("time[data-age]")) {
    time.textContent = span(now - Date.parse(time.dateTime));
  }
  for (const time of root.querySelectorAll("time[data-left]")) {
    if (time.dataset.left === "now") continue;
    const gap = Date.parse(time.dateTime) - now;
    time.textContent = gap > 0 ? `${span(gap)} left` : `${span(gap)} late`;
    time.closest(".left")?.classList.toggle("over", gap <= 0);
  }
}

export function startClocks() {
  setServerTime(document.body.dataset.now);
  setInterval(tick, 15000);
}
