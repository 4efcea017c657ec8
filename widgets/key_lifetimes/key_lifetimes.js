/**
 * The lifetimes of secrets as a widget: one bar for each secret of a device, and a compromise that the reader can drag.
 * The widget computes what the leaked secrets open, by the rules in the view.
 *
 * Traits: view, device, step (the compromise is after it), leaks (the names of other chosen leaks), opened (the kinds
 * that are not folded; null: the kinds with few lanes).
 */
import { announced } from "../shared/notebook_output.js";
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, html, uniqueName } from "../shared/dom.js";
import { keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { bounded, frameAt, openingOf, unfolded } from "./frame.js";
import { within } from "./geometry.js";
import { MARKS } from "./key.js";
import { leakDetails } from "./leak_details.js";
import { HEADS, tableRows, compromiseSentence } from "./compromise.js";
import { lifetimesToolbar } from "./toolbar.js";
import { viewport } from "./viewport.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */

const FORMAT = "mls-workbench/key-lifetimes-view";
const VERSION = 1;
const TRAITS = ["view", "device", "step", "leaks", "opened"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  let opening = openingOf(readable(model.get("view"), FORMAT, VERSION));
  const { begin, soon, tell, stop } = live({ model, el }, TRAITS, update, {
    step: { trait: "step" },
    member: { trait: "device", write: (device) => (Object.hasOwn(opening.view.devices, device) ? { device } : undefined) },
  });
  /** What only this view knows. */
  const own = { help: false, table: false };

  const controls = lifetimesToolbar({
    choose: (device) => tell({ device }),
    step: (by) => go(here().step + by),
    toggle: (name) => tell({ leaks: flipped(here().others, name) }),
    table: () => change({ table: !own.table }),
    help: () => change({ help: !own.help }),
  });
  const key = keyLine(MARKS);
  const scene = viewport(uniqueName("mls-lifetimes"), {
    go,
    painted: key.show,
    fold: (kind) => tell({ opened: flipped(unfolded(opening.view, place()), kind) }),
  });
  const leaked = leakDetails();
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const table = dataTable("The lifetimes as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-key-lifetimes", ...OWN_KEYS, keydown: press },
    controls.bar,
    html("div", { class: "mls-lifetimes-body" }, scene.element, leaked.element),
    words,
    key.element,
    table.region,
  );

  /** What the model says. @returns {import("./frame.js").Place} */
  function place() {
    return { device: model.get("device"), step: model.get("step"), leaks: model.get("leaks"), opened: model.get("opened") };
  }

  function here() {
    return bounded(opening.view, place());
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {number} step */
  function go(step) {
    const to = within(step, opening.view.security.steps.length - 1);
    if (to !== here().step) tell({ step: to });
  }

  function update() {
    if (opening.view !== model.get("view")) opening = openingOf(readable(model.get("view"), FORMAT, VERSION));
    const now = frameAt(opening, place());
    const { view, compromise } = now;
    controls.show(now, own);
    scene.show(now);
    leaked.show(view, compromise, own.help);
    table.show(own.table ? { heads: HEADS, rows: tableRows(view, compromise) } : null);
    const said = compromiseSentence(view, compromise);
    if (words.textContent !== said) words.textContent = said;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    pressed(event, { "[": () => go(here().step - 1), "]": () => go(here().step + 1) });
  }

  begin();
  el.append(root);

  return () => {
    stop();
    scene.stop();
    root.remove();
  };
}

/** Names with one more, or without it if it is there. @param {string[]} names @param {string} name */
function flipped(names, name) {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}

export default announced(render);
