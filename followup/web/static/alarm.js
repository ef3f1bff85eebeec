// A short sound while an emergency has nobody: only where it was asked for, once in a while, in a single tab.
let ringing = 0;
let context = null;

function wanted() {
  return document.body.dataset.sound === "on" || document.querySelector("[data-alarm=on]");
}

document.addEventListener("pointerdown", () => { if (wanted()) context = context || new AudioContext(); }, { once: true });

function beep() {
  if (!wanted()) return;
  const play = () => {
    context = context || new AudioContext();
    for (const [at, pitch] of [[0, 880], [0.22, 660]]) {
      const tone = context.createOscillator();
      const loud = context.createGain();
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, context.currentTime + at);
      loud.gain.exponentialRampToValueAtTime(0.2, context.currentTime + at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + at + 0.2);
      tone.connect(loud).connect(context.destination);
      tone.start(context.currentTime + at);
      tone.stop(context.currentTime + at + 0.22);
    }
  };
  if (navigator.locks) navigator.locks.request("followup-sound", { ifAvailable: true }, (lock) => lock && play());
  else play();
}

export function ring(yes) {
  if (yes && !ringing) { beep(); ringing = setInterval(beep, 30000); }
  if (!yes && ringing) { clearInterval(ringing); ringing = 0; }
  const icon = document.querySelector("link[rel=icon]");
  if (icon) icon.href = yes
    ? "data:image/svg+xml," + encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24"><path fill="#a3001b" d="M8 1h8l7 7v8l-7 7H8l-7-7V8z"/><path fill="#fff" d="M10.5 5h3v9h-3zM10.5 16h3v3h-3z"/></svg>')
    : "/static/icon.svg";
}
