/**
 * A timeline as a widget: the story of a group, and the slider of all pictures in its workspace. The same module runs in
 * JupyterLab (anywidget), in Panel and in an exported page. So it uses only get, set, save_changes, on and off of the model.
 *
 * Traits: view, step, viewer ("": everything that was recorded), member (whose lane is chosen, or ""), message (the step
 * whose message is chosen, or -1), branch (the number of the branch that is shown), compares (whether the page can compare branches).
 */
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, offer, svg, uniqueName } from "../shared/dom.js";
import { askToCompare } from "../shared/inspect.js";
import { keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { mount } from "../shared/shapes.js";
import { panel } from "../shared/side_details.js";
import { stepBar } from "../shared/step_bar.js";
import { viewerAmong } from "../shared/workspace.js";
import { helpDetails, stepDetails } from "./details.js";
import { LANES, frameOf, line } from "./frame.js";
import { MARKS } from "./key.js";
import { NARROW, columnOf, draw, drawList, extent, stepAt } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./view.d.ts").TimelineView} View */

const FORMAT = "mls-workbench/timeline-view";
const VERSION = 1;
const TRAITS = ["view", "step", "viewer", "member", "message", "branch"];
const EVERYTHING = { id: "", name: "everything", kind: /** @type {const} */ ("observer") };

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  /** What only this view knows. @type {{table: boolean, panel: "step" | "help" | "", query: string, isOpen: boolean}} */
  const own = { table: false, panel: "step", query: "", isOpen: false };
  const { open, soon, tell } = live({ model, el }, TRAITS, update, {
    // The other pictures show the main line: the steps of another branch are none of theirs.
    step: { trait: "step", read: () => (model.get("branch") === 0 ? frameNow().step : undefined), write: (step) => ({ step, branch: 0 }) },
    viewer: { ...viewerAmong(() => viewOf().viewers), read: () => model.get("viewer") || undefined },
    member: { trait: "member", read: () => model.get("member") || undefined },
    message: { trait: "message" },
  });
  const prefix = uniqueName("mls-timeline");
  /** @type {{frame: import("./frame.js").Frame, width: number} | null} */
  let drawn = null;

  const controls = stepBar({
    look: (viewer) => tell({ viewer }),
    go,
    turn: (epoch) => go(firstOf(epoch)),
    table: () => change({ table: !own.table }),
    help: () => change({ panel: own.panel === "help" ? "step" : "help" }),
  });
  const branch = html("select", { class: "mls-select", "aria-label": "Branch", change: () => tell({ branch: Number(branch.value) }) });
  const branchLabel = html("label", { class: "mls-viewer", hidden: true }, html("span", {}, "Branch"), branch);
  const compare = html("button", { type: "button", class: "mls-toggle", hidden: true, click: () => askToCompare(root) }, "Compare these branches");
  const search = html("input", { type: "search", class: "mls-select mls-search", placeholder: "Search a member", "aria-label": "Search a member", input: () => change({ query: search.value }) });
  const unfold = html("button", { type: "button", class: "mls-toggle", click: () => change({ isOpen: !own.isOpen }) });
  const finder = html("div", { class: "mls-bar mls-finder", role: "group", "aria-label": "Members and branches" }, branchLabel, compare, search, unfold);
  const canvas = svg("svg", { class: "mls-picture", role: "group" });
  const rows = html("ol", { class: "mls-tl-list", role: "listbox", tabindex: 0, "aria-label": "Steps" });
  const viewport = html("div", { class: "mls-viewport", tabindex: 0, role: "group", click: clicked, keydown: walk, scroll: soon }, canvas, rows);
  const side = panel(() => change({ panel: "" }));
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const key = keyLine(MARKS);
  const table = dataTable("The timeline as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-timeline", ...OWN_KEYS, keydown: press },
    controls.bar,
    finder,
    html("div", { class: "mls-body" }, viewport, side.element),
    words,
    key.element,
    table.region,
  );

  /** @returns {View} */
  function viewOf() {
    return readable(model.get("view"), FORMAT, VERSION);
  }

  /** @param {string} viewer */
  function knows(viewer) {
    return viewOf().viewers.some(({ id }) => id === viewer);
  }

  function frameNow() {
    const [step, viewer, member, message, branch] = ["step", "viewer", "member", "message", "branch"].map((name) => model.get(name));
    return frameOf(viewOf(), { step, viewer, member, message, branch }, own);
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {number} step */
  function go(step) {
    const { last, view } = frameNow();
    tell({ step: Math.max(view.first, Math.min(last, step)) });
  }

  /** The first step of an epoch on the line. @param {number} epoch */
  function firstOf(epoch) {
    const { view, branch } = frameNow();
    return line(view, branch, "").find(({ step }) => step.epoch === epoch)?.number ?? 0;
  }

  function update() {
    const frame = frameNow();
    const { now } = frame;
    const width = viewport.clientWidth || 720;
    const isList = width < NARROW;
    attribute(canvas, "aria-label", pictureLabel(frame));
    canvas.classList.toggle("is-away", isList);
    rows.hidden = !isList;
    viewport.tabIndex = isList ? -1 : 0;
    attribute(viewport, "aria-label", `Steps and members. ${pictureLabel(frame)}`);
    const shapes = isList ? drawList(frame, prefix) : draw(frame, { width, scroll: viewport.scrollLeft });
    if (isList) {
      mount(canvas, []);
      mount(rows, shapes);
      attribute(rows, "aria-activedescendant", `${prefix}-${frame.step}`);
    } else {
      const room = extent(frame, { width });
      attribute(canvas, "width", String(room.width));
      attribute(canvas, "height", String(room.height));
      mount(rows, []);
      mount(canvas, shapes);
    }
    const isElsewhere = drawn === null || drawn.frame.step !== frame.step || drawn.width !== width;
    drawn = { frame, width };
    if (isElsewhere) showNow(frame, width, isList);
    key.show(shapes);
    showControls(frame, isList);
    const said = sentence(frame);
    if (words.textContent !== said) words.textContent = said;
    words.classList.toggle("is-unknown", !now.isKnown);
    if (own.panel === "help") side.show(`help ${said}`, "Help", () => helpDetails([said]));
    else side.show(own.panel && JSON.stringify([now, frame.branch]), `Step ${frame.step + 1}: ${now.isKnown ? now.step.title : "unknown"}`, () => stepDetails(frame));
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame) } : null);
  }

  /** @param {import("./frame.js").Frame} frame @param {boolean} isList */
  function showControls(frame, isList) {
    const { view, now } = frame;
    const steps = Array.from({ length: frame.last + 1 }, () => ({ title: now.isKnown ? now.step.title : `unknown to ${frame.viewer}` }));
    const epochs = line(view, frame.branch, "").map(({ step }) => step.epoch);
    controls.show({
      viewers: [EVERYTHING, ...view.viewers],
      viewer: knows(model.get("viewer")) ? model.get("viewer") : "",
      step: frame.step,
      steps,
      epoch: now.step.epoch,
      before: epochs.filter((epoch) => epoch < now.step.epoch).at(-1) ?? null,
      after: epochs.find((epoch) => epoch > now.step.epoch) ?? null,
      table: own.table,
      help: own.panel === "help",
    });
    branchLabel.hidden = view.branches.length < 2;
    compare.hidden = branchLabel.hidden || !model.get("compares");
    const names = view.branches.map(({ name }, index) => name || (index === 0 ? "the main line" : `branch ${index + 1}`));
    offer(branch, names.map((name, index) => [index, name]), frame.branch);
    const isFoldable = view.lanes.length > LANES.folded && !isList;
    search.hidden = !isFoldable;
    unfold.hidden = !isFoldable || own.query !== "";
    unfold.setAttribute("aria-pressed", String(own.isOpen));
    unfold.textContent = own.isOpen ? "Fold the lanes" : `Show ${Math.min(LANES.open, view.lanes.length)} lanes`;
    finder.hidden = branchLabel.hidden && search.hidden;
  }

  /** Bring the step that is shown into sight. @param {import("./frame.js").Frame} frame @param {number} width @param {boolean} isList */
  function showNow(frame, width, isList) {
    if (isList) {
      const row = /** @type {HTMLElement | null} */ (rows.querySelector(".is-now"));
      if (row) rows.scrollTop = row.offsetTop - rows.offsetTop - rows.clientHeight / 2 + row.clientHeight / 2;
      return;
    }
    const x = columnOf(frame, { width }, frame.step);
    if (x < viewport.scrollLeft + 150 || x > viewport.scrollLeft + width - 40) viewport.scrollLeft = x - width / 2;
  }

  /** @param {MouseEvent} event */
  function clicked(event) {
    const target = /** @type {Element} */ (event.target);
    const other = target.closest("[data-branch]")?.getAttribute("data-branch");
    const number = target.closest("[data-step]")?.getAttribute("data-step");
    const { left } = canvas.getBoundingClientRect();
    if (other) tell({ branch: Number(other) });
    else if (number) choose(Number(number));
    else {
      const member = target.closest("[data-member]")?.getAttribute("data-member");
      const step = drawn && stepAt(drawn.frame, { width: drawn.width }, event.clientX - left);
      if (member) tell({ member: model.get("member") === member ? "" : member });
      else if (step !== null) go(step);
    }
  }

  /** Go to a step; a step that sends a message chooses it for the other pictures. @param {number} number */
  function choose(number) {
    const { view, branch } = frameNow();
    const item = line(view, branch, model.get("viewer")).find((each) => each.number === number);
    go(number);
    if (item?.isKnown && item.step.sends) tell({ message: number });
  }

  /** @param {number} by */
  function walkLanes(by) {
    const { lanes } = frameNow();
    const at = lanes.findIndex(({ isChosen }) => isChosen);
    const next = lanes[Math.max(0, Math.min(lanes.length - 1, at + by))];
    if (next) tell({ member: next.lane.id });
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const { step, last, view } = frameNow();
    const isList = !rows.hidden;
    pressed(event, {
      ArrowLeft: () => go(step - 1),
      ArrowRight: () => go(step + 1),
      ArrowUp: () => (isList ? go(step - 1) : walkLanes(-1)),
      ArrowDown: () => (isList ? go(step + 1) : walkLanes(1)),
      Home: () => go(view.first),
      End: () => go(last),
      Enter: () => choose(step),
    });
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (/** @type {HTMLElement} */ (event.target).tagName === "INPUT" && /** @type {HTMLInputElement} */ (event.target).type === "search") return;
    pressed(event, {
      ...controls.keys,
      t: () => change({ table: !own.table }),
      "/": () => search.focus(),
      Escape: () => change({ panel: "" }),
    });
  }

  return open(root, viewport);
}

export default announced(render);
