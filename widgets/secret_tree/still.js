/** The still picture of a secret tree. */
import { STILL_WIDTH, image, table } from "../shared/still.js";
import { frameAt } from "./frame.js";
import { layout } from "./geometry.js";
import { draw } from "./picture.js";
import { HEADS, messageSentence, pictureLabel, sentence, tableRows } from "./words.js";

/**
 * @param {{view: import("./view.d.ts").SecretTreeView} & import("./frame.js").Place} traits
 * @param {string} style @returns {import("../shared/still.js").Still}
 */
export function still({ view, ...place }, style) {
  const frame = frameAt(view, place);
  const now = layout(frame.leafCount, frame.leaf, STILL_WIDTH);
  const { shapes, height } = draw(frame, { layout: now, width: STILL_WIDTH, stop: "" });
  return {
    label: pictureLabel(frame),
    sentence: frame.message < 0 ? sentence(frame, now.left) : messageSentence(frame, now.left),
    picture: image({ width: STILL_WIDTH, height, name: "mls-secret-tree" }, style, [["g", { class: "mls-secrets-picture" }, shapes]]),
    words: table("The secret tree as a table", HEADS, tableRows(frame, now)),
  };
}
