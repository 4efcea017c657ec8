/**
 * A room as a widget: the screens of all people side by side. The same module runs in JupyterLab (anywidget), in Panel
 * and in an exported page. So it uses only get, set, save_changes, on and off of the model.
 *
 * Traits: view, step (below 0: the newest), message (its index, -1 for none), focus (the screen that is shown alone, -1
 * for all), live (whether Python listens), request (what a button asks Python for), answer (what came of it).
 */
import { deviceList, messageDetails } from "./details.js";
import { frameOf } from "./frame.js";
import { MARKS } from "./key.js";
import { draw } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, iconButton, offer } from "../shared/dom.js";
import { helpList, keyLine } from "../shared/key.js";
import { askForBytes } from "../shared/inspect.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { mount } from "../shared/shapes.js";
import { panel } from "../shared/side_details.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./view.d.ts").RoomView} View */

const FORMAT = "mls-workbench/room-view";
const VERSION = 1;
const TRAITS = ["view", "step", "message", "focus", "live", "answer"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { open, soon, tell } = live({ model, el }, TRAITS, update, {
    step: { trait: "step", read: () => frameNow().step },
    message: {
      trait: "message",
      read: () => viewOf().messages[model.get("message")]?.step ?? -1,
      write: (step) => ({ message: viewOf().messages.findIndex((message) => message.step === step) }),
    },
  });
  /** What belongs to this view alone: the screen whose devices are listed, who tries, and whether it has tried. */
  const own = { table: false, help: false, review: -1, who: 0, tried: false, requests: 0 };

  const canvas = html("div", { class: "mls-screens" });
  const back = iconButton("step-back", "Step back", () => move(-1));
  const on = iconButton("step-on", "Step on", () => move(1));
  const scrub = html("input", { type: "range", class: "mls-scrub", min: 0, "aria-label": "Step", input: () => tell({ step: Number(scrub.value) }) });
  const focus = html("select", { class: "mls-select", "aria-label": "Show", change: () => tell({ focus: Number(focus.value) }) });
  const tableButton = iconButton("table", "Show as a table", switchTable);
  const helpButton = iconButton("help", "Help", switchHelp);
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    html("label", { class: "mls-viewer" }, html("span", {}, "Show"), focus),
    html("span", { class: "mls-steps-bar" }, back, scrub, on),
    html("span", { class: "mls-buttons mls-at-end" }, tableButton, helpButton),
  );
  const viewport = html("div", { class: "mls-viewport", tabindex: 0, role: "group", "aria-label": "Screens", click: clicked, keydown: walk }, canvas);
  const side = panel(close);
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const key = keyLine(MARKS);
  const table = dataTable("The messages of the room as a table");
  const root = html(
    "div",
    { class: "mls mls-room mls-chat-room", ...OWN_KEYS, keydown: press },
    bar,
    html("div", { class: "mls-body" }, viewport, side.element),
    words,
    key.element,
    table.region,
  );
  let newest = -1;

  /** @returns {View} */
  function viewOf() {
    return readable(model.get("view"), FORMAT, VERSION);
  }

  function frameNow() {
    const view = viewOf();
    return frameOf(view, { step: model.get("step"), message: model.get("message"), focus: model.get("focus"), live: model.get("live") });
  }

  function update() {
    const frame = frameNow();
    const { view } = frame;
    canvas.className = `mls-screens is-${frame.density}`;
    const shapes = draw(frame);
    mount(canvas, shapes);
    if (frame.step !== newest) showNewestLines();
    newest = frame.step;
    attribute(viewport, "aria-label", pictureLabel(frame));
    key.show(shapes);
    offer(focus, [[-1, "Everybody"], ...view.screens.map(({ name }, index) => [index, name])], model.get("focus"));
    scrub.max = String(view.steps.length - 1);
    scrub.value = String(frame.step);
    attribute(scrub, "aria-valuetext", `step ${frame.step + 1} of ${view.steps.length}: ${view.steps[frame.step] ?? ""}`);
    attribute(back, "aria-disabled", String(frame.step === 0));
    attribute(on, "aria-disabled", String(frame.isNewest));
    const said = model.get("answer")?.said || sentence(frame);
    if (words.textContent !== said) words.textContent = said;
    showSide(frame, said);
    helpButton.setAttribute("aria-pressed", String(own.help));
    tableButton.setAttribute("aria-pressed", String(own.table));
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame) } : null);
  }

  /** @param {import("./frame.js").Frame} frame @param {string} said */
  function showSide(frame, said) {
    const { view, message } = frame;
    if (own.help) {
      const told = canvas.innerText;
      side.show(`help ${said} ${told}`, "Marks and keys", () => helpList(MARKS, KEYS, [said, told]));
      return;
    }
    if (own.review in view.screens) {
      const screen = view.screens[own.review];
      side.show(`review ${own.review} ${JSON.stringify(screen.members)} ${frame.live}`, `Devices on the screen of ${screen.name}`, () =>
        deviceList(frame, own.review, (act, leaf) => ask({ kind: "act", screen: own.review, act, leaf })));
      return;
    }
    if (message < 0) {
      side.show("", "", () => html("div"));
      return;
    }
    const asked = model.get("answer");
    const fresh = asked?.trial && asked.message === message && asked.who === own.who ? asked.trial : null;
    const trial = own.tried ? (fresh ?? recordedTrial(view.messages[message], own.who)) : null;
    side.show(`message ${message} ${own.who} ${JSON.stringify(trial)} ${view.steps.length}`, "Who can read it?", () =>
      messageDetails(frame, { who: own.who, trial, choose: (who) => { own.who = who; own.tried = false; soon(); }, attempt, bytes: model.get("workspace") ? () => askForBytes(root, view.messages[message].step) : null }));
  }

  /** @param {import("./view.d.ts").RoomMessageView} message @param {number} who */
  function recordedTrial({ outcomes, trials }, who) {
    return outcomes[trials[who]];
  }

  /** Try with the chosen message: Python tries anew if it listens, else this is the attempt that was recorded. */
  function attempt() {
    own.tried = true;
    if (model.get("live")) ask({ kind: "try", message: model.get("message"), who: own.who });
    soon();
  }

  /** @param {Record<string, unknown>} request */
  function ask(request) {
    own.requests += 1;
    tell({ request: { ...request, number: own.requests } });
  }

  /** @param {MouseEvent} event */
  function clicked(event) {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button || button.getAttribute("aria-disabled") === "true") return;
    const screen = Number(button.closest("[data-screen]")?.getAttribute("data-screen"));
    const { message, act, leaf } = button.dataset;
    if (message !== undefined) choose(Number(message));
    else if (act === "focus" || act === "review") list(screen);
    else if (act) ask({ kind: "act", screen, act, leaf: leaf === undefined ? null : Number(leaf) });
  }

  /** @param {number} message */
  function choose(message) {
    own.help = false;
    own.review = -1;
    own.tried = false;
    forget();
    tell({ message: model.get("message") === message ? -1 : message });
  }

  /** @param {number} screen */
  function list(screen) {
    own.review = own.review === screen ? -1 : screen;
    forget();
    soon();
  }

  function close() {
    own.review = -1;
    own.help = false;
    forget();
    tell({ message: -1 });
  }

  /** What Python has answered is about what was chosen before. */
  function forget() {
    if (model.get("answer")?.said) tell({ answer: {} });
  }

  /** @param {number} by */
  function move(by) {
    const { step, view } = frameNow();
    tell({ step: Math.max(0, Math.min(view.steps.length - 1, step + by)) });
  }

  function switchTable() {
    own.table = !own.table;
    soon();
  }

  function switchHelp() {
    own.help = !own.help;
    soon();
  }

  function showNewestLines() {
    for (const lines of canvas.querySelectorAll(".mls-lines")) lines.scrollTop = lines.scrollHeight;
  }

  /** The arrow keys go from message to message, and from screen to screen. @param {KeyboardEvent} event */
  function walk(event) {
    const from = /** @type {HTMLElement} */ (event.target).closest(".mls-screen");
    if (!from) return;
    const screens = [...canvas.querySelectorAll(".mls-screen")];
    const bubbles = [...from.querySelectorAll(".mls-bubble")];
    const at = bubbles.indexOf(/** @type {HTMLElement} */ (event.target));
    /** @param {number} by */
    const beside = (by) => {
      const other = screens[screens.indexOf(from) + by];
      const same = bubbles[at]?.getAttribute("data-message");
      return other?.querySelector(same ? `.mls-bubble[data-message="${same}"]` : ".mls-owner") ?? other?.querySelector(".mls-owner");
    };
    const goals = /** @type {Record<string, () => Element | null | undefined>} */ ({
      ArrowUp: () => bubbles[at < 0 ? bubbles.length - 1 : at - 1],
      ArrowDown: () => bubbles[at + 1],
      ArrowLeft: () => beside(-1),
      ArrowRight: () => beside(1),
    });
    pressed(event, Object.fromEntries(Object.entries(goals).map(([name, goal]) => [name, () => /** @type {HTMLElement | null | undefined} */ (goal())?.focus()])));
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    pressed(event, { t: switchTable, "?": switchHelp, Escape: close });
  }

  return open(root);
}

/** @type {[string, string][]} */
const KEYS = [
  ["↑ ↓", "to the message above or below on a screen"],
  ["← →", "to the screen beside, and the same message on it"],
  ["Enter", "choose a message: who can read it?"],
  ["t", "the table"],
  ["?", "this help"],
  ["Esc", "close"],
];

export default announced(render);
