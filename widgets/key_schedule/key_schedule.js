/**
 * The key schedule of an epoch as a widget: each secret, how it is derived, and who has it. The same module runs in
 * JupyterLab (anywidget), in Panel and in an exported page.
 *
 * Traits: view, step, viewer, epoch (below 0: that of the step), selected (the key of a secret, or ""), exports (what
 * was exported), live (whether Python listens), asked ({number, epoch, label, context, length}), answer ({number, words}).
 */
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, svg } from "../shared/dom.js";
import { helpList, keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { mount } from "../shared/shapes.js";
import { panel } from "../shared/side_details.js";
import { STEP_KEYS, stepBar } from "../shared/step_bar.js";
import { viewerAmong } from "../shared/workspace.js";
import { detailsOf, meaningOf } from "./details.js";
import { exporter } from "./exporter.js";
import { frameAt } from "./frame.js";
import { arrange, neighbour } from "./geometry.js";
import { MARKS } from "./key.js";
import { draw } from "./picture.js";
import { HEADS, selectedSentence, sentence, tableRows } from "./words.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./schedule.d.ts").KeyScheduleView} View */

const FORMAT = "mls-workbench/key-schedule-view";
const VERSION = 1;
const TRAITS = ["view", "step", "viewer", "epoch", "selected", "exports", "live", "answer"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { open, soon, tell } = live({ model, el }, TRAITS, update, {
    step: { trait: "step", write: (step) => ({ step, epoch: -1 }) },
    viewer: viewerAmong(() => viewOf().viewers),
  });
  /** What only this view knows. */
  const own = { table: false, help: false, revealed: "", stop: "", width: 720 };

  const controls = stepBar({
    look: (viewer) => tell({ viewer }),
    go: (step) => tell({ step, epoch: -1 }),
    turn,
    table: () => change({ table: !own.table }),
    help: () => change({ help: !own.help }),
  });
  const canvas = svg("svg", { class: "mls-picture mls-schedule-picture", click, keydown: walk });
  const viewport = html("div", { class: "mls-viewport" }, canvas);
  const side = panel(close);
  const exports = exporter(({ label, context, length }) => {
    const { number } = model.get("asked");
    tell({ asked: { number: number + 1, epoch: frameNow().epoch, label, context, length } });
  });
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const key = keyLine(MARKS);
  const table = dataTable("The key schedule as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-key-schedule", ...OWN_KEYS, keydown: press },
    controls.bar,
    html("div", { class: "mls-body" }, viewport, side.element),
    words,
    key.element,
    table.region,
  );

  /** @returns {View} */
  function viewOf() {
    return readable(model.get("view"), FORMAT, VERSION);
  }

  function frameNow() {
    return frameAt(viewOf(), { step: model.get("step"), viewer: model.get("viewer"), epoch: model.get("epoch"), selected: model.get("selected") });
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** Show another epoch at the same step. @param {number} epoch */
  function turn(epoch) {
    tell({ epoch: epoch === viewOf().steps[model.get("step")]?.epoch ? -1 : epoch });
  }

  /** @param {string} secret */
  function select(secret) {
    change({ help: false, revealed: "", stop: secret || own.stop });
    tell({ selected: secret });
  }

  function close() {
    if (own.help) change({ help: false });
    else select("");
  }

  function update() {
    const frame = frameNow();
    const { view, shown, selected, step, viewer, epoch, before, after } = frame;
    const keys = shown.map(({ secret }) => secret.key);
    if (!keys.includes(own.stop)) own.stop = selected || (keys.includes("epoch_secret") ? "epoch_secret" : keys[0]);
    const { shapes, height } = draw(frame, { width: own.width, stop: selected || own.stop });
    attribute(canvas, "width", String(own.width));
    attribute(canvas, "height", String(height));
    attribute(canvas, "viewBox", `0 0 ${own.width} ${height}`);
    mount(canvas, shapes);
    controls.show({ viewers: view.viewers, viewer: viewer.id, step, steps: view.steps, epoch, before, after, table: own.table, help: own.help });
    key.show(shapes);
    const one = shown.find(({ secret }) => secret.key === selected);
    const said = one ? selectedSentence(frame, one) : sentence(frame);
    if (words.textContent !== said) words.textContent = said;
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame) } : null);
    showSide(frame);
  }

  /** @param {import("./frame.js").Frame} frame */
  function showSide(frame) {
    const { shown, selected, epoch } = frame;
    const one = shown.find(({ secret }) => secret.key === selected);
    if (own.help) {
      const said = [sentence(frame), ...shown.map(({ secret }) => `${secret.name.replaceAll("_", " ")} ${meaningOf(secret.name)}`)];
      side.show(JSON.stringify(said), "Marks and keys", () => helpList(MARKS, KEYS, said));
      return;
    }
    const isExporter = selected === "exporter_secret";
    if (isExporter) {
      const { words: problem } = model.get("answer");
      exports.show({ exports: model.get("exports"), epoch, isLive: model.get("live"), words: problem });
    }
    const now = one ? JSON.stringify([epoch, frame.viewer, one, frame.after, own.revealed]) : "";
    side.show(now, selected, () =>
      one
        ? detailsOf(frame, one, {
            isRevealed: own.revealed === selected,
            reveal: () => change({ revealed: selected }),
            turn,
            exporter: isExporter ? exports.element : null,
          })
        : html("div"));
  }

  /** @param {Event} event */
  function secretUnder(event) {
    return /** @type {Element} */ (event.target).closest("[data-secret]")?.getAttribute("data-secret") ?? "";
  }

  /** @param {string} secret */
  function focus(secret) {
    const element = /** @type {SVGElement | null} */ (canvas.querySelector(`[data-secret="${CSS.escape(secret)}"]`));
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const link = /** @type {Element} */ (event.target).closest("[data-epoch]");
    if (link) return turn(Number(link.getAttribute("data-epoch")));
    const secret = secretUnder(event);
    if (!secret) return;
    select(secret === model.get("selected") ? "" : secret);
    focus(secret);
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const here = secretUnder(event);
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      if (here === model.get("selected")) change({ revealed: here });
      else select(here);
    } else if (/^(Arrow|Home|End)/.test(event.key)) {
      const { secrets } = frameNow().schedule;
      const next = neighbour(secrets, arrange(secrets, own.width), here, event.key);
      select(next);
      focus(next);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (/** @type {Element} */ (event.target).matches("input[type=text], input[type=number]")) return;
    pressed(event, { ...controls.keys, Escape: close });
  }

  return open(root, viewport, (width) => change({ width }));
}

/** @type {[string, string][]} */
const KEYS = [
  ["↑ ↓", "to the secret above or below"],
  ["← →", "to the column beside; in a list, to what makes a secret and to what it makes"],
  ["Home End", "to the first and the last secret"],
  ["Enter", "select a secret, then show its value"],
  ...STEP_KEYS,
  ["Esc", "close, and select nothing"],
];

export default announced(render);
