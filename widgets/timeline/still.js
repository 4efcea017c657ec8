/** The still picture of a timeline. */
import { frameOf } from "./frame.js";
import { draw, extent } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {{view: import("./view.d.ts").TimelineView, step: number, viewer: string, member: string, message: number, branch: number}} Traits */

/** @param {Traits} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, ...place }, style) {
  const frame = frameOf(view, place);
  const size = { width: STILL_WIDTH };
  const { width, height } = extent(frame, size);
  return {
    label: pictureLabel(frame),
    sentence: sentence(frame),
    picture: image({ width, height, name: "mls-timeline" }, style, draw(frame, size)),
    words: table("The timeline as a table", HEADS, tableRows(frame)),
  };
}
