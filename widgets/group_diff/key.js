/** The marks of two sides and what they mean. */
import { specimen } from "../shared/key.js";
import { PUBLIC_MARKS } from "../ratchet_tree/key.js";
import { markOf } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */

/** @param {import("./frame.js").State} state */
const mark = (state) => specimen(["g", { class: `mls-diff-mark is-${state}`, transform: "scale(2)" }, markOf(state)]);

/** @type {Entry[]} */
export const MARKS = [
  ...PUBLIC_MARKS,
  { is: ["mls-diff-mark", "is-same"], name: "the same", text: "two lines: the same on both sides, so it stands once", mark: mark("same") },
  { is: ["mls-diff-mark", "is-differs"], name: "differs", text: "two crossed lines on a disc: it differs", mark: mark("differs") },
  { is: ["mls-diff-mark", "is-first"], name: "only the first", text: "a filled left half: only the first side has it", mark: mark("first") },
  { is: ["mls-diff-mark", "is-second"], name: "only the second", text: "a filled right half: only the second side has it", mark: mark("second") },
  { is: ["mls-diff-mark", "is-unknown"], name: "unknown", text: "a question mark: not recorded, or unknown to the viewer", mark: mark("unknown") },
  { is: ["mls-diff-dot", "is-same"], name: "shared commit", text: "a dot on one line: both sides have processed this commit", mark: specimen(["path", { class: "mls-diff-stem is-same", d: "M0-22V22" }], ["circle", { class: "mls-diff-dot is-same", r: 10 }]) },
  { is: ["mls-diff-dot", "is-parted"], name: "parted", text: "a filled dot on a line of its own: only this side has processed this commit", mark: specimen(["path", { class: "mls-diff-stem is-parted", d: "M0-22V22" }], ["circle", { class: "mls-diff-dot is-parted mls-hue-0", r: 10 }]) },
];
