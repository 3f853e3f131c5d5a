"use strict";
// Renders the workspace's state; the server says when it changed. All text goes in as text, never as HTML.
const $ = (id) => document.getElementById(id);
let state = { messages: [], people: {} };
let open = null;
let chosen = false;
const COLOURS = ["#1d7a8c", "#b0452f", "#4a5fa5", "#7a6a1d", "#2f7d4a"];

function el(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

// Slack's mrkdwn, as far as the bot writes it: *bold*, _italic_, `code`, <@person>, <!date^…|fallback>, <url|label>, :emoji:.
const MARKUP = /`([^`\n]+)`|\*([^*\n]+)\*|(?<!\w)_([^_\n]+)_(?!\w)|<@(\w+)>|<!date\^[^|>]*\|([^>]*)>|<([^|>!@#][^|>]*)(?:\|([^>]+))?>|:([a-z_]+):/g;
const EMOJI = {
  warning: "⚠️", double_vertical_bar: "⏸", large_green_circle: "🟢", large_yellow_circle: "🟡", red_circle: "🔴", no_entry: "⛔",
  hourglass: "⌛", eyes: "👀", white_check_mark: "✅", repeat: "🔁", checkered_flag: "🏁", grey_question: "❔", bell: "🔔",
};

function mrkdwn(text) {
  const out = document.createDocumentFragment();
  text.split("\n").forEach((line, number) => {
    if (number) out.append(document.createElement("br"));
    let at = 0;
    for (const m of line.matchAll(MARKUP)) {
      out.append(signed(unescape(line.slice(at, m.index))));
      at = m.index + m[0].length;
      if (m[1]) out.append(el("code", "", unescape(m[1])));
      else if (m[2]) out.append(el("strong", "", mrkdwn(m[2])));
      else if (m[3]) out.append(el("em", "", mrkdwn(m[3])));
      else if (m[4]) out.append(el("span", "mention", "@" + (state.people[m[4]] || m[4])));
      else if (m[5]) out.append(m[5]);
      else if (m[6]) out.append(link(unescape(m[6]), unescape(m[7] || m[6])));
      else out.append(signed(EMOJI[m[8]] || m[0]));
    }
    out.append(signed(unescape(line.slice(at))));
  });
  return out;
}

/** An address to the web opens beside this page; one into Slack goes nowhere here. */
function link(address, words) {
  if (!/^https?:/.test(address)) return el("span", "mention", words);
  const made = el("a", "", words);
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer";
  return made;
}

function picture(id, alt) {
  const image = el("img");
  image.src = `/page-file/${id}`;
  image.alt = image.title = alt || "";
  image.tabIndex = 0;
  image.setAttribute("role", "button");
  image.onload = () => { const list = image.closest(".messages"); if (list?.dataset.end) list.scrollTop = list.scrollHeight; };
  const look = () => {
    const shown = $("viewer").querySelector("img");
    shown.src = image.src;
    shown.alt = image.alt;
    shown.classList.remove("whole");
    $("viewer").showModal();
  };
  image.onclick = look;
  image.onkeydown = (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); look(); } };
  return image;
}

/** A menu of a message. */
function menu(message, element) {
  const made = el("select", "menu", new Option(element.placeholder.text, ""), ...element.options.map((one) => new Option(one.text.text, one.value)));
  made.setAttribute("aria-label", "More");
  made.onchange = () => {
    const option = made.value;
    made.value = "";
    if (option) post("/page-press", { person: $("person").value, ts: message.ts, action_id: element.action_id, option });
  };
  return made;
}

function button(message, element) {
  if (element.type === "static_select") return menu(message, element);
  const made = el("button", element.style || "", signed(element.text.text));
  made.onclick = async () => {
    if (element.confirm && !window.confirm(`${element.confirm.title.text}\n${unescape(element.confirm.text.text)}`)) return;
    made.disabled = true;
    await post("/page-press", { person: $("person").value, ts: message.ts, action_id: element.action_id });
    setTimeout(() => { made.disabled = false; }, 2000);
  };
  return made;
}

function block(message, b) {
  switch (b.type) {
    case "header": return el("div", "block", el("h3", "", signed(b.text.text)));
    case "section": return el("div", "block", b.text ? mrkdwn(b.text.text) : null,
      b.fields ? el("div", "fields", ...b.fields.map((f) => el("div", "", mrkdwn(f.text)))) : null);
    case "context": return el("div", "block context", ...b.elements.map((e) => el("span", "", mrkdwn(e.text))));
    case "divider": return el("hr");
    case "image": return el("div", "block", picture(b.slack_file.id, b.alt_text));
    case "actions": return el("div", "block buttons", ...b.elements.map((e) => button(message, e)));
    case "rich_text": return el("div", "block", mrkdwn(message.text));
    default: return el("div", "block context", `[${b.type}]`);
  }
}

// A modal's inputs by block id; what is read back is what Slack would report.
function field(b) {
  const e = b.element;
  const label = el("label", "field", el("span", "", b.label.text + (b.optional ? " (optional)" : "")));
  let input;
  if (e.type === "checkboxes") {
    const chosen = new Set((e.initial_options || []).map((o) => o.value));
    input = el("div", "", ...e.options.map((o) => {
      const box = el("input");
      box.type = "checkbox"; box.value = o.value; box.checked = chosen.has(o.value);
      return el("label", "option", box, o.text.text);
    }));
    input.answer = () => [...input.querySelectorAll("input:checked")].map((box) => box.value);
  } else if (e.type === "radio_buttons") {
    input = el("div", "radios", ...e.options.map((o) => {
      const dot = el("input");
      dot.type = "radio"; dot.name = b.block_id; dot.value = o.value; dot.required = !b.optional;
      dot.checked = e.initial_option && e.initial_option.value === o.value;
      return el("label", "option", dot, o.text.text);
    }));
    input.answer = () => (input.querySelector("input:checked") || { value: "" }).value;
  } else if (e.type === "static_select") {
    input = el("select", "", ...e.options.map((o) => new Option(o.text.text, o.value)));
    if (e.initial_option) input.value = e.initial_option.value;
    input.answer = () => input.value;
  } else {
    input = el(e.multiline ? "textarea" : "input");
    if (e.type === "number_input") { input.type = "number"; input.min = e.min_value; input.max = e.max_value; }
    if (e.type === "datepicker") input.type = "date";
    input.value = e.initial_value || e.initial_date || "";
    input.required = !b.optional;
    input.answer = () => input.value;
  }
  input.dataset.block = b.block_id;
  label.append(input);
  if (b.hint) label.append(el("small", "", b.hint.text));
  return label;
}

function filled(dialog) {
  const answers = {};
  for (const input of dialog.querySelectorAll("[data-block]")) answers[input.dataset.block] = input.answer();
  return answers;
}

let shownView = null, shownHash = null, shownAbout = null;
function showView() {
  const view = (state.views || {})[$("person").value];
  const dialog = $("modal");
  if (!view) { shownView = null; if (dialog.open) dialog.close(); return; }
  if (shownView === view.id && shownHash === view.hash) return;
  if (shownView === view.id && shownAbout === view.private_metadata) {
    // Shown anew: what is filled in stays, what the bot says about it is new.
    const told = [...$("modal-blocks").children];
    view.blocks.forEach((b, at) => { if (b.type !== "input" && told[at]) told[at].replaceWith(block({}, b)); });
    shownHash = view.hash;
    return;
  }
  shownView = view.id;
  shownHash = view.hash;
  shownAbout = view.private_metadata;
  $("modal-title").textContent = view.title.text;
  dialog.querySelector("button[type=submit]").textContent = (view.submit || { text: "Send" }).text;
  $("modal-close").textContent = (view.close || { text: "Close" }).text;
  $("modal-blocks").replaceChildren(...view.blocks.map((b) => (b.type === "input" ? field(b) : block({}, b))));
  dialog.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    await post("/page-submit", { person: $("person").value, view: view.id, answers: filled(dialog) });
  };
  for (const b of view.blocks.filter((one) => one.dispatch_action)) {
    const input = dialog.querySelector(`[data-block="${b.block_id}"]`);
    let soon = null;
    input.oninput = () => {
      clearTimeout(soon);
      soon = setTimeout(() => post("/page-submit", { person: $("person").value, view: view.id,
        answers: filled(dialog), changed: b.block_id }), 300);
    };
  }
  $("modal-close").onclick = () => post("/page-submit", { person: $("person").value, view: view.id, answers: null });
  if (!dialog.open) dialog.showModal();
}

function message(m, inThread) {
  const name = state.people[m.user] || m.user;
  const face = el("div", "face", name[0].toUpperCase());
  face.style.background = m.bot_id ? "#611f69" : COLOURS[[...m.user].reduce((sum, c) => sum + c.charCodeAt(0), 0) % COLOURS.length];
  const body = el("div", "", el("span", "name", name), m.bot_id ? el("span", "app", "APP") : null,
    el("span", "time", new Date(m.ts * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" }) + (m.edited ? " (edited)" : "")));
  const blocks = m.blocks && m.blocks.length ? m.blocks : [{ type: "section", text: { text: m.text } }];
  body.append(...blocks.map((b) => block(m, b)));
  for (const one of m.attachments || []) body.append(el("div", "unfurled", ...one.blocks.map((b) => block(m, b))));
  if (m.files) body.append(el("div", "files", ...m.files.map((f) => picture(f.id, f.name))));
  const signs = Object.entries(m.signs || {}).filter(([, who]) => who.length);
  if (signs.length) body.append(el("div", "signs", ...signs.map(([name]) => signed(EMOJI[name] || `:${name}:`))));
  const replies = state.messages.filter((other) => other.thread_ts === m.ts).length;
  if (!inThread && replies) {
    const link = el("button", "replies", `${replies} ${replies === 1 ? "reply" : "replies"}`);
    link.onclick = () => show(m.ts);
    body.append(link);
  } else if (!inThread) {
    const link = el("button", "replies", "Reply in thread");
    link.onclick = () => show(m.ts);
    body.append(link);
  }
  if (m.alone) body.prepend(el("span", "direct", m.channel ? "a direct message to you" : "only you see this"));
  const item = el("li", "message", face, body);
  item.dataset.ts = m.ts;
  return item;
}

function fill(list, messages, inThread) {
  const atEnd = !list.children.length || list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  list.dataset.end = atEnd ? "1" : "";
  const kept = new Map([...list.children].map((item) => [item.dataset.ts, item]));
  list.replaceChildren(...messages.map((m) => {
    const shape = JSON.stringify(m) + (inThread ? "" : state.messages.filter((other) => other.thread_ts === m.ts).length);
    const old = kept.get(m.ts);
    if (old && old.shape === shape) return old;
    const made = message(m, inThread);
    made.shape = shape;
    return made;
  }));
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** What this person sees: everything in the channel, and of direct messages and whispers their own. */
function seen() {
  const person = $("person").value;
  const said = state.messages.filter((m) => !m.channel || m.channel.slice(1) === person.slice(1)).map((m) => (m.channel ? { ...m, alone: true } : m));
  const whispers = (state.whispers || []).filter((m) => m.person === person).map((m) => ({ user: "U0LABSBOT", bot_id: "B0", ...m, alone: true }));
  return [...said, ...whispers].sort((a, b) => a.ts - b.ts);
}

function draw() {
  const all = seen();
  fill($("channel"), all.filter((m) => !m.thread_ts || m.thread_ts === m.ts), false);
  $("thread-pane").hidden = !open;
  if (open) fill($("thread"), all.filter((m) => m.ts === open || m.thread_ts === open), true);
}

function toEnd() {
  const list = $("thread");
  list.dataset.end = "1";
  list.scrollTop = list.scrollHeight;
}

function show(ts) { open = ts; chosen = true; draw(); toEnd(); }

async function post(url, body) {
  const token = document.querySelector("meta[name=labs-token]").content;
  const headers = { "content-type": "application/json", "x-labs-token": token };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

async function refresh() {
  state = await (await fetch("/page-state")).json();
  const people = Object.entries(state.people).filter(([id]) => id !== "U0LABSBOT");
  if ($("person").options.length !== people.length) $("person").replaceChildren(...people.map(([id, name]) => new Option(name, id)));
  // Until somebody chooses a thread, show the longest one, the newer of equals.
  if (!chosen) {
    const lengths = new Map();
    for (const m of state.messages) if (m.thread_ts) lengths.set(m.thread_ts, (lengths.get(m.thread_ts) || 0) + 1);
    open = [...lengths].reduce((best, one) => (!best || one[1] >= best[1] ? one : best), null)?.[0] ?? open;
  }
  draw();
  showView();
  showHome();
}

const base64 = (file) => new Promise((done) => {
  const reader = new FileReader();
  reader.onload = () => done(reader.result.split(",")[1] || "");
  reader.readAsDataURL(file);
});

for (const [form, thread] of [["write-channel", false], ["write-thread", true]]) {
  const area = $(form).querySelector("textarea");
  const attached = $(form).querySelector("input[type=file]");
  const send = async () => {
    const text = area.value.trim();
    if (!text && !attached.files.length) return;
    const files = await Promise.all([...attached.files].map(async (file) => ({ name: file.name, data: await base64(file) })));
    area.value = attached.value = "";
    if (/^\/labs\b/.test(text)) {
      await post("/page-command", { person: $("person").value, text: text.slice(5).trim() });
      return;
    }
    const escaped = text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/@labs-bot\b/g, "<@U0LABSBOT>");
    const { ts } = await post("/page-write", { person: $("person").value, text: escaped, thread_ts: thread ? open : null, files });
    if (thread) toEnd();
    else show(ts);
  };
  $(form).onsubmit = (event) => { event.preventDefault(); send(); };
  area.onkeydown = (event) => { if (event.key === "Enter" && !event.shiftKey) { event.preventDefault(); send(); } };
}
function showHome() {
  const view = (state.homes || {})[$("person").value];
  if (!$("home").open || !view) return;
  $("home-blocks").replaceChildren(...view.blocks.map((b) => (b.type === "actions"
    ? el("div", "block buttons", ...b.elements.map((e) => {
      const made = el("button", e.style || "", e.text.text);
      made.onclick = () => { $("home").close(); post("/page-home", { person: $("person").value, action_id: e.action_id }); };
      return made;
    })) : block({}, b))));
}
$("show-home").onclick = () => { $("home").showModal(); showHome(); post("/page-command", { person: $("person").value, home: true }); };
$("person").onchange = () => { draw(); showView(); };
const shownPicture = $("viewer").querySelector("img");
shownPicture.onclick = () => shownPicture.classList.toggle("whole");
shownPicture.onkeydown = (event) => { if (["Enter", " ", "z"].includes(event.key)) { event.preventDefault(); shownPicture.classList.toggle("whole"); } };
$("close-thread").onclick = () => { open = null; chosen = true; $("thread-pane").hidden = true; };
document.addEventListener("keydown", (event) => { if (event.key === "Escape" && !document.querySelector("dialog[open]") && !event.defaultPrevented) $("close-thread").click(); });
new EventSource("/page-changes").onmessage = refresh;
refresh();
