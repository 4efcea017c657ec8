/** The exporter: a secret for an application, from the exporter_secret of an epoch, a label, a context and a length. */
import { html } from "../shared/dom.js";
import { rowList } from "../shared/rows.js";

/** @typedef {import("./schedule.d.ts").ExportView} Export */
/** @typedef {{label: string, context: string, length: number}} Wish */

/** @param {(wish: Wish) => void} ask asks Python for an export */
export function exporter(ask) {
  const label = html("input", { type: "text", value: "call" });
  const context = html("input", { type: "text", value: "" });
  const length = html("input", { type: "number", min: 1, max: 8160, value: 32 });
  const form = html(
    "form",
    { submit: send },
    html("label", {}, "Label", label),
    html("label", {}, "Context", context),
    html("label", {}, "Length in bytes", length),
    html("div", {}, html("button", { type: "submit", class: "mls-reveal" }, "Export")),
  );
  const answer = html("p", { role: "status" });
  const results = html("div", {});
  const note = html("p", {}, "Python computes other exports while its kernel runs.");
  const element = html("div", { class: "mls-exporter", role: "group", "aria-label": "Exporter" }, html("h3", {}, "MLS-Exporter (§8.5)"), form, answer, results, note);

  /** @param {Event} event */
  function send(event) {
    event.preventDefault();
    ask({ label: label.value, context: context.value, length: Number(length.value) });
  }

  /** @param {{exports: Export[], epoch: number, isLive: boolean, words: string}} state */
  function show({ exports, epoch, isLive, words }) {
    form.hidden = !isLive;
    note.hidden = isLive;
    if (answer.textContent !== words) answer.textContent = words;
    const own = exports.filter((each) => each.epoch === epoch).reverse();
    results.replaceChildren(rowList(own.map((each) => ({ name: call(each), value: each.value }))));
  }

  return { element, show };
}

/** @param {Export} given */
function call({ label, context, length }) {
  return `MLS-Exporter("${label}", "${context}", ${length})`;
}
