/** The still picture of two sides. */
import { frameOf } from "./frame.js";
import { draw } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {{view: import("./view.d.ts").GroupDiffView} & import("./frame.js").Place} Traits */

/** @param {Traits} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, ...place }, style) {
  const frame = frameOf(view, place);
  const { shapes, height } = draw(frame, { width: STILL_WIDTH });
  return {
    label: pictureLabel(frame),
    sentence: sentence(frame),
    picture: image({ width: STILL_WIDTH, height, name: "mls-group-diff" }, style, shapes),
    words: table("The two sides as a table", HEADS, tableRows(frame)),
  };
}
