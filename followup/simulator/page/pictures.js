// Draws invented photos of skin, so that nobody's real picture is ever needed.

import { make } from "./parts.js";

export const PICTURES = [
  { name: "A little bruise", words: "It looks like this", draw: (pen) => blotch(pen, 150, 120, 26, "#7d5aa6", 0.5) },
  { name: "Red and swollen", words: "It is red and swollen", draw: swollen },
  { name: "Red streaks", words: "There are red lines now", draw: streaks },
];

export function draw(picture) {
  const canvas = make("canvas", { width: 320, height: 240, "aria-hidden": "true" });
  const pen = canvas.getContext("2d");
  const table = pen.createLinearGradient(0, 0, 0, 240);
  table.addColorStop(0, "#cfd8dc");
  table.addColorStop(1, "#b4c0c6");
  pen.fillStyle = table;
  pen.fillRect(0, 0, 320, 240);
  pen.beginPath(); // a forearm, lying
  pen.moveTo(-10, 66);
  pen.bezierCurveTo(110, 36, 220, 58, 330, 84);
  pen.lineTo(330, 168);
  pen.bezierCurveTo(220, 196, 110, 206, -10, 184);
  pen.closePath();
  const skin = pen.createLinearGradient(0, 40, 0, 210);
  skin.addColorStop(0, "#e9bf9f");
  skin.addColorStop(0.55, "#dfae8a");
  skin.addColorStop(1, "#b98462");
  pen.fillStyle = skin;
  pen.fill();
  pen.save();
  pen.clip();
  picture.draw(pen);
  speckle(pen);
  pen.restore();
  return canvas;
}

export async function content(picture) {
  const blob = await new Promise((done) => draw(picture).toBlob(done, "image/png"));
  const bytes = new Uint8Array(await blob.arrayBuffer());
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return { content_type: "image/png", content: btoa(text) };
}

function blotch(pen, x, y, size, colour, strength) {
  const shade = pen.createRadialGradient(x, y, 2, x, y, size);
  shade.addColorStop(0, colour);
  shade.addColorStop(1, `${colour}00`);
  pen.globalAlpha = strength;
  pen.fillStyle = shade;
  pen.fillRect(x - size, y - size, 2 * size, 2 * size);
  pen.globalAlpha = 1;
}

function swollen(pen) {
  blotch(pen, 160, 122, 92, "#c8413a", 0.6);
  blotch(pen, 160, 122, 52, "#b3261e", 0.65);
  blotch(pen, 146, 104, 30, "#f6d3c0", 0.75);
}

function streaks(pen) {
  blotch(pen, 110, 130, 58, "#c0302a", 0.75);
  pen.strokeStyle = "#c0302a";
  pen.lineCap = "round";
  for (const [to, bend, width] of [[306, 96, 6], [300, 124, 8], [290, 152, 5]]) {
    pen.globalAlpha = 0.42;
    pen.lineWidth = width;
    pen.beginPath();
    pen.moveTo(118, 128);
    pen.quadraticCurveTo(200, bend + 10, to, bend);
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

function speckle(pen) {
  pen.fillStyle = "#6d432a";
  for (let n = 0; n < 420; n += 1) {
    pen.globalAlpha = 0.03 + Math.random() * 0.05;
    pen.fillRect(Math.random() * 320, Math.random() * 240, 1.4, 1.4);
  }
  pen.globalAlpha = 1;
}
