/** The marks of a key schedule and what they mean. */
import { specimen } from "../shared/key.js";
import { attackerMark, secretClass, secretMark } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("./frame.js").Standing} Standing */

/** A secret by itself. @param {Standing} standing */
function secret(standing) {
  return specimen(["g", { class: secretClass(standing, 0) }, secretMark(standing)]);
}

/** @type {Entry[]} */
export const MARKS = [
  { is: ["mls-secret", "has-held"], name: "held", text: "a filled diamond: a secret that the viewer has now", mark: secret("held") },
  { is: ["mls-secret", "is-deleted"], name: "deleted", text: "a hollow diamond with a strike: a secret that the viewer had and has deleted", mark: secret("deleted") },
  { is: ["mls-secret", "is-unknown"], name: "never held", text: "a dotted diamond with a question mark: a secret that the viewer never had", mark: secret("never") },
  { is: ["mls-secret", "has-leaked"], name: "leaked", text: "narrow hatch and flag: a secret that leaked to the attacker", mark: secret("leaked") },
  { is: ["mls-secret", "has-computed"], name: "computed", text: "wide hatch: a secret that the attacker has computed", mark: secret("computed") },
  { is: ["mls-flag", "is-small"], name: "known to the attacker", text: "a small flag: the attacker has this secret too", mark: specimen(["g", { class: secretClass("held", 0) }, [...secretMark("held"), attackerMark()]]) },
  { is: ["mls-secret", "is-zero"], name: "zeros", text: "a zero: the all-zero string in place of a secret that this commit does not have", mark: secret("zero") },
  { is: ["mls-secret", "is-blank"], name: "not made yet", text: "a dashed diamond: a secret of an epoch that has not begun at this step", mark: secret("later") },
  { is: ["mls-line"], not: ["is-lit"], name: "derivation", text: "a line: the secret below or to the right is made from the one above or to the left; lines that meet are all needed", mark: specimen(["path", { class: "mls-line", d: "M-18-20V-4H0M0-20V20" }]) },
  { is: ["mls-line", "is-lit"], name: "way to the chosen secret", text: "lines in colour: all from which the chosen secret is made", mark: specimen(["path", { class: "mls-line is-lit", d: "M0-20V20" }]) },
];
