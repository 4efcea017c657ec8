/** The still picture of a tree, and the tree as a viewer sees it, for print. */
import { frameAt, timeline } from "./frame.js";
import { draw } from "./picture.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";
import { layout } from "./geometry.js";
import { pictureLabel, stepSentence, treeTable } from "./words.js";

/** @typedef {{view: import("./view.d.ts").RatchetTreeView, step: number, viewer: string, node_indices?: boolean}} Traits */

/** @param {Traits} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, step, viewer, node_indices }, style) {
  const time = timeline(view);
  const frame = frameAt(time, { step, viewer, beat: -1, node_indices });
  const places = layout(frame.leafCount, { width: STILL_WIDTH, zoom: 1, tallest: time.tallest });
  const { heads, rows } = treeTable(frame);
  const room = { width: places.width, height: places.height, name: "mls-ratchet-tree" };
  return {
    label: pictureLabel(view, frame),
    sentence: stepSentence(view, frame),
    picture: image(room, style, draw(frame, places)),
    words: table("The tree as a table", heads, rows),
  };
}

/** The tree after a step as a viewer sees it. @param {Traits} traits */
export function seen({ view, step, viewer }) {
  const { marks, path } = frameAt(timeline(view), { step, viewer, beat: -1 });
  return { marks, path: [...path] };
}
