// One picture over the whole window: zoom, move, and the reference in its place while a key is held.
const light = { label: "", zoom: 1, x: 0, y: 0, fit: 1, reference: false, points: new Map(), whole: new Set(), pushed: false };
const box = $("#lightbox");

function openLight(label) {
  const cell = cells.get(label);
  if (!cell?.shot) return;
  light.label = label;
  light.reference = false;
  const stage = el("div", { class: "stage" }, el("img", { class: "shown", src: address(cell.shot.large), alt: cell.prompt || label, draggable: "false" }));
  const hold = data.reference ? el("button", { type: "button", id: "hold", "aria-pressed": "false", onpointerdown: () => reference(true), onpointerup: () => reference(false), onpointerleave: () => reference(false) }, "Reference (hold R)") : null;
  const keys = el("div", { class: "keys-here" }, hold, el("button", { type: "button", onclick: whole }, "100 % (Z)"), el("button", { type: "button", onclick: () => box.close() }, "Close"));
  const caption = el("div", { class: "caption" }, el("bdi", {}, label),
    ...cell.marks.flatMap((one) => [el("span", {}, sign(one.passed ? "pass" : "fail"), ` ${one.title} ${one.score.toFixed(2)}`)]), cell.cause);
  box.replaceChildren(stage, caption, keys);
  if (!box.open) {
    box.showModal();
    history.pushState(null, "");  // the way back closes the picture, not the page
    light.pushed = true;
  }
  listen(stage);
  fitIn();
}

const shot = () => (light.reference ? data.reference : cells.get(light.label).shot);

function fitIn() {
  const { width, height } = shot();
  light.fit = Math.min(innerWidth / width, innerHeight / height);
  light.zoom = light.fit;
  light.x = (innerWidth - width * light.zoom) / 2;
  light.y = (innerHeight - height * light.zoom) / 2;
  place();
}

function place() {
  const image = $(".shown", box), { width, height, href } = shot();
  image.style.width = `${width}px`;
  image.style.height = `${height}px`;
  image.style.transform = `translate(${light.x}px, ${light.y}px) scale(${light.zoom})`;
  // The original only when somebody looks closer than the copy carries.
  if (light.zoom > light.fit * 1.2 && !light.whole.has(href)) light.whole.add(href);
  const wanted = address(light.whole.has(href) ? href : shot().large);
  if (image.getAttribute("src") !== wanted) image.src = wanted;
}

function zoomBy(factor, x, y) { zoomAt(light, factor, x, y); place(); }

function whole() {
  if (Math.abs(light.zoom - 1) < 0.001) return fitIn();
  zoomBy(1 / light.zoom);
}

/** The reference where the cell was: the same part of it, as large. */
function reference(on) {
  if (!data.reference || light.reference === on || !box.open) return;
  const before = shot();
  light.reference = on;
  const now = shot(), scale = before.width / now.width;
  light.zoom *= scale;
  light.fit *= scale;
  $("#hold").setAttribute("aria-pressed", on);
  place();
}

function listen(stage) {
  let swiped = null;
  stage.addEventListener("wheel", (event) => { event.preventDefault(); zoomBy(Math.exp(-event.deltaY / 400), event.clientX, event.clientY); }, { passive: false });
  stage.addEventListener("dblclick", whole);
  stage.addEventListener("pointerdown", (event) => {
    stage.setPointerCapture(event.pointerId);
    light.points.set(event.pointerId, [event.clientX, event.clientY]);
    swiped = light.points.size === 1 ? [event.clientX, event.clientY, event.pointerType] : null;
  });
  stage.addEventListener("pointermove", (event) => drag(event));
  const up = (event) => {
    light.points.delete(event.pointerId);
    if (swiped?.[2] === "touch" && light.zoom <= light.fit * 1.05) {
      const [x, y] = [event.clientX - swiped[0], event.clientY - swiped[1]];
      if (Math.abs(x) > 60 && Math.abs(x) > Math.abs(y) * 1.5) turn(x < 0 ? 1 : -1);
      else if (y > 120) box.close();
      else fitIn();
    } else if (!light.points.size && light.zoom < light.fit) fitIn();
    swiped = null;
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);
}

function drag(event) {
  const before = light.points.get(event.pointerId);
  if (!before) return;
  const others = [...light.points].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
  const now = [event.clientX, event.clientY];
  light.points.set(event.pointerId, now);
  if (others.length) {
    const far = (a, b) => Math.hypot(a[0] - b[0], a[1] - b[1]) || 1;
    zoomBy(far(now, others[0]) / far(before, others[0]), (now[0] + others[0][0]) / 2, (now[1] + others[0][1]) / 2);
  } else {
    light.x += now[0] - before[0];
    light.y += now[1] - before[1];
    place();
  }
}

/** The next picture in reading order, from row to row; at the end it stays where it is. */
function turn(by) {
  const shown = [...buttons].filter(([label, button]) => !button.classList.contains("out") && cells.get(label).shot).map(([label]) => label);
  const next = shown[shown.indexOf(light.label) + by];
  if (!next) return fitIn();
  choose(next, { open: false, focus: false });
  openLight(next);
}

function step(right, down) {
  move(right, down);
  if (state.cell && state.cell !== light.label) openLight(state.cell);
}

addEventListener("resize", () => { if (box.open) fitIn(); });
box.addEventListener("close", () => {
  light.points.clear();
  if (light.pushed) history.back();
  buttons.get(state.cell)?.focus({ preventScroll: true });
});
addEventListener("popstate", () => {
  if (!light.pushed) return;
  light.pushed = false;
  if (box.open) box.close();
  writeAddress();  // where one was before is another cell than the one that was looked at last
});

const axes = { 0: "bars", 1: "q1", 2: "q2", 3: "q3", 4: "q4" };
document.addEventListener("keydown", (event) => {
  if (typing(event) || $("#help").open) return;
  const steps = { ArrowLeft: [-1, 0], h: [-1, 0], ArrowRight: [1, 0], l: [1, 0], ArrowUp: [0, -1], k: [0, -1], ArrowDown: [0, 1], j: [0, 1] };
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key, to = steps[key];
  if (to && event.target.type !== "range" && !(event.target.closest?.(".tools,.drawer") && key.startsWith("Arrow"))) {
    event.preventDefault();
    return box.open ? step(...to) : move(...to);
  }
  if (key === "Enter" && event.target.closest?.("#lightbox button")) return;
  if (key === "Enter" && (box.open || event.target.closest?.(".cell"))) {
    event.preventDefault();
    return box.open ? box.close() : (choose(event.target.closest(".cell").dataset.label), openLight(state.cell));
  }
  if (key in axes) { state.axis = axes[key]; draw(); }
  else if (key === "r" && !event.repeat) reference(true);
  else if (key === "z" && box.open) whole();
  else if ((key === "+" || key === "=") && box.open) zoomBy(1.25);
  else if (key === "-" && box.open) zoomBy(0.8);
  else if (key === "f") { nextFailure(); if (box.open && state.cell) openLight(state.cell); }
  else if (key === "c") { const first = (cells.get(state.cell)?.go_on || data.steps).find((one) => one.sentence); if (first) copy(`in the labs channel: ${first.sentence}`); }
  else if (key === "?") $("#help").showModal();
  else if (key === "Escape" && !box.open) closeDrawer();
});
document.addEventListener("keyup", (event) => { if (event.key.toLowerCase() === "r") reference(false); });

readAddress();
draw();
if (state.cell) showCell(cells.get(state.cell));
