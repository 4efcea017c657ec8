/** The line between controls and picture: the epoch, the step, and the zoom. */
import { html, icon, svg } from "../shared/dom.js";
import { zoomButtons } from "./tree_tools.js";
import { padlockOf, stepTitle } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */

/** @param {{group: () => void, zoom: (factor?: number) => void}} does */
export function statusBar(does) {
  const dial = svg(
    "svg",
    { class: "mls-dial", viewBox: "-10 -10 20 20", "aria-hidden": "true" },
    svg("circle", { r: 8 }),
    svg("g", {}, svg("path", { d: "M0-8V-3M6.9 4 2.6 1.5M-6.9 4-2.6 1.5" })),
  );
  const hand = /** @type {SVGGElement} */ (dial.lastElementChild);
  const number = html("span", { class: "mls-number" });
  const check = html("span", { class: "mls-check", hidden: true, title: "The confirmation tag agrees" }, icon("check"));
  const epoch = html(
    "button",
    { type: "button", class: "mls-epoch", title: "Values of the group", click: does.group },
    dial,
    html("span", {}, "epoch "),
    number,
    check,
  );
  const padlock = html("span", { class: "mls-padlock", hidden: true });
  const title = html("span", { class: "mls-title" });
  const zoom = zoomButtons(does.zoom);
  const bar = html("div", { class: "mls-head" }, epoch, padlock, title, zoom);

  /** What is marked now, for the key. @type {import("../shared/shapes.js").Shape[]} */
  let marks = [];

  /**
   * @param {import("./view.d.ts").RatchetTreeView} view @param {Frame} frame
   * @param {boolean} isOpen whether the group's values are open
   */
  function show(view, frame, isOpen) {
    const { beats } = view.steps[frame.step];
    const isTurning = frame.beat >= 0 && beats[frame.beat].kind === "schedule";
    const confirmed = beats.findIndex(({ kind }) => kind === "confirm");
    const key = view.steps[frame.step].secrets?.find(({ name }) => name === "confirmation_key");
    const knows = confirmed >= 0 && frame.seen && (key?.known_to.includes(frame.viewer.id) ?? false);
    epoch.hidden = view.alone ?? false;
    number.textContent = String(frame.epoch);
    hand.style.transform = `rotate(${frame.epoch * 60 + (isTurning ? 40 : 0)}deg)`;
    check.hidden = !(knows && (frame.beat < 0 || frame.beat >= confirmed));
    const now = padlockOf(view, frame);
    showPadlock(now);
    marks = [check, padlock].filter(({ hidden }) => !hidden).map((one) => ["span", { class: one.className }]);
    title.textContent = stepTitle(view, frame);
    epoch.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {import("./view.d.ts").PadlockView | null} now */
  function showPadlock(now) {
    const state = now?.state ?? "closed";
    padlock.hidden = state === "closed";
    if (padlock.title === (now?.words ?? "")) return;
    padlock.title = now?.words ?? "";
    padlock.className = `mls-padlock is-${state}`;
    padlock.replaceChildren(icon(state === "healed" ? "locked" : "unlocked"), html("span", {}, now?.badge ?? ""));
  }

  /** @param {boolean} canZoom */
  function allowZoom(canZoom) {
    zoom.hidden = !canZoom;
  }

  return { bar, show, allowZoom, marks: () => marks };
}
