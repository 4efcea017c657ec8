/**
 * The security matrix as a widget: for each member and epoch, what the attacker reads, and what has healed. The same
 * module runs in JupyterLab (anywidget), in Panel and in an exported page. So it uses only get, set, save_changes, on
 * and off of the model, and reads values with model.get.
 *
 * Traits: view, step, leaks (each {name} or {device, at}), selected ({epoch, member}, {epoch}, or {}).
 */
import { announced } from "../shared/notebook_output.js";
import { OWN_KEYS, html, uniqueName } from "../shared/dom.js";
import { keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { details } from "./details.js";
import { frameAt, leaksIn, opened } from "./frame.js";
import { matrixGrid } from "./grid.js";
import { MARKS } from "./key.js";
import { matrixToolbar } from "./toolbar.js";
import { HEADS, isRecorded, tableRows, verdictSentence } from "./words.js";
import { dataTable } from "../shared/data_table.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("../shared/verdict.js").Leak} Leak */
/** @typedef {import("./details.js").Choice} Choice */

const FORMAT = "mls-workbench/security-view";
const VERSION = 1;
const TRAITS = ["view", "step", "leaks", "selected"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  let view = model.get("view");
  let opening = openedView(view);
  const { begin, soon, tell, stop } = live({ model, el }, TRAITS, update, {
    step: { trait: "step" },
    leaks: { trait: "leaks" },
    member: {
      trait: "selected",
      read: () => model.get("selected").member || undefined,
      write: (member) => (model.get("selected").member ? { selected: { ...model.get("selected"), member } } : undefined),
    },
  });
  /** What only this view knows. */
  const own = { help: false, table: false };
  /** @type {import("./frame.js").Frame | null} */
  let drawn = null;

  const controls = matrixToolbar({
    go,
    toggle: (leak) => toggle([leak], leak),
    clear: () => tell({ leaks: [] }),
    table: () => change({ table: !own.table }),
    help: () => change({ help: !own.help }),
  });
  const key = keyLine(MARKS);
  const grid = matrixGrid(uniqueName("mls-matrix"), {
    select: ({ row, column }) => select({ column, member: view.members[row]?.id ?? "" }),
    compromise: ({ row, column }) => compromise({ column, member: view.members[row]?.id ?? "" }),
    painted: key.show,
  });
  const side = details(close, compromise);
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const table = dataTable("The compromise as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-security-matrix", ...OWN_KEYS, keydown: press },
    controls.bar,
    controls.leaks,
    html("div", { class: "mls-body" }, grid.element, side.element),
    words,
    key.element,
    table.region,
  );

  /** @returns {number} where the model is, within the bounds of the view */
  function here() {
    return Math.max(0, Math.min(view.steps.length - 1, model.get("step")));
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {number} step */
  function go(step) {
    tell({ step: Math.max(0, Math.min(view.steps.length - 1, step)) });
  }

  /** @returns {Choice | null} */
  function choice() {
    const { epoch, member = "" } = model.get("selected");
    const column = view.epochs.findIndex((/** @type {{epoch: number}} */ each) => each.epoch === epoch);
    return column < 0 ? null : { column, member };
  }

  /** @param {Choice} chosen */
  function select({ column, member }) {
    const before = choice();
    const isSame = before?.column === column && before.member === member && !own.help;
    change({ help: false });
    const { epoch } = view.epochs[column];
    tell({ selected: isSame ? {} : member === "" ? { epoch } : { epoch, member } });
  }

  function close() {
    change({ help: false });
    tell({ selected: {} });
    grid.element.focus({ preventScroll: true });
  }

  /** Add the compromise of a device at the end of an epoch, or take back its leaks in that epoch. @param {Choice} place */
  function compromise({ column, member }) {
    if (drawn === null || member === "" || drawn.columns[column].standing === "later") return;
    if (!isRecorded(drawn, member)) return;
    toggle(leaksIn(drawn, member, column), { device: member, at: drawn.columns[column].end });
  }

  /** Take back those of some leaks that are chosen, or add one leak if none of them is. @param {Leak[]} some @param {Leak} leak */
  function toggle(some, leak) {
    const unwanted = new Set(some.map((each) => JSON.stringify(each)));
    const on = /** @type {Leak[]} */ (model.get("leaks"));
    const others = on.filter((each) => !unwanted.has(JSON.stringify(each)));
    tell({ leaks: others.length < on.length ? others : [...on, leak] });
  }

  function update() {
    if (view !== model.get("view")) {
      view = model.get("view");
      opening = openedView(view);
      drawn = null;
    }
    const frame = frameAt(opening, model.get("leaks"), here());
    const chosen = choice();
    const row = view.members.findIndex((/** @type {{id: string}} */ { id }) => id === chosen?.member);
    const pin = chosen && !own.help ? { row, column: chosen.column } : null;
    grid.show(frame, pin, drawn);
    controls.show(frame, model.get("leaks"), own);
    side.show(frame, chosen, own.help);
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame) } : null);
    const said = verdictSentence(frame);
    if (words.textContent !== said) words.textContent = said;
    drawn = frame;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    /** @type {Record<string, () => void>} */
    const does = {
      "[": () => go(here() - 1),
      "]": () => go(here() + 1),
      "?": () => change({ help: !own.help }),
      Escape: close,
    };
    pressed(event, does);
  }

  // The picture is drawn before it is on the page, so that nothing moves when it appears there.
  begin();
  el.append(root);
  grid.settle();

  return () => {
    stop();
    grid.stop();
    root.remove();
  };
}

/** @param {import("../shared/security.d.ts").SecurityView} view */
function openedView(view) {
  return opened(readable(view, FORMAT, VERSION));
}

export default announced(render);
