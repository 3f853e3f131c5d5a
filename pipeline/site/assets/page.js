// What every page does: copying sentences, a word to the reader, dialogs.
"use strict";
const $ = (selector, within = document) => within.querySelector(selector);
const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
const data = JSON.parse($("#data")?.textContent || "null");

/** An element; text goes in as text, never as HTML. */
function el(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child != null && child !== ""));
  return made;
}

/** One of the four signs: pass, fail, none. */
function sign(kind, words) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg"), use = document.createElementNS(space, "use");
  svg.setAttribute("class", "sign");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", words || kind);
  use.setAttribute("href", `#s-${kind}`);
  svg.append(use);
  return svg;
}

/** A path of a picture as an address: names may hold signs that mean something there. */
const address = (path) => path.split("/").map(encodeURIComponent).join("/");

/** Zoom a view (zoom, fit, x, y) so that what lies under a point stays there. */
function zoomAt(view, factor, x = innerWidth / 2, y = innerHeight / 2) {
  const zoom = Math.min(8, Math.max(Math.min(view.fit * 0.8, 1), view.zoom * factor));
  view.x = x - ((x - view.x) * zoom) / view.zoom;
  view.y = y - ((y - view.y) * zoom) / view.zoom;
  view.zoom = zoom;
}

let toasted;
function toast(words) {
  $(".toast")?.remove();
  clearTimeout(toasted);
  document.body.append(el("div", { class: "toast", role: "status" }, words));
  toasted = setTimeout(() => $(".toast")?.remove(), 2200);
}

async function copy(words) {
  try {
    await navigator.clipboard.writeText(words);
  } catch {
    // A page from disk may not ask for the clipboard: the old way still works there.
    const area = el("textarea", { "aria-hidden": "true" });
    area.value = words;
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  toast("Copied. Say it in #labs.");
}

function sentences(steps, lead = "in the labs channel: ") {
  const list = el("ol", { class: "steps" });
  for (const step of steps) {
    const price = step.price ? el("b", { class: "price" }, ` ${step.price}`) : null;
    const say = step.sentence
      ? el("div", { class: "say" }, el("code", { dir: "auto" }, lead + step.sentence),
          el("button", { type: "button", class: "copy", "data-copy": lead + step.sentence }, "Copy"), sayer(step.sentence))
      : null;
    list.append(el("li", { class: "step" }, el("p", {}, step.purpose, price), say));
  }
  return list;
}

/** A button that says a sentence in #labs in the reader's name, where the page may; else nothing. */
function sayer(sentence) {
  return data?.says ? el("button", { type: "button", class: "copy", "data-say-it": sentence }, "Say it") : null;
}

async function sayIt(button) {
  button.disabled = true;
  // One mark a press: should the answer get lost, the same press says it once all the same.
  button.dataset.once ||= crypto.randomUUID?.() || `${Date.now()}-${Math.random()}`;
  try {
    const answer = await fetch("/say", { method: "POST", headers: { "Content-Type": "application/json", "X-Labs-Token": data.token }, body: JSON.stringify({ sentence: button.dataset.sayIt, once: button.dataset.once }) });
    if (!answer.ok) throw new Error(String(answer.status));
    delete button.dataset.once;
    toast("Said in #labs: plan and price stand in its thread.");
  } catch {
    toast("It could not be said. Press again, or copy it.");
  }
  button.disabled = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest?.(".copy");
  if (button?.dataset.sayIt) sayIt(button);
  else if (button) copy(button.dataset.copy);
});
for (const button of $$(".step .copy")) {
  const lead = "in the labs channel: ";
  const say = button.dataset.copy.startsWith(lead) ? sayer(button.dataset.copy.slice(lead.length)) : null;
  if (say) button.after(say);
}
$("#leave")?.addEventListener("click", async () => {
  const answer = await fetch("/leave", { method: "POST", headers: { "X-Labs-Token": data.token } });
  if (answer.ok) location.replace("/site/index.html");
});
$("#show-help")?.addEventListener("click", () => $("#help").showModal());

/** Whether a key is meant for a field that is being written in. */
const typing = (event) => event.target.matches?.("input:not([type=range]),textarea,select") || event.ctrlKey || event.metaKey || event.altKey;
