/** What the side panel of the tree says: the values of a node or of the group, and the help. */
import { helpList } from "../shared/key.js";
import { panel } from "../shared/side_details.js";
import { MARKS } from "./key.js";
import { rowList } from "../shared/rows.js";
import { groupRows, nodeRows } from "./values.js";
import { upperFirst } from "../shared/words.js";
import { SECTIONS, nodeParts } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Timeline} Timeline */

/** @type {[string, string][]} */
const KEYS = [
  ["[ ]", "one step back or forward"],
  [", .", "one part back or forward"],
  ["space", "play or pause"],
  ["arrows", "move through the tree"],
  ["Home End", "root, last leaf"],
  ["Enter", "show a node's values"],
  ["Esc", "close the panel"],
  ["+ −", "zoom"],
  ["0", "fit: the whole tree"],
  ["f", "fold or unfold a subtree"],
  ["?", "this help"],
];

/** The marks and the keys, and the words that a step uses. @param {import("./view.d.ts").StepView} step */
export function help(step) {
  const sentences = [step.sentence, ...step.beats.map((beat) => beat.sentence)];
  return helpList(MARKS, KEYS, sentences);
}

/**
 * The side panel of the tree.
 * @param {() => void} close
 */
export function details(close) {
  const side = panel(close);

  /** @param {Timeline} time @param {Frame} frame @param {"" | "node" | "group" | "help"} what @param {number} node @param {object} values the values that Python has sent last */
  function show(time, frame, what, node, values) {
    const rows = what === "node" ? nodeRows(time, frame, node, values) : what === "group" ? groupRows(time, frame) : [];
    const now = what && JSON.stringify([what, node, frame.epoch, what === "help" && frame.step, frame.viewer.id, rows]);
    side.show(now, titleOf(what, frame, node), () =>
      what === "help"
        ? help(time.view.steps[frame.step])
        : rowList(rows.map((row) => ({ ...row, section: SECTIONS[row.name] }))),
    );
  }

  return { element: side.element, show };
}

/** @param {"" | "node" | "group" | "help"} what @param {Frame} frame @param {number} node @returns {string} */
function titleOf(what, frame, node) {
  if (what === "group") return `The group in epoch ${frame.epoch}`;
  if (what === "help") return "Marks and keys";
  return what === "" ? "" : `${upperFirst(`node ${node}`)}, ${nodeParts(frame.marks[node], frame.viewer.name).what}`;
}
