// The lab's lists: search in words, sorting, keys, and picking two runs to compare.
const rows = $$("tr[data-run]"), listed = rows.length ? rows : $$(".prompt");
let at = -1;
const picked = [];

function search() {
  const words = $("#search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of listed) {
    const fits = words.every((word) => row.dataset.words.includes(word));
    row.hidden = !fits;
    count += fits;
  }
  for (const person of $$(".of-person")) person.hidden = !$("tbody tr:not([hidden])", person);
  $("#found").textContent = words.length ? `${count} of ${listed.length}` : `${listed.length} in all`;
  history.replaceState(null, "", words.length ? `#q=${encodeURIComponent($("#search").value)}` : location.pathname + location.search);
  at = -1;
}

function sortBy(button) {
  const key = button.dataset.sort, head = button.closest("th"), down = head.getAttribute("aria-sort") === "descending";
  for (const other of $$("th[aria-sort]")) other.removeAttribute("aria-sort");
  for (const body of $$(".runs tbody")) {
    const value = (row) => (key in row.dataset ? row.dataset[key] : "");
    const figures = ["q1", "q4", "cells", "spent"].includes(key);
    const order = [...body.rows].sort((a, b) => (figures ? Number(value(a)) - Number(value(b)) : value(a).localeCompare(value(b), undefined, { numeric: true })));
    body.append(...(down ? order : order.reverse()));
  }
  for (const same of $$(`[data-sort=${key}]`)) same.closest("th").setAttribute("aria-sort", down ? "ascending" : "descending");
}

function go(by) {
  const shown = $$("tr[data-run]:not([hidden])");
  if (!shown.length) return;
  $("tr.at")?.classList.remove("at");
  at = Math.min(shown.length - 1, Math.max(0, at + by));
  shown[at].classList.add("at");
  $("a", shown[at]).focus({ preventScroll: true });
  shown[at].scrollIntoView({ block: "nearest" });
}

function pick(row) {
  const run = row.dataset.run, known = picked.indexOf(run);
  if (known >= 0) picked.splice(known, 1);
  else picked.push(run);
  if (picked.length > 2) picked.shift();
  for (const one of rows) one.classList.toggle("picked", picked.includes(one.dataset.run));
  $("#picked").textContent = picked.length ? `picked: ${picked.join(" and ")}` : "";
  $("#compare").disabled = picked.length !== 2;
}

function compare() {
  const [a, b] = picked, known = data.pairs.find(([x, y]) => (x === a && y === b) || (x === b && y === a));
  if (known) location.href = `compare/${encodeURIComponent(known[0])}--${encodeURIComponent(known[1])}.html`;
  else if (data.served) location.href = `compare?a=${encodeURIComponent(a)}&b=${encodeURIComponent(b)}`;
  else copy(`in the labs channel: compare runs/${a} and runs/${b}`);
}

/** A face in a small square, as its picture's thumbnails know it. */
for (const image of $$("img[data-face]")) {
  const face = image.dataset.face.split(" ").map(Number), width = Number(image.getAttribute("width")), height = Number(image.getAttribute("height"));
  const side = Math.min(Math.max((face[3] - face[1]) * height, (face[2] - face[0]) * width) * 1.7, width, height);
  const left = Math.min(Math.max(((face[0] + face[2]) / 2) * width - side / 2, 0), width - side);
  const top = Math.min(Math.max(((face[1] + face[3]) / 2) * height - side / 2, 0), height - side);
  Object.assign(image.style, { position: "absolute", width: `${(width / side) * 100}%`, height: "auto", maxWidth: "none", left: `${(-left / side) * 100}%`, top: `${(-top / side) * 100}%` });
}

$("#search").addEventListener("input", search);
for (const button of $$("[data-sort]")) button.addEventListener("click", () => sortBy(button));
$("#compare")?.addEventListener("click", compare);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target === $("#search")) {
    $("#search").value = "";
    search();
    return $("#search").blur();
  }
  if (event.key === "Enter" && event.target === $("#search")) return $("#search").blur();
  if (typing(event)) return;
  if (event.key === "/") { event.preventDefault(); $("#search").focus(); }
  else if (event.key === "?") $("#help")?.showModal();
  else if (!rows.length) return;
  else if (event.key === "j") go(1);
  else if (event.key === "k") go(-1);
  else if (event.key === "x") {
    const row = $("tr.at") || event.target.closest?.("tr[data-run]");
    if (picked.length === 2 && (!row || picked.includes(row.dataset.run))) compare();
    else if (row) { pick(row); if (picked.length === 2) $("#compare").focus(); }
  }
});
const asked = new URLSearchParams(location.hash.slice(1)).get("q");
if (asked) $("#search").value = asked;
search();
