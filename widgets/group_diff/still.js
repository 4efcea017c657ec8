/** The still picture of two sides. */
import { frameOf } from "./frame.js";
import { draw } from "./picture.js";
import { stillTrees } from "./trees.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {{view: import("./view.d.ts").GroupDiffView} & import("./frame.js").Place} Traits */

/** @param {Traits} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, ...place }, style) {
  const frame = frameOf(view, place);
  const trees = stillTrees(frame, STILL_WIDTH);
  const rows = draw(frame, { width: STILL_WIDTH });
  /** @type {import("../shared/shapes.js").Shape[]} */
  const shapes = [...trees.shapes, ["g", { transform: `translate(0 ${trees.height})` }, rows.shapes]];
  return {
    label: pictureLabel(frame),
    sentence: [sentence(frame), trees.left].filter(Boolean).join(" "),
    picture: image({ width: STILL_WIDTH, height: trees.height + rows.height, name: "mls-group-diff" }, style, shapes),
    words: table("The two sides as a table", HEADS, tableRows(frame)),
  };
}
