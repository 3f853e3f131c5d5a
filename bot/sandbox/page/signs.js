"use strict";
// The signs that the bot's messages use, drawn: not every machine has letters for them, and few have bold ones.
const SHAPES = {
  "✅": [["circle", "#1f9d55"], ["path", "M4.4 8.4 7 11l4.7-5.8", "#fff"]],
  "🔁": [["circle", "#2b7de9"], ["path", "M11 9.4A3.2 3.2 0 1 1 10.7 6.2M11 4.2v2.4H8.6", "#fff"]],
  "⚠️": [["path", "M8 1 15.4 15H.6z", "#e0a100", true], ["path", "M8 6v4.4m0 2v.3", "#fff"]],
  "⏳": [["path", "M4 2h8M4 14h8M5 2c0 4 6 4 6 6s-6 4-6 6M11 2c0 4-6 4-6 6s6 4 6 6", "#8a6d3b"]],
  "⌛": [["path", "M4 2h8M4 14h8M5 2c0 4 6 4 6 6s-6 4-6 6M11 2c0 4-6 4-6 6s6 4 6 6", "#8a6d3b"]],
  "🏁": [["path", "M3 1v14M3 2h10v7H3", "#333"]],
  "🖼": [["path", "M2 3h12v10H2zM2 11l4-4 3 3 2-2 3 3", "#4a5fa5"]],
  "▫️": [["path", "M5 5h6v6H5z", "#777"]],
  "⏸": [["path", "M6 4v8M10 4v8", "#333"]],
  "🟢": [["circle", "#1f9d55"]], "🟡": [["circle", "#e0b000"]], "🔴": [["circle", "#d33"]],
  "⛔": [["circle", "#d33"], ["path", "M4.5 8h7", "#fff"]],
  "❔": [["path", "M5.6 6a2.4 2.4 0 1 1 3.4 2.2c-.7.3-1 .8-1 1.6m0 2.2v.3", "#777"]],
  "👀": [["path", "M1.5 8c1-3 4.5-3 5.5 0-1 3-4.5 3-5.5 0zM9 8c1-3 4.5-3 5.5 0-1 3-4.5 3-5.5 0zM4.5 8v.2M12 8v.2", "#333"]],
  "❌": [["path", "M3.5 3.5 12.5 12.5M12.5 3.5 3.5 12.5", "#d33"]],
  "⏪": [["path", "M8 3.5 2.5 8 8 12.5zM14 3.5 8.5 8 14 12.5z", "#4a5fa5", true]],
  "🔔": [["path", "M4 11h8l-1-2V7a3 3 0 0 0-6 0v2zM7 13h2", "#b8860b"]],
};
const SIGNS = new RegExp(Object.keys(SHAPES).map((one) => one.replace("\ufe0f", "") + "\ufe0f?").join("|"), "gu");

function drawn(sign) {
  const shapes = SHAPES[sign] || SHAPES[`${sign.replace("\ufe0f", "")}\ufe0f`] || SHAPES[sign.replace("\ufe0f", "")];
  const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 16 16");
  svg.setAttribute("class", "sign");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", sign);
  for (const [kind, first, second, full] of shapes) {
    const part = document.createElementNS(space, kind);
    const set = (values) => { for (const [key, value] of Object.entries(values)) part.setAttribute(key, value); };
    if (kind === "circle") set({ cx: 8, cy: 8, r: 7, fill: first });
    else set({ d: first, fill: full ? second : "none", stroke: full ? "none" : second, "stroke-width": 1.7, "stroke-linecap": "round", "stroke-linejoin": "round" });
    svg.append(part);
  }
  return svg;
}

/** Words, with their signs drawn. */
function signed(text) {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(SIGNS)) {
    out.append(text.slice(at, found.index), drawn(found[0]));
    at = found.index + found[0].length;
  }
  out.append(text.slice(at));
  return out;
}
