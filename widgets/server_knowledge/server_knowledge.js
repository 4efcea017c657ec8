/**
 * What the delivery service knows of a group, as a widget. The same module runs in JupyterLab (anywidget), in Panel and
 * in an exported page. So it uses only get, set, save_changes, on and off of the model.
 *
 * Traits: view, padding (index of the view's paddings), delay (seconds).
 */
import { DELAYS, frameOf } from "./frame.js";
import { MARKS } from "./key.js";
import { draw, extent } from "./picture.js";
import { HEADS, delayName, pictureLabel, sentence, tableRows } from "./words.js";
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, iconButton, offer, svg } from "../shared/dom.js";
import { helpList, keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { mount } from "../shared/shapes.js";
import { panel } from "../shared/side_details.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./server.d.ts").ServerView} View */

const FORMAT = "mls-workbench/server-view";
const VERSION = 1;
const TRAITS = ["view", "padding", "delay"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { open, soon, tell } = live({ model, el }, TRAITS, update);
  const own = { table: false, help: false };

  const canvas = svg("svg", { class: "mls-picture", role: "group" });
  const padding = choice("Padding", (value) => tell({ padding: value }));
  const delay = choice("Delay", (value) => tell({ delay: value }));
  const tableButton = iconButton("table", "Show as a table", () => change({ table: !own.table }));
  const helpButton = iconButton("help", "Help", () => change({ help: !own.help }));
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    padding.label,
    delay.label,
    html("span", { class: "mls-buttons mls-at-end" }, tableButton, helpButton),
  );
  const viewport = html("div", { class: "mls-viewport", tabindex: 0, role: "group", "aria-label": "Uploads by time", scroll: soon }, canvas);
  const side = panel(() => change({ help: false }));
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const key = keyLine(MARKS);
  const table = dataTable("What the server knows as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-server-knowledge", ...OWN_KEYS, keydown: press },
    bar,
    html("div", { class: "mls-body" }, viewport, side.element),
    words,
    key.element,
    table.region,
  );

  function update() {
    /** @type {View} */
    const view = readable(model.get("view"), FORMAT, VERSION);
    const frame = frameOf(view, model.get("padding"), model.get("delay"));
    const size = { width: viewport.clientWidth || 720, scroll: viewport.scrollLeft };
    const { width, height } = extent(frame, size);
    attribute(canvas, "width", String(width));
    attribute(canvas, "height", String(height));
    attribute(canvas, "aria-label", pictureLabel(frame));
    const shapes = draw(frame, size);
    mount(canvas, shapes);
    key.show(shapes);
    offer(padding.select, view.paddings.map((name, value) => [value, name]), frame.padding);
    offer(delay.select, DELAYS.map((value) => [value, delayName(value)]), frame.delay);
    const said = sentence(frame);
    if (words.textContent !== said) words.textContent = said;
    side.show(own.help ? said : "", "Marks and keys", () => helpList(MARKS, KEYS, [said, ...tableRows(frame).map((row) => row.join(" "))]));
    tableButton.setAttribute("aria-pressed", String(own.table));
    helpButton.setAttribute("aria-pressed", String(own.help));
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame) } : null);
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    pressed(event, { t: () => change({ table: !own.table }), "?": () => change({ help: !own.help }), Escape: () => change({ help: false }) });
  }

  return open(root, viewport);
}

/** @type {[string, string][]} */
const KEYS = [
  ["t", "the table"],
  ["?", "this help"],
  ["Esc", "close"],
];

/** A list to choose a number from. @param {string} name @param {(value: number) => void} choose */
function choice(name, choose) {
  const select = html("select", { class: "mls-select", "aria-label": name, change: () => choose(Number(select.value)) });
  const label = html("label", { class: "mls-viewer" }, html("span", {}, name), select);

  return { select, label };
}

export default announced(render);
