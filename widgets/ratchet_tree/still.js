/** The still picture of a tree, and the tree as a viewer sees it, for print. */
import { frameAt, timeline } from "./frame.js";
import { ROWS_AT_MOST, STILL_WIDTH, image, table } from "../shared/still.js";
import { wholeTree } from "./whole_tree.js";
import { pictureLabel, stepSentence, treeTable } from "./words.js";

/** @typedef {{view: import("./view.d.ts").RatchetTreeView, step: number, viewer: string, node_indices?: boolean, beside?: string}} Traits */

/** @param {Traits} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, step, viewer, node_indices, beside }, style) {
  const time = timeline(view);
  const frame = frameAt(time, { step, viewer, beat: -1, node_indices, beside });
  const { width, height, shapes, left } = wholeTree(frame, { width: STILL_WIDTH, leaves: frame.leafCount, tallest: time.tallest });
  const { heads, count, row } = treeTable(frame);
  const rows = Array.from({ length: Math.min(count, ROWS_AT_MOST) }, (_, index) => row(index));
  return {
    label: pictureLabel(view, frame),
    sentence: [stepSentence(view, frame), left].filter(Boolean).join(" "),
    picture: image({ width, height, name: "mls-ratchet-tree" }, style, shapes),
    words: table("The tree as a table", heads, rows, count),
  };
}

/** The tree after a step as a viewer sees it. @param {Traits} traits */
export function seen({ view, step, viewer }) {
  const { marks, path } = frameAt(timeline(view), { step, viewer, beat: -1 });
  return { marks, path: [...path] };
}
