"use strict";
// Renders the workspace's state; the server says when it changed.
const $ = (id) => document.getElementById(id);
const BOT = "U0LABSBOT";
const COLOURS = ["#1d7a8c", "#b0452f", "#4a5fa5", "#7a6a1d", "#2f7d4a"];
let state = { messages: [], people: {} };
let open = null; // the thread that is shown
let chosen = false;
let place = "channel"; // or "direct", or "home"
const looked = { channel: 0, direct: 0 }; // how far each was looked at

const direct = () => `D${$("person").value.slice(1)}`;

function message(m, inThread) {
  const name = state.people[m.user] || m.user;
  const face = el("div", "face", name[0].toUpperCase());
  face.style.background = m.bot_id
    ? "#611f69"
    : COLOURS[[...m.user].reduce((sum, c) => sum + c.charCodeAt(0), 0) % COLOURS.length];
  const body = el(
    "div",
    "",
    el("span", "name", name),
    m.bot_id ? el("span", "app", "APP") : null,
    el("span", "time", new Date(m.ts * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })),
    m.updates || m.edited ? el("span", "time", "(edited)") : null,
  );
  if (m.alone) body.prepend(el("span", "alone", "Only visible to you"));
  if (m.subtype === "thread_broadcast" && !inThread) {
    const about = el(
      "button",
      "goes",
      said({ text: (state.messages.find((one) => one.ts === m.thread_ts) || { text: "a thread" }).text.slice(0, 80) }),
    );
    about.onclick = () => show(m.thread_ts);
    body.append(el("div", "block context", "replied to a thread: ", about));
  }
  const blocks = m.blocks && m.blocks.length ? m.blocks : [{ type: "section", text: { text: m.text } }];
  body.append(...blocks.map((b) => block(m, b)));
  for (const one of m.attachments || []) body.append(el("div", "unfurled", ...one.blocks.map((b) => block(m, b))));
  if (m.files) body.append(el("div", "files", ...m.files.map((f) => picture(f.id, f.name))));
  if (m.subtype === "thread_broadcast" && inThread) body.append(el("div", "context", "Also sent to the channel"));
  const signs = Object.entries(m.signs || {}).filter(([, who]) => who.length);
  if (signs.length)
    body.append(el("div", "signs", ...signs.map(([name]) => el("span", "", signed(EMOJI[name] || `:${name}:`), " 1"))));
  const replies = state.messages.filter((other) => other.thread_ts === m.ts).length;
  if (!inThread && !m.alone && m.subtype !== "thread_broadcast") {
    const into = el(
      "button",
      "replies",
      replies ? `${replies} ${replies === 1 ? "reply" : "replies"}` : "Reply in thread",
    );
    into.onclick = () => show(m.ts);
    body.append(into);
  }
  const item = el("li", m.alone ? "message whisper" : "message", face, body);
  item.dataset.ts = m.ts;
  return item;
}

function fill(list, messages, inThread) {
  const atEnd = !list.children.length || list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  list.dataset.end = atEnd ? "1" : "";
  const kept = new Map([...list.children].map((item) => [item.dataset.ts, item]));
  list.replaceChildren(
    ...messages.map((m) => {
      const shape =
        JSON.stringify(m) + (inThread ? "" : state.messages.filter((other) => other.thread_ts === m.ts).length);
      const old = kept.get(m.ts);
      if (old && old.shape === shape) return old;
      const made = message(m, inThread);
      made.shape = shape;
      return made;
    }),
  );
  if (atEnd) list.scrollTop = list.scrollHeight;
}

/** What this person sees in a place: all of the channel or of their own conversation, and whispers to them. */
function seen(where) {
  const person = $("person").value,
    inside = (m) => (where === "direct" ? m.channel === direct() : !m.channel);
  const whispers = (state.whispers || [])
    .filter((m) => m.person === person && inside(m))
    .map((m) => ({ user: BOT, bot_id: "B0", ...m, alone: true }));
  return [...state.messages.filter(inside), ...whispers].sort((a, b) => a.ts - b.ts);
}

function draw() {
  for (const name of ["channel", "direct", "home"]) {
    const tab = document.querySelector(`[data-place=${name}]`);
    tab.setAttribute("aria-current", place === name ? "page" : "false");
  }
  $("channel-pane").hidden = place === "home";
  $("home").hidden = place !== "home";
  const all = place === "home" ? [] : seen(place),
    newest = (where) =>
      Math.max(
        0,
        ...seen(where)
          .filter((m) => m.user === BOT)
          .map((m) => +m.ts),
      );
  if (place !== "home") looked[place] = newest(place);
  $("unread").hidden = newest("direct") <= looked.direct;
  fill(
    $("channel"),
    all.filter((m) => !m.thread_ts || m.thread_ts === m.ts || m.subtype === "thread_broadcast"),
    false,
  );
  $("thread-pane").hidden = !open || place === "home";
  if (open)
    fill(
      $("thread"),
      all.filter((m) => m.ts === open || m.thread_ts === open),
      true,
    );
  const status = (state.statuses || {})[`${place === "direct" ? direct() : "C0LABS"} ${open}`];
  $("status").textContent = status ? `labs-bot ${status}` : "";
  const prompts = place === "direct" ? (state.prompts || {})[direct()] || [] : [];
  $("prompts").replaceChildren(
    ...prompts.map((one) => {
      const made = el("button", "", one.title);
      made.onclick = () => {
        const area = $("write-channel").querySelector("textarea");
        area.value = one.message;
        area.focus();
      };
      return made;
    }),
  );
  const words = place === "direct" ? "Message labs-bot" : "Message #labs, e.g. judge runs/20260612-cb-lora-v2";
  $("write-channel").querySelector("textarea").placeholder = words;
}

function toEnd() {
  const list = $("thread");
  list.dataset.end = "1";
  list.scrollTop = list.scrollHeight;
}

function show(ts) {
  open = ts;
  chosen = true;
  draw();
  toEnd();
}

/** To a message that a link names. */
function go(ts, thread) {
  const found = state.messages.find((m) => m.ts === ts);
  if (!found) return;
  place = found.channel ? "direct" : "channel";
  show(thread || found.thread_ts || ts);
  $("thread").querySelector(`[data-ts="${ts}"]`)?.scrollIntoView({ block: "center" });
}

function enter(where) {
  place = where;
  if (where !== "channel") {
    open = null;
    chosen = true;
  }
  // Slack tells the app of it.
  if (where !== "channel")
    post("/page-command", { person: $("person").value, home: where === "home" ? "home" : "messages" });
  draw();
  showHome();
}

async function post(url, body) {
  const token = document.querySelector("meta[name=labs-token]").content;
  const headers = { "content-type": "application/json", "x-labs-token": token };
  return (await fetch(url, { method: "POST", headers, body: JSON.stringify(body) })).json();
}

async function refresh() {
  state = await (await fetch("/page-state")).json();
  const people = Object.entries(state.people).filter(([id]) => id !== BOT);
  if ($("person").options.length !== people.length)
    $("person").replaceChildren(...people.map(([id, name]) => new Option(name, id)));
  // Until somebody chooses a thread, show the longest one, the newer of equals.
  if (!chosen) {
    const lengths = new Map();
    for (const m of state.messages)
      if (m.thread_ts && !m.channel) lengths.set(m.thread_ts, (lengths.get(m.thread_ts) || 0) + 1);
    open = [...lengths].reduce((best, one) => (!best || one[1] >= best[1] ? one : best), null)?.[0] ?? open;
  }
  draw();
  showView();
  showHome();
}

const base64 = (file) =>
  new Promise((done) => {
    const reader = new FileReader();
    reader.onload = () => done(reader.result.split(",")[1] || "");
    reader.readAsDataURL(file);
  });

for (const [form, thread] of [
  ["write-channel", false],
  ["write-thread", true],
]) {
  const area = $(form).querySelector("textarea");
  const attached = $(form).querySelector("input[type=file]");
  const send = async () => {
    const text = area.value.trim();
    if (!text && !attached.files.length) return;
    const files = await Promise.all(
      [...attached.files].map(async (file) => ({ name: file.name, data: await base64(file) })),
    );
    area.value = attached.value = "";
    if (/^\/labs\b/.test(text)) {
      await post("/page-command", { person: $("person").value, text: text.slice(5).trim() });
      return;
    }
    const escaped = text
      .replace(/&/g, "&amp;")
      .replace(/</g, "&lt;")
      .replace(/>/g, "&gt;")
      .replace(/@labs-bot\b/g, `<@${BOT}>`);
    const where = place === "direct" ? { channel: direct() } : {};
    const { ts } = await post("/page-write", {
      person: $("person").value,
      text: escaped,
      thread_ts: thread ? open : null,
      files,
      ...where,
    });
    if (thread) toEnd();
    else show(ts);
  };
  $(form).onsubmit = (event) => {
    event.preventDefault();
    send();
  };
  area.onkeydown = (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  };
}
for (const tab of document.querySelectorAll("[data-place]")) tab.onclick = () => enter(tab.dataset.place);
$("person").onchange = () => {
  open = place === "direct" ? null : open;
  if (place === "home") enter("home");
  draw();
  showView();
};
const shownPicture = $("viewer").querySelector("img");
shownPicture.onclick = () => shownPicture.classList.toggle("whole");
shownPicture.onkeydown = (event) => {
  if (["Enter", " ", "z"].includes(event.key)) {
    event.preventDefault();
    shownPicture.classList.toggle("whole");
  }
};
$("close-thread").onclick = () => {
  open = null;
  chosen = true;
  draw();
};
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !document.querySelector("dialog[open]") && !event.defaultPrevented)
    $("close-thread").click();
});
document.addEventListener("click", (event) => {
  for (const one of document.querySelectorAll("details.overflow[open]"))
    if (!one.contains(event.target)) one.open = false;
});
new EventSource("/page-changes").onmessage = refresh;
refresh();
