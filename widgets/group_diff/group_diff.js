/**
 * Two sides of a group as a widget: where they part, and in what they differ. The same module runs in JupyterLab (anywidget),
 * in Panel and in an exported page. So it uses only get, set, save_changes, on and off of the model.
 *
 * Traits: view, step, other_step (of the second side, -1: the same step), viewer ("": everything that was recorded), first and
 * second (a member of each side, "": the group), first_line and second_line, selected (the id of a row, or ""), member, message.
 */
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, offer, rootOf, svg } from "../shared/dom.js";
import { askForBytes } from "../shared/inspect.js";
import { keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { mount } from "../shared/shapes.js";
import { panel } from "../shared/side_details.js";
import { stepBar } from "../shared/step_bar.js";
import { shortened } from "../shared/words.js";
import { viewerAmong } from "../shared/workspace.js";
import { helpDetails, rowDetails } from "./details.js";
import { drawnRows, frameOf, nodeId, nodeIn, rowIn } from "./frame.js";
import { MARKS } from "./key.js";
import { draw } from "./picture.js";
import { treePair } from "./tree_pair.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./view.d.ts").GroupDiffView} View */
/** @typedef {import("./frame.js").Place} Place */
/** @typedef {import("./frame.js").Row} Row */
/** @typedef {import("./frame.js").Frame} Frame */

const FORMAT = "mls-workbench/group-diff-view";
const VERSION = 1;
const PLACE = ["step", "other_step", "viewer", "first", "second", "first_line", "second_line", "selected", "member"];
const EVERYTHING = { id: "", name: "everything", kind: /** @type {const} */ ("observer") };
const LONGEST_OPTION = 48;

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  /** What only this view knows. @type {{table: boolean, help: boolean, width: number, stop: string}} */
  const own = { table: false, help: false, width: 720, stop: "" };
  const { open, soon, tell } = live({ model, el }, ["view", ...PLACE, "message"], update, {
    // The steps of the other pictures are those of the first line.
    step: { trait: "step", read: () => (model.get("first_line") === 0 ? model.get("step") : undefined), write: (step) => (model.get("first_line") === 0 ? { step } : undefined) },
    viewer: { ...viewerAmong(() => viewOf().viewers), read: () => model.get("viewer") || undefined },
    member: { trait: "member", read: () => model.get("member") || undefined },
    message: { trait: "message" },
  });

  const controls = stepBar({
    look: (viewer) => tell({ viewer }),
    go,
    turn: (epoch) => go(firstOf(epoch)),
    table: () => change({ table: !own.table }),
    help: () => change({ help: !own.help }),
  });
  const selects = /** @type {const} */ (["first", "second"]).map((name) => {
    const select = html("select", { class: "mls-select", "aria-label": `${name === "first" ? "First" : "Second"} side`, change: () => choose(name, select.value) });
    return select;
  });
  const at = html("select", { class: "mls-select", "aria-label": "Step of the second side", change: () => tell({ other_step: Number(at.value) }) });
  const swap = html("button", { type: "button", class: "mls-toggle", click: exchange }, "Exchange");
  const chooser = html(
    "div",
    { class: "mls-bar mls-diff-chooser", role: "group", "aria-label": "The two sides" },
    html("label", { class: "mls-viewer" }, "Compare", selects[0]),
    html("label", { class: "mls-viewer" }, "with", selects[1]),
    html("label", { class: "mls-viewer" }, "at", at),
    swap,
  );
  const canvas = svg("svg", { class: "mls-picture mls-diff-picture", role: "group", click: clicked, keydown: walk });
  const viewport = html("div", { class: "mls-viewport", pointerover: light, pointerleave: light, focusin: light, focusout: light }, canvas);
  const pair = treePair({ choose: (node) => select(nodeId(node) === model.get("selected") ? "" : nodeId(node)), painted: showKey });
  const side = panel(close);
  const words = html("div", { class: "mls-sentence mls-diff-sentence", "aria-live": "polite" });
  const key = keyLine(MARKS);
  /** What the picture shows now, and the shapes of its rows. */
  let subject = "";
  /** @type {import("../shared/shapes.js").Shape[]} */
  let rowShapes = [];
  const table = dataTable("The two sides as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-group-diff", ...OWN_KEYS, keydown: press },
    controls.bar,
    chooser,
    words,
    html("div", { class: "mls-body" }, html("div", { class: "mls-diff-sides" }, pair.element, viewport), side.element),
    key.element,
    table.region,
  );

  /** @returns {View} */
  function viewOf() {
    return readable(model.get("view"), FORMAT, VERSION);
  }

  function frameNow() {
    return frameOf(viewOf(), /** @type {Place} */ (Object.fromEntries(PLACE.map((name) => [name, model.get(name)]))));
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {number} step */
  function go(step) {
    tell({ step: Math.max(0, Math.min(frameNow().last, step)) });
  }

  /** The step in which an epoch of the first side's line begins. @param {number} epoch */
  function firstOf(epoch) {
    const { view, sides } = frameNow();
    const { epochs, begins } = view.lines[sides[0].line];
    return begins[epochs.findIndex((index) => view.epochs[index].epoch === epoch)] ?? 0;
  }

  /** @param {"first" | "second"} name @param {string} value a line and a member */
  function choose(name, value) {
    const [line, ...who] = value.split(" ");
    tell({ [name]: who.join(" "), [`${name}_line`]: Number(line) });
  }

  function exchange() {
    const { step, sides } = frameNow();
    const isApart = model.get("other_step") >= 0;
    tell({
      ...{ first: model.get("second"), second: model.get("first"), first_line: model.get("second_line"), second_line: model.get("first_line") },
      ...(isApart ? { step: sides[1].step, other_step: step } : {}),
    });
  }

  function update() {
    const frame = frameNow();
    const drawn = frame.sections.flatMap((section) => drawnRows(section).rows);
    const ids = drawn.map(({ id }) => id);
    if (!ids.includes(own.stop)) own.stop = ids.includes(frame.selected) ? frame.selected : (ids[0] ?? "");
    const { shapes, height } = draw(frame, { width: own.width, stop: own.stop });
    attribute(canvas, "width", String(own.width));
    attribute(canvas, "height", String(height));
    attribute(canvas, "aria-label", pictureLabel(frame));
    const hadFocus = canvas.contains(rootOf(canvas).activeElement);
    mount(canvas, shapes);
    // A row that is gone takes the focus with it, and the keys would go nowhere.
    if (hadFocus && !canvas.contains(rootOf(canvas).activeElement)) focus(own.stop);
    [subject, rowShapes] = [JSON.stringify([frame.viewer, ...frame.sides.map(({ line, member, step }) => [line, member?.id, step])]), shapes];
    pair.show(frame);
    showKey();
    showControls(frame);
    const said = sentence(frame);
    if (words.textContent !== said) words.textContent = said;
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame) } : null);
    showSide(frame, said);
  }

  function showKey() {
    key.show([...pair.shapes(), ...rowShapes], subject);
  }

  /** Light the node of the row under the pointer, or with the focus, in both trees. @param {Event} event */
  function light(event) {
    pair.point(/over|in$/.test(event.type) ? nodeIn(rowUnder(event)) : -1);
  }

  /** @param {Frame} frame */
  function showControls(frame) {
    const { view, sides, step, viewer } = frame;
    const line = view.lines[sides[0].line];
    const epochs = line.epochs.map((index) => view.epochs[index].epoch);
    const epoch = sides[0].epoch?.epoch ?? 0;
    controls.show({
      viewers: [EVERYTHING, ...view.viewers],
      viewer,
      step,
      steps: line.steps.map((title) => ({ title })),
      epoch,
      before: epochs.filter((each) => each < epoch).at(-1) ?? null,
      after: epochs.find((each) => each > epoch) ?? null,
      table: own.table,
      help: own.help,
    });
    offerSides(frame);
  }

  /** The choices: each member and the group, of each line; and the steps of the second side. @param {Frame} frame */
  function offerSides({ view, sides }) {
    const people = view.lines.flatMap(({ name, places }, line) => {
      const of = view.lines.length > 1 ? `, ${name}` : "";
      const group = [`${line} `, view.lines.length > 1 ? name : "the group"];
      return [group, ...view.members.filter(({ id }) => Object.hasOwn(places, id)).map((member) => [`${line} ${member.id}`, `${shortened(member.name, LONGEST_OPTION)}${of}`])];
    });
    const { steps } = view.lines[sides[1].line];
    /** @type {HTMLElement} */ (at.parentElement).hidden = steps.length < 2;
    selects.forEach((select, side) => offer(select, people, `${sides[side].line} ${sides[side].member?.id ?? ""}`));
    const moments = steps.map((title, step) => [step, shortened(`step ${step + 1}: ${title}`, LONGEST_OPTION)]);
    offer(at, [[-1, "the same step"], ...moments], model.get("other_step") < 0 ? -1 : sides[1].step);
  }

  /** @param {Frame} frame @param {string} said */
  function showSide(frame, said) {
    if (own.help) {
      side.show(`help ${said}`, "Help", () => helpDetails([said, "tree hash", "confirmed transcript hash", "epoch authenticator"]));
      return;
    }
    const row = rowIn(frame, frame.selected);
    side.show(row ? JSON.stringify([row, frame.sides.map(({ name }) => name)]) : "", row?.name ?? "", () => rowDetails(frame, /** @type {Row} */ (row), (which) => bytesOf(frame, /** @type {Row} */ (row), which)));
  }

  /**
   * What shows the bytes of a commit in the other pictures of the workspace; null if they do not have this commit.
   * @param {Frame} frame @param {Row} row @param {0 | 1} which
   */
  function bytesOf({ view }, row, which) {
    const commit = row.commits?.[which] ?? -1;
    const { epochs, begins } = view.lines[0];
    const place = epochs.findIndex((index) => view.epochs[index].commit === commit);
    if (commit < 0 || place < 0 || !model.get("workspace")) return null;
    return () => {
      tell({ message: begins[place] });
      askForBytes(root, begins[place]);
    };
  }

  /** @param {string} selected */
  function select(selected) {
    const row = rowIn(frameNow(), selected);
    own.help = false;
    own.stop = selected || own.stop;
    tell({ selected, ...(row?.member ? { member: row.member } : {}) });
  }

  function close() {
    if (own.help) change({ help: false });
    else select("");
  }

  /** @param {Event} event */
  function rowUnder(event) {
    return /** @type {Element} */ (event.target).closest("[data-row]")?.getAttribute("data-row") ?? "";
  }

  /** @param {MouseEvent} event */
  function clicked(event) {
    const row = rowUnder(event);
    if (!row) return;
    toggle(row);
    focus(row);
  }

  /** Select a row, or no row if it is selected. A node is brought into sight in both trees. @param {string} row */
  function toggle(row) {
    select(row === model.get("selected") ? "" : row);
    if (nodeIn(row) >= 0) pair.reveal(nodeIn(row));
  }

  /** @param {string} row */
  function focus(row) {
    const element = [...canvas.querySelectorAll("[data-row]")].find((each) => each.getAttribute("data-row") === row);
    /** @type {SVGElement | undefined} */ (element)?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const here = rowUnder(event);
    if (!here) return;
    const ids = [...canvas.querySelectorAll("[data-row]")].map((each) => /** @type {string} */ (each.getAttribute("data-row")));
    const to = (/** @type {number} */ place) => {
      own.stop = ids[Math.max(0, Math.min(ids.length - 1, place))];
      update();
      focus(own.stop);
    };
    pressed(event, {
      ArrowUp: () => to(ids.indexOf(here) - 1),
      ArrowDown: () => to(ids.indexOf(here) + 1),
      Home: () => to(0),
      End: () => to(ids.length - 1),
      " ": () => toggle(here),
      Enter: () => enter(here),
    });
  }

  /** Select a row; of a commit that is selected, show the bytes. @param {string} row */
  function enter(row) {
    const frame = frameNow();
    const found = rowIn(frame, row);
    const open = row === model.get("selected") && found ? (bytesOf(frame, found, 0) ?? bytesOf(frame, found, 1)) : null;
    if (open) open();
    else toggle(row);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (/** @type {HTMLElement} */ (event.target).tagName === "SELECT") return;
    pressed(event, {
      ...controls.keys,
      Escape: close,
      t: () => change({ table: !own.table }),
      x: exchange,
      "+": () => pair.rescale(2),
      "-": () => pair.rescale(0.5),
      0: () => pair.rescale(),
    });
  }

  const end = open(root, viewport, (width) => change({ width }));
  return () => {
    end();
    pair.stop();
  };
}

export default announced(render);
