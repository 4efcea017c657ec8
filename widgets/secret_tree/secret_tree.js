/**
 * The secret tree of an epoch as a widget: what a viewer has of it after a step, and the keys of one leaf. The same module
 * runs in JupyterLab (anywidget), in Panel and in an exported page.
 *
 * Traits: view, step, viewer, epoch (below 0: the viewer's own), message (its index, -1 for none), leaf (the chosen one,
 * -1: one that matters), selected ("node 3", "application 2", or "").
 */
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, offer, svg } from "../shared/dom.js";
import { helpList, keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { mount } from "../shared/shapes.js";
import { panel } from "../shared/side_details.js";
import { STEP_KEYS, stepBar } from "../shared/step_bar.js";
import { viewerAmong } from "../shared/workspace.js";
import { upperFirst } from "../shared/words.js";
import { detailsOf } from "./details.js";
import { frameAt, leavesBelow, memberAt } from "./frame.js";
import { layout, neighbour } from "./geometry.js";
import { MARKS } from "./key.js";
import { draw } from "./picture.js";
import { HEADS, leafName, messageSentence, messageWords, nodeName, sentence, tableRows } from "./words.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./view.d.ts").SecretTreeView} View */

const FORMAT = "mls-workbench/secret-tree-view";
const VERSION = 1;
const TRAITS = ["view", "step", "viewer", "epoch", "message", "leaf", "selected"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { open, soon, tell } = live({ model, el }, TRAITS, update, {
    step: { trait: "step", write: (step) => ({ step, epoch: -1 }) },
    viewer: viewerAmong(() => viewOf().viewers),
    member: { trait: "leaf", read: () => (model.get("leaf") < 0 ? undefined : memberAt(frameNow(), model.get("leaf"))?.id), write: follow },
    message: {
      trait: "message",
      read: () => viewOf().messages[model.get("message")]?.step ?? -1,
      write: (step) => ({ message: viewOf().messages.findIndex((message) => message.step === step), leaf: -1, epoch: -1 }),
    },
  });
  /** What only this view knows. */
  const own = { table: false, help: false, revealed: "", stop: "", width: 720 };

  const controls = stepBar({
    look: (viewer) => tell({ viewer, epoch: -1 }),
    go: (step) => tell({ step, epoch: -1 }),
    turn: (epoch) => tell({ epoch, message: -1, leaf: -1 }),
    table: () => change({ table: !own.table }),
    help: () => change({ help: !own.help }),
  });
  const messages = html("select", { class: "mls-select", "aria-label": "Message", change: () => pick(Number(messages.value)) });
  const leaves = html("select", { class: "mls-select", "aria-label": "Leaf", change: () => tell({ leaf: Number(leaves.value), message: -1 }) });
  const choices = html(
    "div",
    { class: "mls-choices", role: "group", "aria-label": "Message and leaf" },
    html("label", {}, html("span", {}, "Message"), messages),
    html("label", {}, html("span", {}, "Leaf"), leaves),
  );
  const canvas = svg("svg", { class: "mls-picture mls-secrets-picture", click, keydown: walk });
  const viewport = html("div", { class: "mls-viewport" }, canvas);
  const side = panel(close);
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const key = keyLine(MARKS);
  const table = dataTable("The secret tree as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-secret-tree", ...OWN_KEYS, keydown: press },
    controls.bar,
    choices,
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
    const [step, viewer, epoch] = ["step", "viewer", "epoch"].map((name) => model.get(name));
    return frameAt(viewOf(), { step, viewer, epoch, message: model.get("message"), leaf: model.get("leaf"), selected: model.get("selected") });
  }

  /** Show the ratchets of a member, unless those of a message are shown. @param {string} member */
  function follow(member) {
    const { view, epoch, message } = frameNow();
    const leaf = Object.entries(view.epochs[epoch].members).find(([, id]) => id === member)?.[0];
    return message >= 0 || leaf === undefined ? undefined : { leaf: Number(leaf) };
  }

  /** @param {import("./frame.js").Frame} frame */
  function layoutOf(frame) {
    return layout(frame.leafCount, frame.leaf, own.width);
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** Light up a message: its way through the tree, and its generation. @param {number} message */
  function pick(message) {
    const view = viewOf();
    const step = message < 0 ? model.get("step") : Math.max(model.get("step"), view.messages[message].step);
    tell({ message, step, leaf: -1, epoch: -1 });
  }

  /** @param {string} selected */
  function select(selected) {
    change({ help: false, revealed: "", stop: selected || own.stop });
    tell({ selected });
  }

  function close() {
    if (own.help) change({ help: false });
    else select("");
  }

  function update() {
    const frame = frameNow();
    const { view, step, viewer, epoch, before, after, selected, leafCount } = frame;
    const now = layoutOf(frame);
    const stops = [...now.spots.map(({ node }) => `node ${node}`), selected];
    if (!stops.includes(own.stop) && !own.stop.includes("ratchet")) own.stop = selected || `node ${leafCount - 1}`;
    const { shapes, height } = draw(frame, { layout: now, width: own.width, stop: stopIn(now, selected) });
    attribute(canvas, "width", String(own.width));
    attribute(canvas, "height", String(height));
    attribute(canvas, "viewBox", `0 0 ${own.width} ${height}`);
    mount(canvas, shapes);
    controls.show({ viewers: view.viewers, viewer: viewer.id, step, steps: view.steps, epoch, before, after, table: own.table, help: own.help });
    offerChoices(frame);
    key.show(shapes);
    const said = frame.message >= 0 ? messageSentence(frame, now.left) : sentence(frame, now.left);
    if (words.textContent !== said) words.textContent = said;
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame, now) } : null);
    showSide(frame, said);
  }

  /** The one tab stop: the selected item if it is drawn, else the root. @param {import("./geometry.js").Layout} now @param {string} selected */
  function stopIn(now, selected) {
    const isDrawn = !selected.startsWith("node") ? selected !== "" : now.spots.some(({ node }) => `node ${node}` === selected);
    return isDrawn ? selected : `node ${now.spots[0].isFolded ? now.spots[1].node : now.isWhole ? frameNow().leafCount - 1 : now.spots[0].node}`;
  }

  /** @param {import("./frame.js").Frame} frame */
  function offerChoices(frame) {
    const { view, epoch, step } = frame;
    const sent = view.messages.flatMap((each, index) => (each.step <= step ? [[index, messageWords(frame, index)]] : []));
    const people = Object.keys(view.epochs[epoch].members).map((leaf) => [leaf, `${leafName(frame, Number(leaf))}, leaf ${leaf}`]);
    offer(messages, [[-1, "none"], ...sent], frame.message);
    offer(leaves, people, frame.leaf);
  }

  /** @param {import("./frame.js").Frame} frame @param {string} said */
  function showSide(frame, said) {
    const { selected, epoch, leaf, viewer, step } = frame;
    if (own.help) {
      const all = [said, "encryption secret", "secret tree", "ratchet", "epoch secret"];
      side.show(JSON.stringify(all), "Marks and keys", () => helpList(MARKS, KEYS, all));
      return;
    }
    const content = selected ? JSON.stringify([selected, epoch, leaf, viewer, step, frame.message, own.revealed]) : "";
    const title = selected.startsWith("node") ? upperFirst(nodeName(frame, Number(selected.slice(5)))) : upperFirst(selected.replace(" ", " key "));
    side.show(content, title, () =>
      detailsOf(frame, selected, {
        isRevealed: own.revealed === selected,
        reveal: () => change({ revealed: selected }),
        choose: (chosen) => tell({ leaf: chosen, message: -1, selected: `node ${2 * chosen}` }),
        pick,
      }));
  }

  /** @param {Event} event */
  function itemUnder(event) {
    return /** @type {Element} */ (event.target).closest("[data-item]")?.getAttribute("data-item") ?? "";
  }

  /** @param {string} item */
  function focus(item) {
    const element = /** @type {SVGElement | null} */ (canvas.querySelector(`[data-item="${item}"]`));
    element?.focus({ preventScroll: true });
    element?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const item = itemUnder(event);
    if (!item) return;
    if (item === model.get("selected")) select("");
    else take(item);
    focus(item);
  }

  /** Select an item; a leaf shows its ratchets. @param {string} item */
  function take(item) {
    const node = item.startsWith("node") ? Number(item.slice(5)) : -1;
    const isLeaf = node >= 0 && leavesBelow(node)[1] === 1;
    if (isLeaf && layoutOf(frameNow()).isWhole) tell({ leaf: node / 2, message: frameNow().leaf === node / 2 ? model.get("message") : -1 });
    select(item);
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const here = itemUnder(event);
    if (!here || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Enter" || event.key === " ") {
      if (here === model.get("selected")) change({ revealed: here });
      else take(here);
    } else if (/^(Arrow|Home|End)/.test(event.key)) {
      const next = nextItem(here, event.key);
      take(next);
      // the ratchets of another leaf are drawn first
      queueMicrotask(() => focus(next));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** From the lowest node the way goes on to the ratchets. @param {string} here @param {string} key */
  function nextItem(here, key) {
    const frame = frameNow();
    const now = layoutOf(frame);
    const [kind, number] = here.split(" ");
    const names = frame.ratchets.map(({ name }) => /** @type {string} */ (name));
    if (kind === "node") {
      const next = neighbour(now, Number(number), key);
      const isLow = key === "ArrowDown" && next === Number(number);
      return isLow ? `${names[0]} ${firstCell(names[0])}` : `node ${next}`;
    }
    const row = names.indexOf(kind);
    if (key === "ArrowUp") return row ? cellIn(names[row - 1], number) : `node ${2 * frame.leaf}`;
    if (key === "ArrowDown") return row + 1 < names.length ? cellIn(names[row + 1], number) : here;
    return `${kind} ${beside(kind, Number(number), key)}`;
  }

  /** The generations of a ratchet that are drawn. @param {string} name */
  function drawn(name) {
    return [...canvas.querySelectorAll(`[data-item^="${name} "]`)].map((each) => Number(each.getAttribute("data-item")?.split(" ")[1]));
  }

  /** @param {string} name */
  function firstCell(name) {
    const ratchet = frameNow().ratchets.find((each) => each.name === name);
    return ratchet?.generation !== null && drawn(name).includes(ratchet?.generation ?? 0) ? (ratchet?.generation ?? 0) : drawn(name)[0];
  }

  /** @param {string} name @param {string} number */
  function cellIn(name, number) {
    return drawn(name).includes(Number(number)) ? `${name} ${number}` : `${name} ${firstCell(name)}`;
  }

  /** @param {string} name @param {number} number @param {string} key */
  function beside(name, number, key) {
    const all = drawn(name);
    const to = { ArrowLeft: number - 1, ArrowRight: number + 1, Home: all[0], End: all[all.length - 1] }[key] ?? number;
    return all.includes(to) ? to : number;
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    pressed(event, { ...controls.keys, Escape: close });
  }

  return open(root, viewport, (width) => change({ width }));
}

/** @type {[string, string][]} */
const KEYS = [
  ["↑ ↓", "to the node above or below; from a leaf to its ratchets"],
  ["← →", "sideways: to a sibling, to another generation"],
  ["Home End", "to the first and the last"],
  ["Enter", "select, then show the value if the viewer has it"],
  ...STEP_KEYS,
  ["Esc", "close, and select nothing"],
];

export default announced(render);
