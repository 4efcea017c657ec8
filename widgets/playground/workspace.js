/**
 * The workspace of a playground: its pictures, each with a model of its own in the page, and what they share. The shared
 * values go from picture to picture at once; Python hears of the step when it rests.
 */
import { localModel } from "../shared/local_model.js";
import { readable } from "../shared/live.js";
import { join } from "../shared/workspace.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./view.d.ts").PlaygroundView} View */
/** @typedef {"tree" | "timeline" | "matrix" | "lifetimes" | "server" | "room" | "schedule" | "secrets" | "wire" | "diff"} Name */

const FORMAT = "mls-workbench/playground-view";
const VERSION = 1;
/** How long a step has to be shown until Python hears of it, in milliseconds: a playing picture passes many. */
const SETTLED = 250;

/** @param {Model} model the model that Python sees: view, opened, step, viewer, member, leaks */
export function workspace(model) {
  let view = opened();
  /** What Python has compared. A compromise has nothing of this. */
  const compared = () => model.get("compared") ?? {};
  const place = new EventTarget();
  const shared = localModel({
    step: model.get("opened").step,
    viewer: model.get("viewer"),
    member: model.get("member"),
    leaks: model.get("leaks"),
    message: -1,
  });
  const leave = join(shared, place, Object.fromEntries(["step", "viewer", "member", "leaks", "message"].map((name) => [name, { trait: name }])));
  const first = { workspace: place, step: shared.get("step") };
  /** @type {Record<Name, Model>} */
  const pictures = {
    tree: localModel({
      ...{ ...first, view: view.tree, beat: -1, viewer: shared.get("viewer"), speed: 1 },
      ...{ playing: false, selected: -1, node_indices: false, message: -1 },
    }),
    timeline: localModel({ ...first, view: view.timeline, viewer: "", member: "", message: -1, branch: 0, compares: model.get("can_act") }),
    matrix: localModel({ ...first, view: view.lifetimes.security, leaks: shared.get("leaks"), selected: {} }),
    lifetimes: localModel({ ...first, view: view.lifetimes, device: Object.keys(view.lifetimes.devices)[0], leaks: [], opened: null }),
    server: localModel({ ...first, view: view.server, padding: 0, delay: 0 }),
    room: localModel({ ...first, view: view.room, message: -1, focus: -1, live: false, request: {}, answer: {} }),
    schedule: localModel({
      ...{ ...first, view: view.schedule, viewer: shared.get("viewer"), epoch: -1, selected: "", exports: model.get("exports") },
      ...{ live: model.get("can_act"), asked: { number: 0 }, answer: { number: 0, words: "" } },
    }),
    secrets: localModel({ ...first, view: view.secrets, viewer: shared.get("viewer"), epoch: -1, message: -1, leaf: -1, selected: "" }),
    wire: localModel({
      ...{ ...first, view: view.wire, message: view.wire.messages[0]?.id ?? "", viewer: shared.get("viewer"), selected: -1 },
      ...{ shown: model.get("inspected"), others: model.get("inspections"), live: model.get("can_act"), answer: { number: 0, words: "" } },
    }),
    diff: localModel({ ...first, ...sidesOf(compared()), view: compared(), viewer: "", selected: "", member: "", message: -1 }),
  };
  const { tree, timeline, matrix, lifetimes, server, room, schedule, secrets, wire, diff } = pictures;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;

  for (const name of ["viewer", "member", "leaks"]) link(shared, name, model);
  shared.on("change:viewer", () => {
    if (view.tree.members.some(({ id }) => id === shared.get("viewer"))) shared.set("member", shared.get("viewer"));
  });
  matrix.on("change:selected", () => {
    model.set("epoch", matrix.get("selected").epoch ?? -1);
    model.save_changes();
  });
  shared.on("change:step", () => {
    clearTimeout(timer);
    timer = setTimeout(tellStep, SETTLED);
  });
  model.on("change:exports", showExports);
  model.on("change:inspected", showBytes);
  model.on("change:compared", showCompared);
  model.on("change:view", renew);
  model.on("change:opened", reopen);

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
    timeline.set("branch", 0);
    timeline.set("view", view.timeline);
    matrix.set("view", view.lifetimes.security);
    lifetimes.set("view", view.lifetimes);
    server.set("view", view.server);
    room.set("view", view.room);
    schedule.set("view", view.schedule);
    secrets.set("view", view.secrets);
    wire.set("view", view.wire);
    if (hasGrown) tree.set("playing", true);
  }

  function showExports() {
    schedule.set("exports", model.get("exports"));
  }

  function showBytes() {
    wire.set("shown", model.get("inspected"));
  }

  /** Python has compared the history with its branches, or its members with each other. */
  function showCompared() {
    const found = compared();
    if (!found.lines) return;
    const isOther = found.lines.length !== diff.get("view").lines?.length;
    if (isOther) for (const [name, value] of Object.entries(sidesOf(found))) diff.set(name, value);
    diff.set("view", found);
  }

  function reopen() {
    tree.set("playing", false);
    tree.set("beat", -1);
    tree.set("selected", -1);
    matrix.set("selected", {});
    shared.set("viewer", model.get("viewer"));
    shared.set("member", model.get("member"));
    shared.set("step", model.get("opened").step);
  }

  return {
    shared,
    pictures,
    view: () => view,
    tellStep,
    stop() {
      clearTimeout(timer);
      leave();
      model.off("change:exports", showExports);
      model.off("change:inspected", showBytes);
      model.off("change:compared", showCompared);
      model.off("change:view", renew);
      model.off("change:opened", reopen);
    },
  };
}

/**
 * The two sides that are compared first: a history and its newest branch, or the first two members of a history without branches.
 * @param {Partial<import("../group_diff/view.d.ts").GroupDiffView>} compared
 */
function sidesOf({ lines = [], members = [] }) {
  const branch = lines.length - 1;
  const [first, second] = branch > 0 ? ["", ""] : [members[0]?.id ?? "", members[1]?.id ?? ""];
  return { first, second, first_line: 0, second_line: Math.max(0, branch), other_step: branch > 0 ? lines[branch].steps.length - 1 : -1 };
}

/** Keep a value of the pictures and of Python's model equal. @param {Model} shared @param {string} name @param {Model} model */
function link(shared, name, model) {
  shared.on(`change:${name}`, () => {
    if (model.get(name) === shared.get(name)) return;
    model.set(name, shared.get(name));
    model.save_changes();
  });
  model.on(`change:${name}`, () => shared.set(name, model.get(name)));
}
