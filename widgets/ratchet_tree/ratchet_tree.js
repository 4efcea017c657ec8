/**
 * The ratchet tree as a widget. The same module runs in JupyterLab (anywidget), in Panel and in an exported page. So it
 * uses only get, set, save_changes, on and off of the model, and reads values with model.get.
 *
 * Traits: view, step, beat (-1: the step is over), viewer, speed, playing, selected (a node index, or -1), node_indices
 * (whether leaves show theirs), beside (the viewer of the tree beside this one, whose differences are marked), values (those of the selected node, if the view is lean).
 */
import { announced } from "../shared/notebook_output.js";
import { details } from "./details.js";
import { OWN_KEYS, html } from "../shared/dom.js";
import { keyLine } from "../shared/key.js";
import { MARKS } from "./key.js";
import { askForBytes } from "../shared/inspect.js";
import { live, pressed, readable } from "../shared/live.js";
import { frameAt, timeline, witness } from "./frame.js";
import { statusBar } from "./status_bar.js";
import { backward, durations, onward, stay } from "./playback_timing.js";
import { finder } from "./find.js";
import { viewportOfAnySize } from "./any_viewport.js";
import { toolbar } from "./toolbar.js";
import { foldButton } from "./tree_tools.js";
import { dataTable } from "../shared/data_table.js";
import { viewerAmong } from "../shared/workspace.js";
import { pictureLabel, sentence, treeTable } from "./words.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./playback_timing.js").Place} Place */

const FORMAT = "mls-workbench/ratchet-tree-view";
const VERSION = 1;
/** If a new step comes within this time in milliseconds after another, the steps are not played one by one. */
const HURRY = 1500;
const TRAITS = ["view", "step", "beat", "viewer", "speed", "playing", "selected", "node_indices", "beside", "values"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  let time = opened(model.get("view"));
  const { begin, soon, tell, stop } = live({ model, el }, TRAITS, update, {
    step: { trait: "step", write: (step) => ({ step, beat: -1, playing: false }) },
    beat: { trait: "beat" },
    node: { trait: "selected" },
    speed: { trait: "speed" },
    viewer: viewerAmong(() => time.view.viewers),
    message: { trait: "message", read: () => model.get("message") ?? undefined },
    member: { trait: "selected", read: () => selectedMember() || undefined, write: follow },
  });
  /** What only this view knows. @type {{panel: "" | "group" | "help", table: boolean}} */
  const own = { panel: "", table: false };
  /** @type {import("./frame.js").Frame | null} */
  let drawn = null;
  let paced = "";
  /** The times at which Python added steps to the view. */
  let added = -HURRY;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  const key = keyLine(MARKS);
  /** Another object when the picture shows something else. */
  let subject = {};
  const viewport = viewportOfAnySize({
    choose: select,
    arranged: (canZoom) => head.allowZoom(canZoom),
    painted: (shapes) => key.show([...shapes, ...head.marks()], subject),
  });
  const controls = toolbar({
    look: (viewer) => tell({ viewer }),
    step: (by) => go({ step: here().step + (by > 0 && here().beat >= 0 ? 0 : by), beat: -1 }),
    beat: (by) => go((by > 0 ? onward : backward)(time.view.steps, here())),
    scrub: (step) => go({ step, beat: -1 }),
    play,
    setSpeed: (speed) => tell({ speed }),
    table: () => change({ table: !own.table }),
    help: () => change({ panel: own.panel === "help" ? "" : "help" }),
  });
  const head = statusBar({ group: () => change({ panel: own.panel === "group" ? "" : "group" }), zoom: (factor) => viewport.rescale(factor) });
  const find = finder((node, all) => viewport.jump(node, all));
  const fold = foldButton((node) => viewport.fold(node));
  find.element.append(fold.element);
  const side = details(close);
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const offer = html("button", { type: "button", class: "mls-offer", hidden: true, click: lookElsewhere });
  const bytes = html("button", { type: "button", class: "mls-offer", hidden: true, click: inspect }, "Inspect the bytes");
  const table = dataTable("The tree as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-ratchet-tree", ...OWN_KEYS, keydown: press },
    controls.bar,
    head.bar,
    find.element,
    html("div", { class: "mls-body" }, viewport.room, side.element),
    html("div", { class: "mls-told" }, words, bytes, offer),
    key.element,
    table.region,
  );

  /** Where the model is, within the bounds of the view. @returns {Place} */
  function here() {
    const step = Math.max(0, Math.min(time.last, model.get("step")));
    const beat = model.get("beat");
    return { step, beat: beat < time.view.steps[step].beats.length ? beat : -1 };
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** Go to a place that the reader chooses, and stop playing. @param {Place | null} place */
  function go(place) {
    if (place) tell({ step: Math.max(0, Math.min(time.last, place.step)), beat: place.beat, playing: false });
  }

  /** Continue to play. At the end, play the last step once more. */
  function play() {
    const place = here();
    const again = onward(time.view.steps, place) === null && time.view.steps[place.step].beats.length > 0;
    tell({ playing: !model.get("playing"), ...(again ? { beat: 0 } : {}) });
  }

  /** Ask for the bytes of the message of this step: the other pictures of the workspace show them. */
  function inspect() {
    const { step } = here();
    if (!model.get("workspace") || !hasMessage(step)) return;
    tell({ message: step });
    askForBytes(root, step);
  }

  /** @param {number} step */
  function hasMessage(step) {
    return time.view.steps[step].message !== null;
  }

  /** @param {number} node */
  function select(node) {
    change({ panel: "" });
    tell({ selected: node === model.get("selected") ? -1 : node });
  }

  function close() {
    change({ panel: "" });
    tell({ selected: -1 });
  }

  /** The member at the selected node; empty if none is. */
  function selectedMember() {
    const node = time.tree(here().step).nodes.get(model.get("selected"));
    return node?.kind === "leaf" ? node.member : "";
  }

  /** If a node's values are shown, show those of a member's leaf. @param {string} member */
  function follow(member) {
    if (model.get("selected") < 0 || selectedMember() === member) return undefined;
    const leaf = [...time.tree(here().step).nodes].find(([, node]) => node.kind === "leaf" && node.member === member);
    return leaf && { selected: leaf[0] };
  }

  /** Change to a viewer who can see what happened. */
  function lookElsewhere() {
    const other = drawn && witness(time.view, drawn);
    if (other) tell({ viewer: other.id });
    controls.focus();
  }

  function update() {
    const isNew = time.view !== model.get("view");
    const before = time.last;
    if (isNew) time = opened(model.get("view"));
    if (model.get("playing") && (isNew || drawn === null)) playNew(isNew ? before : null);
    const { view } = time;
    const place = here();
    const frame = frameAt(time, { ...place, viewer: model.get("viewer"), node_indices: model.get("node_indices"), beside: model.get("beside") });
    const pin = model.get("selected") < frame.marks.length ? model.get("selected") : -1;
    const hasMoved = drawn !== null && (drawn.step !== place.step || drawn.beat !== place.beat);
    const isNext = drawn !== null && hasMoved && isOneOn(drawn, place);
    const travel = isNext && place.beat >= 0 ? durations(view.steps[place.step], model.get("speed"))[place.beat] : 0;
    const isSame = drawn !== null && !hasMoved && drawn.viewer === frame.viewer;
    head.show(view, frame, own.panel === "group");
    find.show(frame);
    fold.show(pin);
    if (!isSame || isNew) subject = {};
    const scene = { frame, pin, leaves: frame.leafCount, tallest: time.tallest, label: pictureLabel(view, frame), actor: frame.seen ? view.steps[place.step].actor : null };
    viewport.show(scene, { slide: hasMoved, travel: isSame ? null : travel });
    const node = own.panel === "" ? pin : -1;
    controls.show(time, frame, {
      speed: model.get("speed"),
      playing: model.get("playing"),
      table: own.table,
      help: own.panel === "help",
    });
    side.show(time, frame, own.panel || (node >= 0 ? "node" : ""), node, model.get("values"));
    table.show(own.table ? treeTable(frame) : null);
    const said = sentence(view, frame);
    if (words.textContent !== said) words.textContent = said;
    words.classList.toggle("is-unknown", !frame.known);
    bytes.hidden = !model.get("workspace") || !hasMessage(place.step);
    const other = witness(view, frame);
    offer.hidden = other === null;
    if (other) offer.textContent = `See it as ${other.name}`;
    drawn = frame;
    keepPace(place);
  }

  /**
   * Steps that Python adds are played, from the step that was the last before. But the newest step is shown at once if
   * the reader wants no motion, or if a step comes before the one before it is over.
   * @param {number | null} before the last step of the view before; null if there was none
   */
  function playNew(before) {
    const now = performance.now();
    const isHurried = before !== null && (paced !== "" || now - added < HURRY);
    if (before !== null) added = now;
    if (calm.matches || isHurried) tell({ step: time.last, beat: -1, playing: false });
    else if (before !== null) {
      // The end of the last playback may still be on its way to Python, and would come back and stop this one. JupyterLab
      // drops what comes back if a newer value is on its way, so one is sent.
      model.set("playing", false);
      tell({ step: before, beat: -1, playing: true });
    }
  }

  /** @param {Place} from @param {Place} to */
  function isOneOn(from, to) {
    const next = from.step <= time.last ? onward(time.view.steps, from) : null;
    return next !== null && next.step === to.step && (next.beat === to.beat || to.beat < 0);
  }

  /** While playing, go to the next beat when the time of this beat is over. @param {Place} place */
  function keepPace(place) {
    const speed = model.get("speed");
    const pace = model.get("playing") ? `${place.step} ${place.beat} ${speed} ${time.last}` : "";
    if (pace === paced) return;
    paced = pace;
    clearTimeout(timer);
    if (!pace) return;
    timer = setTimeout(
      () => {
        const next = onward(time.view.steps, here());
        tell(next ? { ...next } : { playing: false });
      },
      stay(time.view.steps[place.step], place.beat, speed),
    );
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const isControl = /^(BUTTON|SELECT|A)$/.test(target.tagName);
    const { step } = here();
    /** @type {Record<string, () => void>} */
    const does = {
      "[": () => go({ step: step - 1, beat: -1 }),
      "]": () => go({ step: step + 1, beat: -1 }),
      ",": () => go(backward(time.view.steps, here())),
      ".": () => go(onward(time.view.steps, here())),
      "?": () => change({ panel: own.panel === "help" ? "" : "help" }),
      "+": () => viewport.rescale(2),
      "-": () => viewport.rescale(0.5),
      0: () => viewport.rescale(),
      Escape: close,
      ...(isControl ? {} : { " ": play }),
    };
    pressed(event, does);
  }

  root.classList.toggle("leads-to-bytes", Boolean(model.get("workspace")));
  viewport.room.addEventListener("click", (event) => {
    if (/** @type {Element} */ (event.target).closest(".mls-token:is(.is-envelope, .is-message)")) inspect();
  });
  // The picture is drawn before it is on the page, so that nothing moves when it appears there.
  begin();
  el.append(root);

  return () => {
    stop();
    clearTimeout(timer);
    viewport.stop();
    root.remove();
  };
}

/** @param {import("./view.d.ts").RatchetTreeView} view */
function opened(view) {
  return timeline(readable(view, FORMAT, VERSION));
}

export default announced(render);
