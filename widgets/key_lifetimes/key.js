/** The marks of the lifetimes and what they mean. */
import { DIAMOND, ENVELOPE, FLAG, OPENED, STRIKE } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** @type {Record<string, string>} */
const HATCHES = {
  "is-taken": "M10 4.5l9-9M14 4.5l9-9M18 4.5l9-9M22 4.5l9-9",
  "is-known": "M10 4.5l9-9M20 4.5l9-9",
};

/** @param {...Shape} shapes @returns {Shape} */
function specimen(...shapes) {
  return ["svg", { class: "mls-specimen mls-lives mls-hue-0", viewBox: "0 -10 40 20", "aria-hidden": "true" }, shapes];
}

/** A bar by itself. @param {string} name @param {string} [end] */
function bar(name, end = "") {
  const place = { x: 6, y: -4.5, width: 28, height: 9 };
  return specimen([
    "g",
    { class: `mls-span ${name}` },
    [
      ["rect", { class: "mls-span-body", ...place }],
      ["path", { class: "mls-specimen-hatch", d: HATCHES[name] ?? "" }],
      ["path", { class: "mls-birth", d: DIAMOND, transform: "translate(6 0)" }],
      ...(end ? [/** @type {Shape} */ (["path", { class: "mls-strike", d: end, transform: "translate(34 0)" }])] : []),
    ],
  ]);
}

/** What happened in a step, by itself. @param {string} name @param {Shape} mark */
function tick(name, mark) {
  return specimen(["g", { class: "mls-plot" }, [["g", { class: `mls-tick ${name}`, transform: "translate(20 0)" }, [mark]]]]);
}

const BAND = { x: 2, y: -7.5, width: 36, height: 15, rx: 3 };
const ERA = { x: 2, y: -9, width: 36, height: 18, rx: 5 };

/** @type {Entry[]} */
export const MARKS = [
  { is: ["mls-birth"], name: "secret", text: "a bar: a secret; the diamond marks the step in which the device gets it; a bar up to the edge is not deleted", mark: bar("") },
  { is: ["mls-strike"], name: "deleted", text: "a strike at the end of a bar: the device deletes the secret", mark: bar("", STRIKE) },
  { is: ["mls-span", "is-taken"], name: "leaks", text: "narrow hatch: a secret that the compromise gets", mark: bar("is-taken") },
  { is: ["mls-span", "is-deleted"], not: ["is-known"], name: "deleted before", text: "hollow: a secret that was deleted before the compromise", mark: bar("is-deleted", STRIKE) },
  { is: ["mls-span", "is-known"], name: "computed", text: "wide hatch: a secret that the attacker can compute from what leaked", mark: bar("is-known") },
  { is: ["is-band"], name: "several secrets", text: "a number in a bar: the number of secrets of a kind whose lanes are folded", mark: specimen(["g", { class: "mls-plot" }, [["g", { class: "mls-span is-band" }, [["rect", { class: "mls-span-body", ...BAND }], ["text", { x: 20, y: 4.5 }, ["6"]]]]]]) },
  { is: ["mls-era", "is-open"], name: "epoch that is open", text: "a hatched epoch: the attacker can read it", mark: specimen(["g", { class: "mls-plot" }, [["g", { class: "mls-era is-open" }, [["rect", { class: "mls-era-box", ...ERA }], ["path", { class: "mls-specimen-hatch", d: "M6 9 24-9M12 9 30-9M18 9 36-9" }]]]]]) },
  { is: ["mls-tick", "is-commit"], name: "commit", text: "a large dot: a commit", mark: tick("is-commit", ["circle", { r: 4 }]) },
  { is: ["mls-tick"], not: ["is-commit", "is-message", "is-compromise"], name: "another step", text: "a small dot: another step", mark: tick("", ["circle", { r: 2.5 }]) },
  { is: ["mls-tick", "is-message"], not: ["is-open"], name: "message", text: "an envelope: a message that the attacker cannot read", mark: tick("is-message", ["path", { d: ENVELOPE }]) },
  { is: ["mls-tick", "is-message", "is-open"], name: "message that is read", text: "an open envelope: a message that the attacker reads", mark: tick("is-message is-open", ["path", { d: OPENED }]) },
  { is: ["mls-tick", "is-compromise"], name: "compromise", text: "a flag: a compromise that really happened", mark: tick("is-compromise", ["path", { d: FLAG }]) },
  { is: ["mls-compromise"], name: "this compromise", text: "the vertical line: the compromise; you can drag it, and every secret that it crosses leaks", mark: specimen(["g", { class: "mls-plot" }, [["g", { class: "mls-compromise mls-compromise-line", transform: "translate(20 0)" }, [["path", { d: "M0-10V4" }], ["circle", { cy: 4, r: 5 }], ["circle", { class: "is-inner", cy: 4, r: 2.5 }]]]]]) },
];
