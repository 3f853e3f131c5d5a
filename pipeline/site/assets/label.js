// One picture after the other, axis by axis. A picture is sent off when the next one is done with, so that the last can be taken back.
const said = data.pictures.map(() => ({})), sent = new Set(), sending = new Map();
const here = { picture: 0, axis: 0, over: false };
const preload = new Image();

function show() {
  const picture = data.pictures[here.picture], axis = data.axes[here.axis];
  $("#picture").src = picture.image;
  $("#prompt").textContent = picture.prompt || "nothing is known";
  $("#asks").textContent = axis.asks;
  $("#progress").textContent = `${here.picture + 1} of ${data.pictures.length}`;
  $("#axes").replaceChildren(...data.axes.map((one, at) => {
    const value = said[here.picture][one.code];
    const kind = { pass: "pass", fail: "fail", unsure: "none" }[value];
    return el("button", { type: "button", "aria-pressed": String(at === here.axis), onclick: () => { here.axis = at; show(); } }, kind ? sign(kind, value) : "", ` ${one.title}`);
  }));
  const next = data.pictures[here.picture + 1];
  if (next) preload.src = next.image;
}

async function post(body) {
  const answer = await fetch("label", { method: "POST", keepalive: true, headers: { "Content-Type": "application/json", "X-Labs-Token": data.token }, body: JSON.stringify({ sitting: data.sitting, ...body }) });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

const whole = (number) => data.axes.every((one) => one.code in said[number]);

/** Send one picture's answers, once: it counts as kept when the other side says so. Rejects when it does not. */
function send(number) {
  if (!sending.has(number)) {
    const kept = post({ number, values: said[number] });
    sending.set(number, kept);
    kept.then(() => sent.add(number), () => sending.delete(number));
  }
  return sending.get(number);
}

/** Send what is complete and lies behind the last picture, which can be taken back still; `all`: that one too. */
function save(all) {
  const upTo = all ? data.pictures.length : here.picture - 1;
  for (let number = 0; number < upTo; number += 1) {
    if (whole(number)) send(number).catch(() => toast("Not kept yet: it is tried again with the next one."));
  }
}

function answer(value) {
  if (here.over) return;
  if (sending.has(here.picture)) Object.assign(here, { picture: Math.min(here.picture + 1, data.pictures.length - 1), axis: 0 });
  said[here.picture][data.axes[here.axis].code] = value;
  const open = data.axes.findIndex((one) => !(one.code in said[here.picture]));
  if (open >= 0) here.axis = open;
  else if (here.picture + 1 < data.pictures.length) Object.assign(here, { picture: here.picture + 1, axis: 0 });
  else { finish(); return; }
  save(false);
  show();
}

function undo() {
  if (here.over) return;
  const closed = (number) => sending.has(number);
  const given = (number) => data.axes.filter((one) => one.code in said[number]).map((one) => one.code);
  let codes = given(here.picture);
  if (closed(here.picture)) { toast("These answers are kept already."); return; }
  if (!codes.length) {
    if (!here.picture || closed(here.picture - 1)) { toast("There is nothing to take back."); return; }
    here.picture -= 1;
    codes = given(here.picture);
  }
  const last = codes[codes.length - 1];
  delete said[here.picture][last];
  here.axis = data.axes.findIndex((one) => one.code === last);
  show();
}

async function finish() {
  here.over = true;
  $("#progress").textContent = "Keeping …";
  try {
    for (let number = 0; number < said.length; number += 1) if (whole(number)) await send(number);
    reveal(await post({ over: true }));
  } catch {
    here.over = false;
    toast("Not all of it could be kept. Press the last answer again.");
  }
}

function reveal(told) {
  $("#progress").textContent = "Done";
  $("#main").hidden = true;
  const box = $("#reveal");
  box.hidden = false;
  const rows = [...told.rows].sort((a, b) => differs(b) - differs(a));
  $("tbody", box).replaceChildren(...rows.map((row) => el("tr", {}, el("th", { scope: "row" }, el("bdi", {}, row.cell)), el("td", {}, row.axis), el("td", {}, row.you),
    el("td", { class: differs(row) ? "flag" : "" }, row.judge ? `${row.judge.passed ? "pass" : "fail"} ${row.judge.score.toFixed(2)}` : "not judged"), el("td", { dir: "auto" }, row.judge?.reason || ""))));
  $("#people").replaceChildren(...told.people.map((words) => el("li", { dir: "auto" }, words)));
  box.focus();
}

const differs = (row) => (row.judge && row.you !== "unsure" && (row.you === "pass") !== row.judge.passed ? 1 : 0);

for (const button of $$("[data-say]")) button.addEventListener("click", () => answer(button.dataset.say));
for (const image of $$(".blind img")) image.addEventListener("click", () => { $("#large img").src = image.src; $("#large").showModal(); });
$("#undo").addEventListener("click", undo);
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && !here.over) save(true); });
document.addEventListener("keydown", (event) => {
  if (typing(event) || $("#help").open || $("#large").open) return;
  const key = event.key.toLowerCase(), value = { j: "pass", k: "fail", u: "unsure" }[key];
  if (value) answer(value);
  else if (key === "z") undo();
  else if (/^[1-4]$/.test(key)) { here.axis = Number(key) - 1; show(); }
  else if (key === "?") $("#help").showModal();
});
show();
