"use strict";
// Block Kit, drawn near enough to Slack that one judges a message's looks here.
// All text goes in as text, never as HTML.

function el(tag, className, ...children) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

const unescape = (text) => text.replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&amp;/g, "&");

// Slack's mrkdwn, as far as the bot writes it:
// ```table```, `code`, *bold*, _italic_, <@person>, <!date^…|fallback>, <url|label>, :emoji:.
const MARKUP =
  /```\n?([^`]+)```|`([^`\n]+)`|\*([^*\n]+)\*|(?<!\w)_([^_\n]+)_(?!\w)|<@(\w+)>|<!date\^[^|>]*\|([^>]*)>|<([^|>!@#][^|>]*)(?:\|([^>]+))?>|:([a-z_]+):|\n/g;
const EMOJI = {
  warning: "⚠️",
  double_vertical_bar: "⏸",
  large_green_circle: "🟢",
  large_yellow_circle: "🟡",
  red_circle: "🔴",
  no_entry: "⛔",
  hourglass: "⌛",
  eyes: "👀",
  white_check_mark: "✅",
  repeat: "🔁",
  checkered_flag: "🏁",
  grey_question: "❔",
  bell: "🔔",
  x: "❌",
  rewind: "⏪",
  thinking_face: "❔",
};

function mrkdwn(text) {
  const out = document.createDocumentFragment();
  let at = 0;
  for (const m of text.matchAll(MARKUP)) {
    out.append(signed(unescape(text.slice(at, m.index))));
    at = m.index + m[0].length;
    if (m[1]) out.append(el("pre", "", unescape(m[1])));
    else if (m[2]) out.append(el("code", "", unescape(m[2])));
    else if (m[3]) out.append(el("strong", "", mrkdwn(m[3])));
    else if (m[4]) out.append(el("em", "", mrkdwn(m[4])));
    else if (m[5]) out.append(el("span", "mention", "@" + (state.people[m[5]] || m[5])));
    else if (m[6]) out.append(m[6]);
    else if (m[7]) out.append(link(unescape(m[7]), unescape(m[8] || m[7])));
    else if (m[9]) out.append(signed(EMOJI[m[9]] || m[0]));
    else out.append(el("br"));
  }
  out.append(signed(unescape(text.slice(at))));
  return out;
}

const said = (object) => (object.type === "plain_text" ? signed(object.text) : mrkdwn(object.text));

/** A link to a message goes to it, one to the web opens beside this page; one into Slack alone goes nowhere. */
function link(address, words) {
  const message = /\/archives\/\w+\/p(\d+)(\d{6})(?:\?thread_ts=([\d.]+))?/.exec(address);
  if (message) {
    const made = el("button", "goes", words);
    made.onclick = () => go(`${message[1]}.${message[2]}`, message[3]);
    return made;
  }
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
  image.onload = () => {
    const list = image.closest(".messages");
    if (list?.dataset.end) list.scrollTop = list.scrollHeight;
  };
  const look = () => {
    const shown = $("viewer").querySelector("img");
    shown.src = image.src;
    shown.alt = image.alt;
    shown.classList.remove("whole");
    $("viewer").showModal();
  };
  image.onclick = look;
  image.onkeydown = (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      look();
    }
  };
  return image;
}

/** Slack asks with a small dialogue of its own. */
function sure(question) {
  return new Promise((decide) => {
    const dialog = $("sure");
    dialog.querySelector("h3").textContent = question.title.text;
    dialog.querySelector("p").replaceChildren(said(question.text));
    const [yes, no] = dialog.querySelectorAll("button");
    yes.textContent = question.confirm?.text || "Yes";
    no.textContent = question.deny?.text || "Cancel";
    yes.onclick = () => {
      dialog.close();
      decide(true);
    };
    no.onclick = dialog.oncancel = () => {
      dialog.close();
      decide(false);
    };
    dialog.showModal();
  });
}

/** Something is pressed or chosen, of a message or of a view. */
async function pressed(owner, element, option) {
  const about = owner.ts ? { ts: owner.ts } : { view: owner.id };
  await post("/page-press", { person: $("person").value, action_id: element.action_id, option, ...about });
}

function menu(owner, element) {
  const made = el(
    "select",
    "menu",
    new Option(element.placeholder.text, ""),
    ...element.options.map((one) => new Option(one.text.text, one.value)),
  );
  made.setAttribute("aria-label", element.placeholder.text);
  made.onchange = () => {
    const option = made.value;
    made.value = "";
    if (option) pressed(owner, element, option);
  };
  return made;
}

function overflow(owner, element) {
  const list = el(
    "div",
    "choices",
    ...element.options.map((option) => {
      const made = el("button", "", signed(option.text.text));
      made.onclick = async () => {
        list.parentElement.open = false;
        if (!element.confirm || (await sure(element.confirm))) pressed(owner, element, option.value);
      };
      return made;
    }),
  );
  const mark = el("summary", "", "⋯");
  mark.setAttribute("aria-label", "More");
  return el("details", "overflow", mark, list);
}

function button(owner, element) {
  if (element.type === "static_select") return menu(owner, element);
  if (element.type === "overflow") return overflow(owner, element);
  if (element.type === "image") return el("img", "thumb");
  const made = el("button", element.style || "", signed(element.text.text));
  made.onclick = async () => {
    if (element.url) window.open(element.url, "_blank", "noopener");
    if (element.confirm && !(await sure(element.confirm))) return;
    made.disabled = true;
    await pressed(owner, element);
    setTimeout(() => {
      made.disabled = false;
    }, 2000);
  };
  return made;
}

const rich = (block) =>
  block.elements
    .flatMap((part) => part.elements || [])
    .map((one) => one.text || "")
    .join("");
const worded = (cell) => (cell.type === "rich_text" ? rich(cell) : cell.text);

function table(b) {
  const [head, ...rows] = b.rows,
    size = b.page_size || 5;
  const cells = (tag, row) =>
    row.map((cell) => el(tag, cell.type === "raw_number" ? "number" : "", signed(worded(cell))));
  const made = rows.map((row) => el("tr", "", ...cells("td", row)));
  made.slice(size).forEach((row) => {
    row.hidden = true;
  });
  const more = el("button", "replies", `Show all ${rows.length} rows`);
  more.onclick = () => {
    made.forEach((row) => {
      row.hidden = false;
    });
    more.remove();
  };
  const shown = el(
    "table",
    "",
    el("caption", "", b.caption),
    el("thead", "", el("tr", "", ...cells("th", head))),
    el("tbody", "", ...made),
  );
  return el("div", "block scrolls", shown, rows.length > size ? more : null);
}

const TASKS = { complete: "✓", in_progress: "", pending: "○", error: "!" };
const task = (one) =>
  el(
    "li",
    `task ${one.status}`,
    el("span", "mark", TASKS[one.status]),
    el("strong", "", one.title),
    one.details ? el("span", "details", rich(one.details)) : null,
  );

function block(owner, b) {
  switch (b.type) {
    case "header":
      return el("div", "block", el("h3", "", signed(b.text.text)));
    case "section":
      return el(
        "div",
        b.accessory ? "block beside" : "block",
        el(
          "div",
          "",
          b.text ? said(b.text) : null,
          b.fields ? el("div", "fields", ...b.fields.map((f) => el("div", "", said(f)))) : null,
        ),
        b.accessory ? el("div", "buttons", button(owner, b.accessory)) : null,
      );
    case "context":
      return el("div", "block context", ...b.elements.map((e) => el("span", "", said(e))));
    case "divider":
      return el("hr");
    case "image":
      return el(
        "div",
        "block",
        b.title ? el("div", "context", b.title.text) : null,
        picture(b.slack_file.id, b.alt_text),
      );
    case "actions":
      return el("div", "block buttons", ...b.elements.map((e) => button(owner, e)));
    case "plan":
      return el("div", "block plan", el("strong", "", signed(b.title)), el("ul", "", ...b.tasks.map(task)));
    case "data_table":
      return table(b);
    case "alert":
      return el("div", `block alert ${b.level || ""}`, said(b.text));
    case "rich_text":
      return el("div", "block", mrkdwn(owner.text || rich(b)));
    default:
      return el("div", "block context", `[${b.type}]`);
  }
}
