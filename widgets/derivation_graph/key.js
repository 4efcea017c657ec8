/** The marks of a derivation and what they mean. */
import { specimen } from "../shared/key.js";
import { ENVELOPE, factClass, factShapes } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */

/** A fact by itself. @param {Partial<import("./derivation.d.ts").DerivedFactView>} traits @param {boolean} [isGoal] */
function fact(traits, isGoal = false) {
  /** @type {import("./derivation.d.ts").DerivedFactView} */
  const one = { kind: "secret", name: "", place: "", words: "", value: null, leak: null, source: "", ...traits };
  return specimen(["g", { class: factClass(one, isGoal) }, factShapes(one)]);
}

/** @type {Entry[]} */
export const MARKS = [
  { is: ["has-leaked"], not: ["is-message"], name: "leaked secret", text: "narrow hatch and flag: a secret that leaked", mark: fact({ leak: { words: "", brief: "" } }) },
  { is: ["has-computed"], not: ["is-message"], name: "derived secret", text: "wide hatch: a secret that the attacker derived", mark: fact({}) },
  { is: ["is-message"], name: "message", text: "a large envelope: a message that the attacker read", mark: fact({ kind: "message" }) },
  { is: ["is-goal"], name: "goal", text: "a thick outline: the secret or message that the picture explains", mark: fact({}, true) },
  { is: ["mls-paper"], name: "ciphertext", text: "a small envelope: the step opens a ciphertext; beside it is the start of the public key", mark: specimen(["g", { transform: "scale(1.5)" }, [["path", { class: "mls-paper", d: ENVELOPE }]]]) },
  { is: ["mls-meet"], name: "all are needed", text: "lines that meet: all these secrets are needed", mark: specimen(["path", { class: "mls-line", d: "M-20-20C-20-4 0-8 0 0V20M20-20C20-4 0-8 0 0" }], ["circle", { class: "mls-meet", r: 4 }]) },
  { is: ["mls-arrow", "is-lit"], name: "way to the chosen secret", text: "lines in colour: the way from what leaked to the chosen secret", mark: specimen(["g", { class: "mls-arrow is-lit" }, [["path", { class: "mls-line", d: "M0-20V20m-4-6 4 6 4-6" }]]]) },
];
