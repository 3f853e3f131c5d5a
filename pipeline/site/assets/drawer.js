// One cell beside the matrix: the picture, the judge's reasons, and everything else that is known of it.
function gauge(mark) {
  const space = "http://www.w3.org/2000/svg", svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "gauge");
  svg.setAttribute("viewBox", "0 0 200 12");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("aria-hidden", "true");
  const rect = (x, y, width, height, colour) => {
    const one = document.createElementNS(space, "rect");
    for (const [key, value] of Object.entries({ x, y, width, height })) one.setAttribute(key, value);
    one.style.fill = `var(--${colour})`;
    svg.append(one);
  };
  rect(0, 4, 200, 4, "line");
  rect(0, 2, 200 * mark.score, 8, mark.passed ? "pass" : "fail");
  for (const vote of mark.votes) rect(200 * vote - 1, 0, 2, 12, "muted");
  rect(200 * data.bar - 1, 0, 2, 12, "text");
  return svg;
}

function mark(one) {
  const edge = one.near ? el("span", { class: "edge" }, " near the bar") : null;
  const votes = one.votes.length ? el("small", {}, ` votes ${one.votes.map((vote) => vote.toFixed(2)).join(", ")}`) : null;
  return el("div", { class: "mark" }, sign(one.passed ? "pass" : "fail"),
    el("div", {}, el("b", {}, one.title), ` ${one.score.toFixed(2)} ${one.passed ? "≥" : "<"} ${data.bar.toFixed(2)}`, edge, votes),
    gauge(one), el("p", { dir: "auto" }, one.reason));
}

function fold(title, ...children) {
  return el("details", {}, el("summary", {}, title), ...children);
}

function facts(pairs) {
  const list = el("dl", { class: "facts" });
  for (const [name, value] of pairs) list.append(el("div", {}, el("dt", {}, name), el("dd", { dir: "auto" }, value)));
  return list;
}

/** Before and after of an upscale, with an edge to pull. */
function wipe(cell, up) {
  const before = el("div", { class: "over" }, el("img", { src: address(cell.shot.large), alt: "before" }));
  const box = el("div", { class: "wipe" }, el("img", { src: address(up.shot.large), alt: "after" }), before,
    el("span", { class: "side-name" }, "before"), el("span", { class: "side-name after" }, "after"));
  const pull = el("input", { type: "range", min: 0, max: 100, value: 50, "aria-label": "Before, to the left; after, to the right" });
  const set = () => {
    before.style.width = `${pull.value}%`;
    $("img", before).style.width = `${box.clientWidth}px`;
  };
  pull.addEventListener("input", set);
  new ResizeObserver(set).observe(box);
  return [box, pull];
}

function upscale(cell, up) {
  const head = el("p", {}, el("b", {}, up.maker), ` ${up.said}${up.used ? " · it is the cell's picture now" : ""}`);
  return el("div", {}, head, ...(up.shot && cell.shot ? wipe(cell, up) : []));
}

function showCell(cell) {
  const drawer = $("#drawer");
  drawer.hidden = false;
  $(".layout").classList.add("with-drawer");
  const close = el("button", { type: "button", title: "Esc", onclick: closeDrawer }, "Close");
  const look = cell.shot
    ? el("button", { type: "button", class: "look", "aria-label": "Large", onclick: () => openLight(cell.label) }, el("img", { src: address(cell.shot.large), alt: cell.prompt || cell.label }))
    : el("p", { class: "flag" }, "There is no picture.");
  drawer.replaceChildren(
    el("div", { class: "bar" }, el("h2", {}, el("bdi", {}, cell.label)), close), look,
    cell.cause ? el("p", { class: "flag", dir: "auto" }, sign("none"), ` ${cell.cause}`) : "",
    ...cell.marks.map(mark),
    cell.disagree.length ? el("p", { class: "flag", dir: "auto" }, `Others disagree: ${cell.disagree.join("; ")}.`) : "",
    cell.face ? el("p", { dir: "auto" }, cell.face) : "",
    el("h2", {}, "What next"), sentences(cell.go_on),
    ...cell.wiped.map((up) => upscale(cell, up)),
    ...cell.people.length ? [fold(`People (${cell.people.length})`, ...cell.people.map(opinion))] : [],
    ...cell.history.length ? [fold(`Every answer (${cell.history.length})`, ...cell.history.map(answer))] : [],
    fold("How it came about", facts(cell.made)),
  );
  drawer.scrollTop = 0;
}

const opinion = (one) => el("p", { dir: "auto" }, el("b", {}, `${one.axis}: ${one.value}`), ` by ${one.author}, ${one.at.slice(0, 16).replace("T", " ")}${one.blind ? ", blind" : ""}${one.now ? "" : ", of an earlier picture"}${one.reason ? `: ${one.reason}` : ""}`);
const answer = (one) => el("p", { dir: "auto" }, el("b", {}, one.scores), el("br"), el("small", {}, `${one.judge}, ${one.at.slice(0, 16).replace("T", " ")}${one.stands ? "" : " · not the verdict's judge"}${one.now ? "" : " · of an earlier picture"}`));

function closeDrawer() {
  if ($("#drawer").hidden) return;
  $("#drawer").hidden = true;
  $(".layout").classList.remove("with-drawer");
  const last = buttons.get(state.cell);
  state.cell = "";
  draw();
  if (last) { last.tabIndex = 0; last.focus({ preventScroll: true }); }
}
