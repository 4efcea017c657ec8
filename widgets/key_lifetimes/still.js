/** The still picture of lifetimes: names of rows on the left, and the line of the compromise. */
import { frameAt, openingOf } from "./frame.js";
import { scaleOf } from "./geometry.js";
import { draw, drawLine, drawNames, heightOf } from "./picture.js";
import { HEADS, instant, pictureLabel, tableRows, compromiseSentence } from "./compromise.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */

const NAMES = 160;

/**
 * @param {{view: View, device: string, step: number, leaks: string[], opened: string[] | null}} traits
 * @param {string} style @returns {import("../shared/still.js").Still}
 */
export function still({ view, device, step, leaks, opened }, style) {
  const frame = frameAt(openingOf(view), { device, step, leaks, opened });
  const { hue, rows, compromise } = frame;
  const size = { scale: scaleOf(view.security.steps.length, STILL_WIDTH - NAMES), name: "still" };
  const lives = [...draw(frame, size), drawLine(frame, size)];
  /** @type {import("../shared/shapes.js").Shape[]} */
  const shapes = [
    ["g", { class: "mls-names" }, drawNames(frame, NAMES)],
    ["g", { class: `mls-lives mls-hue-${hue}`, transform: `translate(${NAMES} 0)` }, lives],
  ];
  const room = { width: NAMES + size.scale.width, height: heightOf(rows), name: "mls-key-lifetimes" };
  return {
    label: `${pictureLabel(view, device)}, and a compromise ${instant(view, step)}`,
    sentence: compromiseSentence(view, compromise),
    picture: image(room, style, [["g", { class: "mls-plot" }, shapes]]),
    words: table("The lifetimes as a table", HEADS, tableRows(view, compromise)),
  };
}
