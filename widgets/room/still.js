/** The still picture of a room. */
import { frameOf } from "./frame.js";
import { draw } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** How wide and high a screen is, by density. */
const SIZES = { full: { width: 232, height: 400 }, medium: { width: 232, height: 400 }, small: { width: 136, height: 150 } };
const GAP = 8;

/**
 * @param {{view: import("./view.d.ts").RoomView, step: number, message: number, focus: number}} traits @param {string} style
 * @returns {import("../shared/still.js").Still}
 */
export function still({ view, step, message, focus }, style) {
  const frame = frameOf(view, { step, message, focus, live: false });
  const { width, height } = SIZES[frame.density];
  const columns = Math.floor((STILL_WIDTH - GAP) / (width + GAP));
  const rows = Math.ceil(frame.screens.length / columns);
  const high = rows * (height + GAP) + GAP;
  /** @type {Shape} */
  const screens = ["div", { xmlns: "http://www.w3.org/1999/xhtml", class: `mls-screens is-still is-${frame.density}` }, draw(frame)];
  return {
    label: pictureLabel(frame),
    sentence: sentence(frame),
    picture: image({ width: STILL_WIDTH, height: high, name: "mls-chat-room" }, style, [["foreignObject", { width: STILL_WIDTH, height: high }, [screens]]]),
    words: table("The messages of the room as a table", HEADS, tableRows(frame)),
  };
}
