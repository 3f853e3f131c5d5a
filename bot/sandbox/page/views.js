"use strict";
// Modals and the app's own page: what is filled in stays while the bot shows a view anew,
// and when it says what is wrong.

// A modal's inputs by block id; what is read back is what Slack would report.
function field(b, wrong) {
  const e = b.element;
  const label = el("label", "field", el("span", "", b.label.text + (b.optional ? " (optional)" : "")));
  let input;
  if (e.type === "checkboxes") {
    const chosen = new Set((e.initial_options || []).map((o) => o.value));
    input = el(
      "div",
      "",
      ...e.options.map((o) => {
        const box = el("input");
        box.type = "checkbox";
        box.value = o.value;
        box.checked = chosen.has(o.value);
        return el("label", "option", box, o.text.text);
      }),
    );
    input.answer = () => [...input.querySelectorAll("input:checked")].map((box) => box.value);
    input.fill = (values) => {
      for (const box of input.querySelectorAll("input")) box.checked = values.includes(box.value);
    };
  } else if (e.type === "radio_buttons") {
    input = el(
      "div",
      "radios",
      ...e.options.map((o) => {
        const dot = el("input");
        dot.type = "radio";
        dot.name = b.block_id;
        dot.value = o.value;
        dot.required = !b.optional;
        dot.checked = e.initial_option && e.initial_option.value === o.value;
        return el("label", "option", dot, o.text.text);
      }),
    );
    input.answer = () => (input.querySelector("input:checked") || { value: "" }).value;
    input.fill = (value) => {
      for (const dot of input.querySelectorAll("input")) dot.checked = dot.value === value;
    };
  } else {
    if (e.type === "static_select") {
      input = el(
        "select",
        "",
        ...(e.initial_option && !b.optional ? [] : [new Option(e.placeholder?.text || "Choose", "")]),
        ...e.options.map((o) => new Option(o.text.text, o.value)),
      );
      input.value = e.initial_option?.value || "";
    } else {
      input = el(e.multiline ? "textarea" : "input");
      if (e.type === "number_input") {
        input.type = "number";
        input.min = e.min_value;
        input.max = e.max_value;
        input.step = e.is_decimal_allowed ? "any" : 1;
      }
      if (e.type === "datepicker") input.type = "date";
      input.value = e.initial_value || e.initial_date || "";
      input.placeholder = e.placeholder?.text || "";
    }
    input.required = !b.optional;
    input.answer = () => input.value;
    input.fill = (value) => {
      input.value = value;
    };
  }
  input.dataset.block = b.block_id;
  label.append(input);
  if (b.hint) label.append(el("small", "", b.hint.text));
  if (wrong) label.append(el("small", "wrong", wrong));
  return label;
}

function filled(dialog) {
  const answers = {};
  for (const input of dialog.querySelectorAll("[data-block]")) answers[input.dataset.block] = input.answer();
  return answers;
}

const modal = { id: null, hash: null, about: null, sent: {} };

function showView() {
  const view = (state.views || {})[$("person").value];
  const dialog = $("modal");
  if (!view) {
    modal.id = null;
    if (dialog.open) dialog.close();
    return;
  }
  if (modal.id === view.id && modal.hash === view.hash) return;
  if (modal.id === view.id && modal.about === view.private_metadata && !view.errors) {
    // Shown anew: what is filled in stays, what the bot says about it is new.
    const told = [...$("modal-blocks").children];
    view.blocks.forEach((b, at) => {
      if (b.type !== "input" && told[at]) told[at].replaceWith(block(view, b));
    });
    modal.hash = view.hash;
    return;
  }
  modal.id = view.id;
  modal.hash = view.hash;
  modal.about = view.private_metadata;
  $("modal-title").textContent = view.title.text;
  const submit = dialog.querySelector("button[type=submit]");
  submit.hidden = !view.submit;
  submit.textContent = (view.submit || { text: "" }).text;
  $("modal-close").textContent = (view.close || { text: "Close" }).text;
  const wrong = view.errors || {};
  $("modal-blocks").replaceChildren(
    ...view.blocks.map((b) => (b.type === "input" ? field(b, wrong[b.block_id]) : block(view, b))),
  );
  if (view.errors) refill(dialog, modal.sent[view.id]);
  dialog.querySelector("form").onsubmit = async (event) => {
    event.preventDefault();
    modal.sent = { [view.id]: filled(dialog) };
    await post("/page-submit", { person: $("person").value, view: view.id, answers: filled(dialog) });
  };
  for (const b of view.blocks.filter((one) => one.dispatch_action)) tellChanges(dialog, view, b);
  $("modal-close").onclick = dialog.oncancel = () =>
    post("/page-submit", { person: $("person").value, view: view.id, answers: null });
  if (!dialog.open) dialog.showModal();
  (dialog.querySelector(".wrong")?.previousElementSibling || dialog).scrollIntoView?.({ block: "nearest" });
}

function refill(dialog, answers) {
  for (const input of dialog.querySelectorAll("[data-block]"))
    if (answers?.[input.dataset.block] !== undefined) input.fill(answers[input.dataset.block]);
}

function tellChanges(dialog, view, b) {
  const input = dialog.querySelector(`[data-block="${b.block_id}"]`);
  let soon = null;
  input.oninput = () => {
    clearTimeout(soon);
    soon = setTimeout(
      () =>
        post("/page-submit", {
          person: $("person").value,
          view: view.id,
          answers: filled(dialog),
          changed: b.block_id,
        }),
      300,
    );
  };
}

function showHome() {
  const view = (state.homes || {})[$("person").value];
  if (place !== "home") return;
  const blocks = view
    ? view.blocks.map((b) => block(view, b))
    : [el("div", "block context", "labs-bot writes this page…")];
  $("home").replaceChildren(...blocks);
}
