// The matrix: what is shown of it, where one is in it, and that the address says both.
const cells = new Map(data.cells.map((cell) => [cell.label, cell]));
const buttons = new Map($$(".cell").map((button) => [button.dataset.label, button]));
const state = { axis: "bars", only: new Set(), maker: "", heat: false, face: false, pin: false, size: 128, sized: false, cell: "" };

/** As large as lets the whole matrix be seen, within reason. */
function fitting() {
  const room = ($("main").clientWidth || innerWidth) - (innerWidth < 720 ? 90 : 260);
  const across = room / Math.max(1, data.columns.length) - 8;
  const down = ((innerHeight - 260) / Math.max(1, data.rows.length) - 30) * 0.75;
  return Math.round(Math.min(240, Math.max(innerWidth < 720 ? 96 : 112, Math.min(across, down))));
}

function readAddress() {
  const said = new URLSearchParams(location.hash.slice(1));
  state.axis = ["bars", "q1", "q2", "q3", "q4"].includes(said.get("axis")) ? said.get("axis") : "bars";
  state.only = new Set((said.get("only") || "").split(",").filter((one) => one in data.counts));
  state.maker = said.get("maker") || "";
  for (const name of ["heat", "face", "pin"]) state[name] = said.get(name) === "1";
  state.size = Math.min(320, Math.max(64, Number(said.get("size")) || fitting()));
  state.sized = said.has("size");
  state.cell = cells.has(said.get("cell")) ? said.get("cell") : "";
}

function writeAddress() {
  const said = new URLSearchParams();
  if (state.axis !== "bars") said.set("axis", state.axis);
  if (state.only.size) said.set("only", [...state.only].join(","));
  if (state.maker) said.set("maker", state.maker);
  for (const name of ["heat", "face", "pin"]) if (state[name]) said.set(name, "1");
  if (state.sized) said.set("size", state.size);
  if (state.cell) said.set("cell", state.cell);
  history.replaceState(null, "", said.size ? `#${said}` : location.pathname + location.search);
}

/** Whether the chosen filters show a cell: any of the kinds that are pressed, and the vendor. */
function shows(cell) {
  if (state.maker && cell.maker !== state.maker) return false;
  if (!state.only.size) return true;
  return [...state.only].some((kind) =>
    kind === "unscored" ? !cell.marks.length
      : kind === "near" ? cell.near
        : kind === "disagree" ? cell.disagree.length > 0
          : cell.marks.some((mark) => mark.code === kind && !mark.passed));
}

const markOf = (cell, axis) => axis === "bars"
  ? cell.marks.filter((mark) => ["q1", "q4"].includes(mark.code)).sort((a, b) => a.score - b.score)[0]
  : cell.marks.find((mark) => mark.code === axis);

function heat(cell, button) {
  const mark = markOf(cell, state.axis), box = $(".heat", button);
  const share = mark ? Math.round(18 + 32 * (mark.passed ? mark.score : 1 - mark.score)) : 0;
  box.style.background = mark ? `color-mix(in srgb, var(--${mark.passed ? "pass" : "fail"}) ${share}%, var(--ground))` : "";
  box.replaceChildren(mark ? `${mark.passed ? "✓" : "✕"} ${mark.score.toFixed(2)}` : "?");
}

/** The picture cut to its face: twice the face's height, in a square. */
function cut(cell, button) {
  const image = $("img", button), face = cell.shot?.face;
  if (!image) return;
  image.classList.toggle("cut", state.face && !!face);
  image.removeAttribute("style");
  if (!state.face || !face) return;
  const { width, height } = cell.shot, side = Math.min(Math.max((face[3] - face[1]) * height, (face[2] - face[0]) * width) * 1.9, width, height);
  const left = Math.min(Math.max(((face[0] + face[2]) / 2) * width - side / 2, 0), width - side);
  const top = Math.min(Math.max(((face[1] + face[3]) / 2) * height - side / 2, 0), height - side);
  Object.assign(image.style, { width: `${(width / side) * 100}%`, height: "auto", left: `${(-left / side) * 100}%`, top: `${(-top / side) * 100}%` });
}

function draw() {
  document.documentElement.style.setProperty("--size", `${state.size}px`);
  for (const button of $$("[data-axis]")) button.setAttribute("aria-pressed", button.dataset.axis === state.axis);
  for (const button of $$("[data-only]")) button.setAttribute("aria-pressed", state.only.has(button.dataset.only));
  for (const button of $$("[data-toggle]")) button.setAttribute("aria-pressed", state[button.dataset.toggle]);
  if ($("#maker")) $("#maker").value = state.maker;
  $("#size").value = state.size;
  const table = $(".matrix");
  if (!table) return;
  table.classList.toggle("heated", state.heat);
  table.classList.toggle("faces", state.face);
  if ($(".pinned")) $(".pinned").hidden = !state.pin;
  drawCells(table);
  drawMargins();
  writeAddress();
}

function drawCells(table) {
  const sizes = `${state.face ? state.size * 2 : state.size}px`;
  let shown = 0;
  const first = [...buttons.keys()].find((label) => shows(cells.get(label)));
  const here = state.cell && shows(cells.get(state.cell)) ? state.cell : first;
  for (const [label, button] of buttons) {
    const cell = cells.get(label), seen = shows(cell);
    shown += seen;
    button.classList.toggle("out", !seen);
    button.setAttribute("aria-current", label === state.cell);
    button.tabIndex = label === here ? 0 : -1;
    if (state.heat) heat(cell, button);
    cut(cell, button);
    $("img", button)?.setAttribute("sizes", sizes);
    for (const mark of $$(".sign[class*=q]", button)) mark.style.opacity = state.axis === "bars" || mark.classList.contains(state.axis) ? "" : ".25";
  }
  const filtered = state.only.size > 0 || state.maker;
  for (const row of $$("tbody tr", table)) row.hidden = filtered && !$(".cell:not(.out)", row);
  const used = new Set($$(".cell:not(.out)", table).map((button) => button.parentElement.dataset.column));
  for (const one of $$("[data-column]", table)) one.hidden = filtered && !used.has(one.dataset.column);
  const any = state.only.size > 1 ? " that are any of these" : "";
  $("#shown").textContent = filtered ? `${shown} of ${cells.size} cells${any}; the counts are of all` : `${cells.size} cells`;
}

function drawMargins() {
  const said = ([passed, scored]) => (scored ? `${passed}/${scored}` : "–");
  for (const box of $$(".sum[data-row]")) {
    const row = data.rows[box.dataset.row];
    $("b", box).textContent = said(row.counts[state.axis]);
    $("small", box).textContent = row.intervals[state.axis];
  }
  for (const box of $$("tfoot .sum[data-column]")) $("b", box).textContent = said(data.columns[box.dataset.column].counts[state.axis]);
}

function choose(label, { open = true, focus = true } = {}) {
  state.cell = label;
  draw();
  const button = buttons.get(label);
  button?.scrollIntoView({ block: "nearest", inline: "nearest" });
  if (focus) button?.focus({ preventScroll: true });
  if (open) showCell(cells.get(label));
}

/** To the next cell that is shown, by rows and columns of the table. */
function move(right, down) {
  const shown = [...buttons.values()].filter((button) => !button.classList.contains("out"));
  if (!shown.length) return;
  const now = buttons.get(state.cell);
  if (!now || now.classList.contains("out")) return choose(shown[0].dataset.label);
  const place = (button) => [button.closest("tr").rowIndex, Number(button.parentElement.dataset.column)];
  const [row, column] = place(now);
  const ahead = shown.map((button) => [button, ...place(button)]).filter(([, r, c]) =>
    right ? r === row && (c - column) * right > 0 : c === column && (r - row) * down > 0);
  ahead.sort((a, b) => Math.abs(a[1] - row) + Math.abs(a[2] - column) - Math.abs(b[1] - row) - Math.abs(b[2] - column));
  if (ahead.length) choose(ahead[0][0].dataset.label);
}

/** The next cell in reading order that fails: on the axis that is looked at, or on a bar. */
function nextFailure() {
  const order = [...buttons.keys()], from = order.indexOf(state.cell);
  const fails = (label) => cells.get(label).marks.some((mark) => !mark.passed && (state.axis === "bars" ? ["q1", "q4"].includes(mark.code) : mark.code === state.axis));
  const seen = (label) => !buttons.get(label).classList.contains("out");
  const next = [...order.slice(from + 1), ...order.slice(0, from + 1)].find((label) => seen(label) && fails(label));
  if (next) choose(next);
  else toast("No cell fails here.");
}

for (const button of $$("[data-axis]")) button.addEventListener("click", () => { state.axis = button.dataset.axis; draw(); });
for (const button of $$("[data-only]")) button.addEventListener("click", () => {
  if (!state.only.delete(button.dataset.only)) state.only.add(button.dataset.only);
  draw();
});
for (const button of $$("[data-toggle]")) button.addEventListener("click", () => { state[button.dataset.toggle] = !state[button.dataset.toggle]; draw(); });
$("#maker")?.addEventListener("change", (event) => { state.maker = event.target.value; draw(); });
$("#size").addEventListener("input", (event) => { state.size = Number(event.target.value); state.sized = true; draw(); });
for (const [label, button] of buttons) button.addEventListener("click", () => choose(label, { focus: false }));
addEventListener("hashchange", () => { readAddress(); draw(); if (state.cell) showCell(cells.get(state.cell)); });
