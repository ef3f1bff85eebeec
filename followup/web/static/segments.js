// How many segments an answer will take, counted as the carrier counts (GSM 03.38); the server counts again.
const BASIC = new Set("@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà");
const EXTENDED = new Set("^{}\\[~]|€\f");
const PLAIN = { "‘": "'", "’": "'", "“": '"', "”": '"', "–": "-", "—": "-", "…": "...", "\u00a0": " " };

export function weigh(words) {
  const text = [...words].map((sign) => PLAIN[sign] ?? sign).join("");
  const signs = [...text];
  const gsm = signs.every((sign) => BASIC.has(sign) || EXTENDED.has(sign));
  const sizes = signs.map((sign) => (gsm ? (EXTENDED.has(sign) ? 2 : 1) : sign.length));
  const units = sizes.reduce((sum, size) => sum + size, 0);
  if (units <= (gsm ? 160 : 70)) return { gsm, units, segments: units ? 1 : 0 };
  let segments = 0;
  let free = 0;
  for (const size of sizes) {
    if (size > free) { segments += 1; free = gsm ? 153 : 67; }
    free -= size;
  }
  return { gsm, units, segments };
}

export function startSegments() {
  const form = document.querySelector("form[data-answer]");
  if (!form) return;
  const field = form.querySelector("textarea");
  const shown = form.querySelector("[data-segments]");
  const show = () => {
    const channel = form.querySelector("[name=channel]:checked, [name=channel][type=hidden]")?.value;
    const found = weigh(shown.dataset.opening + field.value.trim());
    const text = channel === "sms" && field.value.trim();
    shown.textContent = text ? `${found.units} characters, ${found.segments} segment${found.segments === 1 ? "" : "s"}${found.gsm ? "" : " (accents or symbols)"}` : "";
    shown.classList.toggle("heavy", Boolean(text) && found.segments > 3);
  };
  form.addEventListener("input", show);
  form.addEventListener("change", show);
  show();
  for (const phrase of form.querySelectorAll("[data-phrase]")) {
    phrase.addEventListener("click", () => {
      field.value = field.value.trim() ? `${field.value.trim()} ${phrase.dataset.phrase}` : phrase.dataset.phrase;
      field.dispatchEvent(new Event("input", { bubbles: true }));
      field.focus();
      phrase.closest("details").open = false;
    });
  }
}
