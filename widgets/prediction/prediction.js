/**
 * A question that the reader answers before the lesson computes the answer. The lesson then compares the two.
 *
 * Traits: question, options, several (whether more than one can be chosen), chosen (numbers of options), said (what the
 * comparison came to; empty before it).
 */
import { OWN_KEYS, html } from "../shared/dom.js";
import { live } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { open, tell } = live({ model, el }, ["chosen", "said"], update);
  const type = model.get("several") ? "checkbox" : "radio";
  /** @type {string[]} */
  const options = model.get("options");
  const inputs = options.map((_, number) =>
    html("input", { type, name: "choice", value: number, change: keep }),
  );
  const field = html(
    "fieldset",
    {},
    html("legend", {}, model.get("question")),
    ...inputs.map((input, number) => html("label", {}, input, options[number])),
  );
  const said = html("p", { class: "mls-said", "aria-live": "polite" });
  // a form of its own, so that the radio buttons of two predictions are two groups
  const root = html(
    "form",
    { class: "mls mls-prediction", ...OWN_KEYS, method: "dialog", submit: (/** @type {Event} */ event) => event.preventDefault() },
    field,
    said,
  );

  function keep() {
    tell({ chosen: inputs.flatMap(({ checked }, number) => (checked ? [number] : [])) });
  }

  function update() {
    const chosen = new Set(model.get("chosen"));
    inputs.forEach((input, number) => (input.checked = chosen.has(number)));
    field.disabled = model.get("said") !== "";
    if (said.textContent !== model.get("said")) said.textContent = model.get("said");
  }

  return open(root);
}

export default announced(render);
