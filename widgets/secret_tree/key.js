/** The marks of a secret tree and what they mean. */
import { specimen } from "../shared/key.js";
import { cellClass, cellShapes, nodeClass, nodeMark } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {import("./frame.js").Standing} Standing */
/** @typedef {import("./frame.js").Cell} Cell */

/** The secret of a node by itself. @param {Standing} standing */
function node(standing) {
  return specimen(["g", { class: nodeClass(standing, 0) }, nodeMark(standing)]);
}

/** A generation by itself. @param {Cell["state"]} state @param {string} [more] @param {boolean} [isNext] @param {number} [message] */
function cell(state, more = "", isNext = false, message = -1) {
  const shapes = cellShapes({ state, generation: 3, message }, isNext, "held");
  return specimen(["g", { class: `${cellClass({ state }, "held", 0)} ${more}`.trim(), transform: "translate(-15 -19)" }, shapes]);
}

/** @type {Entry[]} */
export const MARKS = [
  { is: ["mls-secret", "has-held"], name: "held", text: "a filled diamond: a secret that the viewer has; all below it can be derived", mark: node("held") },
  { is: ["mls-secret", "is-blank"], name: "can be derived", text: "a dashed diamond: not derived yet, a secret above it gives it", mark: node("below") },
  { is: ["mls-secret", "is-deleted"], not: ["is-gone"], name: "deleted", text: "a hollow diamond with a strike: a secret that the viewer has used and deleted", mark: node("deleted") },
  { is: ["mls-secret", "is-gone"], name: "lost", text: "a faint diamond with a strike: a secret that cannot be derived any more, because all above it are deleted", mark: node("gone") },
  { is: ["mls-secret", "is-unknown"], name: "never held", text: "a dotted diamond with a question mark: the viewer never had it", mark: node("never") },
  { is: ["mls-secret", "has-leaked"], name: "leaked", text: "narrow hatch and flag: a secret that leaked to the attacker", mark: node("leaked") },
  { is: ["mls-secret", "has-computed"], name: "computed", text: "wide hatch: a secret that the attacker has computed", mark: node("computed") },
  { is: ["mls-subtree"], name: "folded subtree", text: "a triangle: a whole subtree as one mark", mark: specimen(["g", { class: nodeClass("held", 0), transform: "translate(0 -10)" }, [["path", { class: "mls-subtree", d: "M0 13 20 33H-20z" }], ...nodeMark("held")]]) },
  { is: ["mls-turn"], name: "secret of the ratchet", text: "a small diamond on a generation: the secret of the ratchet, which gives this key and all later ones", mark: cell("next", "", true) },
  { is: ["mls-generation", "is-next"], name: "pending key", text: "a dashed box: a generation whose key can be derived", mark: cell("next") },
  { is: ["mls-generation", "is-used"], name: "used key", text: "a box with a strike: a key that the viewer has used and deleted", mark: cell("used") },
  { is: ["mls-generation", "is-kept"], name: "skipped key", text: "a filled box: the key of a skipped message, kept in case the message arrives late", mark: cell("kept") },
  { is: ["mls-generation", "is-gone"], name: "no key", text: "a faint box: a generation whose key the viewer does not have and cannot derive", mark: cell("gone") },
  { is: ["mls-generation", "is-refused"], name: "too far ahead", text: "a dotted box: a generation so far ahead that a message with it is refused", mark: cell("refused") },
  { is: ["mls-paper"], name: "message", text: "an envelope: a message was encrypted with the key of this generation", mark: cell("used", "", false, 0) },
  { is: ["mls-node", "is-path"], name: "chosen message", text: "a thick outline in colour: the way from the root to the key of the chosen message", mark: cell("used", "is-path", false, 0) },
];
