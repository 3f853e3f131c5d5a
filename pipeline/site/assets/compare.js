// Two runs: the pair over the whole window, A and B in the same place, at the same zoom.
const pairs = data.pairs, box = $("#lightbox");
const view = { pair: 0, side: 0, wipe: false, edge: 0.5, zoom: 0, fit: 1, x: 0, y: 0, held: null };

function flips() {
  const only = $("#flips").getAttribute("aria-pressed") === "true";
  for (const one of $$("[data-pair]")) one.hidden = only && !one.dataset.flips;
  $("#shown").textContent = `${$$("[data-pair]:not([hidden])").length} of ${pairs.length} pairs`;
}

function open(number) {
  Object.assign(view, { pair: number, side: 0, zoom: 0 });
  const image = (name) => el("img", { class: name, alt: "", draggable: "false" });
  const stage = el("div", { class: "stage" }, image("under"), el("div", { class: "cut-off" }, image("over")));
  const button = (words, act) => el("button", { type: "button", onclick: act }, words);
  box.replaceChildren(stage, el("div", { class: "caption" }),
    el("div", { class: "keys-here" }, button("A / B (Space)", flip), button("Wipe (W)", wipe), button("100 % (Z)", whole), button("Close", () => box.close())));
  if (!box.open) box.showModal();
  stage.addEventListener("wheel", (event) => { event.preventDefault(); zoomBy(Math.exp(-event.deltaY / 400), event.clientX, event.clientY); }, { passive: false });
  stage.addEventListener("pointerdown", (event) => { stage.setPointerCapture(event.pointerId); view.held = [event.clientX, event.clientY]; drag(event); });
  stage.addEventListener("pointermove", drag);
  stage.addEventListener("pointerup", () => { view.held = null; });
  show();
}

const shots = () => pairs[view.pair].sides.map((side) => side?.shot || null);

function show() {
  const both = shots(), first = both[0] || both[1];
  if (first && !view.zoom) {
    view.zoom = view.fit = Math.min(innerWidth / first.width, innerHeight / first.height);
    view.x = (innerWidth - first.width * view.zoom) / 2;
    view.y = (innerHeight - first.height * view.zoom) / 2;
  }
  place($(".under", box), both[view.wipe ? 1 : view.side], first);
  place($(".over", box), view.wipe ? both[0] : null, first);
  Object.assign($(".cut-off", box).style, { position: "absolute", inset: "0", overflow: "hidden", pointerEvents: "none", clipPath: `inset(0 ${(1 - view.edge) * 100}% 0 0)` });
  const side = pairs[view.pair].sides[view.side];
  const said = view.wipe ? "A left, B right of the edge" : `${"AB"[view.side]}: ${side ? side.label : "no such cell"}`;
  const marks = (side && !view.wipe ? side.standing : []).map(([code, title, passed, score]) => el("span", {}, sign(passed ? "pass" : "fail", title), ` ${code.toUpperCase()} ${score.toFixed(2)}`));
  $(".caption", box).replaceChildren(el("bdi", {}, said), ...marks, el("span", {}, `${view.pair + 1} of ${pairs.length}`));
}

function place(image, shot, first) {
  image.hidden = !shot;
  if (!shot) return;
  const wanted = address(view.zoom > view.fit * 1.2 ? shot.href : shot.large);
  if (image.getAttribute("src") !== wanted) image.src = wanted;
  // The other picture may have other pixels: it takes the first one's place.
  const scale = (view.zoom * first.width) / shot.width;
  Object.assign(image.style, { position: "absolute", width: `${shot.width}px`, height: `${shot.height}px`, transform: `translate(${view.x}px, ${view.y}px) scale(${scale})` });
}

function zoomBy(factor, x, y) { zoomAt(view, factor, x, y); show(); }

function drag(event) {
  if (!view.held) return;
  if (view.wipe) view.edge = event.clientX / innerWidth;
  else {
    view.x += event.clientX - view.held[0];
    view.y += event.clientY - view.held[1];
    view.held = [event.clientX, event.clientY];
  }
  show();
}

function flip() { view.wipe = false; view.side = 1 - view.side; show(); }
function wipe() { view.wipe = !view.wipe; show(); }
function whole() { if (Math.abs(view.zoom - 1) < 0.001) { view.zoom = 0; show(); } else zoomBy(1 / view.zoom); }
function step(by) {
  const shown = $$("[data-pair]:not([hidden])").map((one) => Number(one.dataset.pair));
  const next = shown[shown.indexOf(view.pair) + by];
  if (next !== undefined) { view.pair = next; view.side = 0; show(); }
}

$("#flips").addEventListener("click", () => { const button = $("#flips"); button.setAttribute("aria-pressed", button.getAttribute("aria-pressed") !== "true"); flips(); });
for (const button of $$("[data-open]")) button.addEventListener("click", () => open(Number(button.dataset.open)));
document.addEventListener("keydown", (event) => {
  if (typing(event) || $("#help").open) return;
  const key = event.key.toLowerCase();
  if (key === "?") $("#help").showModal();
  else if (key === "f") $("#flips").click();
  else if (!box.open) return;
  else if (key === " ") { event.preventDefault(); flip(); }
  else if (key === "w") wipe();
  else if (key === "z") whole();
  else if (key === "arrowright") step(1);
  else if (key === "arrowleft") step(-1);
});
flips();
