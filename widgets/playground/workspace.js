/**
 * What the pictures of one world share: the step, the viewer, the chosen member and the leaks. Each picture has a model
 * of its own in the page; the shared values go from one model to the others at once, without Python.
 */
import { localModel } from "../shared/local_model.js";
import { readable } from "../shared/live.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./view.d.ts").PlaygroundView} View */
/** @typedef {"tree" | "matrix" | "lifetimes" | "server" | "room" | "schedule"} Name */

const FORMAT = "mls-workbench/playground-view";
const VERSION = 1;
/** How long a step has to be shown until Python hears of it, in milliseconds: a playing picture passes many. */
const SETTLED = 250;

/** @param {Model} model the model that Python sees: view, opened, step, viewer, member, leaks */
export function workspace(model) {
  let view = opened();
  const shared = localModel({
    step: model.get("opened").step,
    viewer: model.get("viewer"),
    member: model.get("member"),
    leaks: model.get("leaks"),
  });
  const step = shared.get("step");
  /** @type {Record<Name, Model>} */
  const pictures = {
    tree: localModel({
      ...{ view: view.tree, step, beat: -1, viewer: shared.get("viewer"), speed: 1 },
      ...{ playing: false, selected: -1, node_indices: false },
    }),
    matrix: localModel({ view: view.lifetimes.security, step, leaks: shared.get("leaks"), selected: {} }),
    lifetimes: localModel({ view: view.lifetimes, device: deviceOf(view, shared.get("member")), step, leaks: [], opened: null }),
    server: localModel({ view: view.server, padding: 0, delay: 0 }),
    room: localModel({ view: view.room, step, message: -1, focus: -1, live: false, request: {}, answer: {} }),
    schedule: localModel({
      ...{ view: view.schedule, step, viewer: shared.get("viewer"), epoch: -1, selected: "", exports: model.get("exports") },
      ...{ live: model.get("can_act"), asked: { number: 0 }, answer: { number: 0, words: "" } },
    }),
  };
  const { tree, matrix, lifetimes, server, room, schedule } = pictures;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  for (const picture of [tree, matrix, lifetimes, room, schedule]) link(shared, "step", picture);
  for (const picture of [tree, schedule]) link(shared, "viewer", picture);
  link(shared, "leaks", matrix);
  for (const name of ["viewer", "member", "leaks"]) link(shared, name, model, () => model.save_changes());

  shared.on("change:viewer", () => {
    if (view.tree.members.some(({ id }) => id === shared.get("viewer"))) shared.set("member", shared.get("viewer"));
  });
  tree.on("change:selected", () => {
    const member = memberAt(view, shared.get("step"), tree.get("selected"));
    if (member) shared.set("member", member);
  });
  matrix.on("change:selected", () => {
    const { epoch = -1, member } = matrix.get("selected");
    if (member) shared.set("member", member);
    model.set("epoch", epoch);
    model.save_changes();
  });
  lifetimes.on("change:device", () => shared.set("member", lifetimes.get("device")));
  shared.on("change:member", follow);
  shared.on("change:step", () => {
    clearTimeout(timer);
    timer = setTimeout(tellStep, SETTLED);
  });
  shared.on("change:step", () => schedule.set("epoch", -1));
  model.on("change:exports", showExports);
  model.on("change:view", renew);
  model.on("change:opened", reopen);

  /** A panel that is open shows the chosen member; a closed panel stays closed. */
  function follow() {
    const member = shared.get("member");
    lifetimes.set("device", deviceOf(view, member));
    const { epoch, member: shown } = matrix.get("selected");
    if (shown && shown !== member) matrix.set("selected", { epoch, member });
    const node = tree.get("selected");
    if (node < 0 || memberAt(view, shared.get("step"), node) === member) return;
    const leaf = nodeOf(view, shared.get("step"), member);
    if (leaf >= 0) tree.set("selected", leaf);
  }

  /** Let Python know which step is shown. */
  function tellStep() {
    clearTimeout(timer);
    model.set("step", shared.get("step"));
    model.save_changes();
  }

  function opened() {
    return /** @type {View} */ (readable(model.get("view"), FORMAT, VERSION));
  }

  /** Python has performed an action: the tree plays what is new. Or it has opened another history (`reopen`). */
  function renew() {
    const before = view.tree.steps.length;
    view = opened();
    const hasGrown = view.tree.steps.length > before;
    if (hasGrown) tree.set("playing", false);
    tree.set("view", view.tree);
    matrix.set("view", view.lifetimes.security);
    lifetimes.set("view", view.lifetimes);
    server.set("view", view.server);
    room.set("view", view.room);
    schedule.set("view", view.schedule);
    if (hasGrown) tree.set("playing", true);
  }

  function showExports() {
    schedule.set("exports", model.get("exports"));
  }

  function reopen() {
    tree.set("playing", false);
    tree.set("beat", -1);
    tree.set("selected", -1);
    matrix.set("selected", {});
    shared.set("viewer", model.get("viewer"));
    shared.set("member", model.get("member"));
    lifetimes.set("device", deviceOf(view, model.get("member")));
    shared.set("step", model.get("opened").step);
  }

  return {
    shared,
    pictures,
    view: () => view,
    tellStep,
    stop() {
      clearTimeout(timer);
      model.off("change:exports", showExports);
      model.off("change:view", renew);
      model.off("change:opened", reopen);
    },
  };
}

/**
 * Keep a value of two models equal.
 * @param {Model} one @param {string} name @param {Model} other @param {() => void} [told] after the other has changed
 */
function link(one, name, other, told = () => {}) {
  one.on(`change:${name}`, () => {
    if (other.get(name) === one.get(name)) return;
    other.set(name, one.get(name));
    told();
  });
  other.on(`change:${name}`, () => one.set(name, other.get(name)));
}

/** The device whose secrets are shown: that of the member, or the first. @param {View} view @param {string} member */
function deviceOf(view, member) {
  const { devices } = view.lifetimes;
  return Object.hasOwn(devices, member) ? member : Object.keys(devices)[0];
}

/** The members after a step by the node of their leaf. @param {View} view @param {number} step @returns {Map<number, string>} */
export function leavesAt({ tree }, step) {
  const leaves = new Map();
  /** @param {Record<string, import("../ratchet_tree/view.d.ts").NodeView>} nodes */
  const add = (nodes) => {
    for (const [node, value] of Object.entries(nodes)) if (value.kind === "leaf") leaves.set(Number(node), value.member);
  };
  add(tree.keyframe.nodes);
  for (const { blank, set } of tree.steps.slice(0, step + 1)) {
    for (const node of blank) leaves.delete(node);
    add(set);
  }
  return leaves;
}

/** The member at a node after a step; empty if the node is blank or no leaf. @param {View} view @param {number} step @param {number} node */
function memberAt(view, step, node) {
  return leavesAt(view, step).get(node) ?? "";
}

/** The node of a member after a step, or -1. @param {View} view @param {number} step @param {string} member */
function nodeOf(view, step, member) {
  return [...leavesAt(view, step)].find(([, name]) => name === member)?.[0] ?? -1;
}
