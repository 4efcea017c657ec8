/** The controls above the picture. */
import { html, icon, iconButton } from "../shared/dom.js";
import { backward } from "./playback_timing.js";
import { viewerFirst } from "../shared/words.js";
import { stepTitle } from "./words.js";

/** @typedef {import("./view.d.ts").RatchetTreeView} View */

const SPEEDS = [0.25, 0.5, 1, 2, 4];

/**
 * @typedef {object} Actions
 * @property {(viewer: string) => void} look
 * @property {(steps: number) => void} step
 * @property {(beats: number) => void} beat
 * @property {(step: number) => void} scrub
 * @property {() => void} play
 * @property {(speed: number) => void} setSpeed
 * @property {() => void} table
 * @property {() => void} help
 */

/** @param {Actions} does */
export function toolbar(does) {
  const viewer = html("select", {
    class: "mls-select",
    "aria-label": "Seen by",
    change: () => does.look(viewer.value),
  });
  const scrub = html("input", {
    type: "range",
    class: "mls-scrub",
    min: 0,
    "aria-label": "Step",
    input: () => does.scrub(Number(scrub.value)),
  });
  const speed = html(
    "select",
    { class: "mls-select", "aria-label": "Speed", change: () => does.setSpeed(Number(speed.value)) },
    ...SPEEDS.map((value) => html("option", { value }, `${value}×`)),
  );
  const play = iconButton("play", "Play", does.play);
  const table = iconButton("table", "Show as a table", does.table);
  const help = iconButton("help", "Help", does.help);
  const back = [
    iconButton("step-back", "One step back", () => does.step(-1)),
    iconButton("beat-back", "One part back", () => does.beat(-1)),
  ];
  const on = [
    iconButton("beat-on", "One part forward", () => does.beat(1)),
    iconButton("step-on", "One step forward", () => does.step(1)),
  ];
  const pips = html("span", { class: "mls-pips", "aria-hidden": "true" });
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    html("label", { class: "mls-viewer" }, html("span", {}, "Seen by"), viewer),
    html("span", { class: "mls-buttons" }, ...back, play, ...on),
    html("span", { class: "mls-track" }, scrub, pips),
    html("span", { class: "mls-buttons" }, speed, table, help),
  );

  /** @type {View | null} */
  let offered = null;
  let isPlaying = false;

  /** Offer the viewers and the steps of a view. @param {View} view */
  function offer(view) {
    offered = view;
    viewer.replaceChildren(...view.viewers.map((one) => html("option", { value: one.id }, viewerFirst(one))));
    scrub.max = String(view.steps.length - 1);
  }

  /**
   * @param {import("./frame.js").Timeline} time @param {import("./frame.js").Frame} frame
   * @param {{speed: number, playing: boolean, table: boolean, help: boolean}} now
   */
  function show({ view, last }, frame, now) {
    if (offered !== view) offer(view);
    const { step, beat } = frame;
    const { beats } = view.steps[step];
    viewer.value = frame.viewer.id;
    scrub.value = String(step);
    scrub.setAttribute("aria-valuetext", stepTitle(view, frame));
    speed.value = String(SPEEDS.find((value) => value >= now.speed) ?? SPEEDS[SPEEDS.length - 1]);
    if (now.playing !== isPlaying) {
      isPlaying = now.playing;
      play.replaceChildren(icon(isPlaying ? "pause" : "play"));
      play.title = isPlaying ? "Pause" : "Play";
      play.setAttribute("aria-label", play.title);
    }
    table.setAttribute("aria-pressed", String(now.table));
    help.setAttribute("aria-pressed", String(now.help));
    for (const button of back) disable(button, backward(view.steps, frame) === null);
    for (const button of on) disable(button, step === last && beat < 0);
    pips.replaceChildren(
      ...beats.map((_, index) =>
        html("span", { class: beat < 0 || index < beat ? "is-past" : index === beat ? "is-now" : "" }),
      ),
    );
  }

  return {
    bar,
    show,
    /** Move the keyboard's focus to the choice of the viewer. */
    focus: () => viewer.focus(),
  };
}

/** Switch a button off or on. A button that is off keeps the keyboard's focus. @param {HTMLButtonElement} button @param {boolean} isOff */
function disable(button, isOff) {
  button.setAttribute("aria-disabled", String(isOff));
}
