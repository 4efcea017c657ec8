/** The drawing of a derivation: secrets are diamonds, steps are arrows. The steps to a selected secret are coloured. */
import { factLabel, wayTo } from "./walk.js";

/** @typedef {import("./derivation.d.ts").DerivationView} View */
/** @typedef {import("./derivation.d.ts").ArrangementView} Arrangement */
/** @typedef {import("./derivation.d.ts").ArrowView} Arrow */
/** @typedef {import("./derivation.d.ts").DerivedFactView} DerivedFact */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/**
 * What is on the picture.
 * @typedef {object} Frame
 * @property {View} view
 * @property {Arrangement} shown with every step, or folded
 * @property {number} selected the selected fact, or -1
 * @property {number} stop the one tab stop
 */

const HALF = 15;
const DIAMOND = "M0-15 15 0 0 15-15 0z";
const LETTER = "M-15-4 0-14 15-4V12H-15zM15-4 0 5-15-4";
const FLAG = "M-15-13v-13l10 4-10 4";
export const ENVELOPE = "M-9-6H9V6H-9zM9-6 0 1-9-6";
const HEAD = "m-4-6 4 6 4-6";

/** @param {Frame} frame @returns {Shape[]} arrows below, facts above them */
export function draw({ view, shown, selected, stop }) {
  const tops = new Map(shown.places.map(({ fact, y }) => [fact, y - HALF - 2]));
  const way = selected < 0 ? null : wayTo(shown, selected);
  /** @param {number} fact */
  const dimmed = (fact) => (way !== null && !way.has(fact) ? " is-dim" : "");
  const arrows = shown.arrows.map((arrow) => {
    const { conclusion } = arrow;
    const looks = way?.has(conclusion) ? " is-lit" : dimmed(conclusion);
    const end = tops.get(conclusion) ?? arrow.y;
    return /** @type {Shape} */ (["g", { class: `mls-arrow${looks}` }, arrowShapes(arrow, end), conclusion]);
  });
  const facts = shown.places.map(({ fact, x, y }) => {
    const one = view.facts[fact];
    const attributes = {
      class: `${factClass(one, fact === view.goal)}${dimmed(fact)}${fact === selected ? " is-lit" : ""}`,
      "data-fact": fact,
      role: "option",
      "aria-label": factLabel(one),
      "aria-selected": String(fact === selected),
      tabindex: fact === stop ? 0 : -1,
      transform: `translate(${x} ${y})`,
    };
    return /** @type {Shape} */ (["g", attributes, factShapes(one), fact]);
  });
  return [
    ["g", { class: "mls-arrows", "aria-hidden": "true" }, arrows],
    ["g", { class: "mls-nodes", role: "listbox", "aria-label": view.title }, facts],
  ];
}

/** @param {DerivedFact} fact @param {boolean} isGoal @returns {string} */
export function factClass({ kind, leak }, isGoal) {
  return `mls-node mls-fact has-${leak ? "leaked" : "computed"}${kind === "message" ? " is-message" : ""}${isGoal ? " is-goal" : ""}`;
}

/** @param {DerivedFact} fact @returns {Shape[]} */
export function factShapes({ kind, name, place, leak }) {
  const longest = Math.max(name.length, place.length, leak ? leak.brief.length : 0);
  /** @type {Shape[]} */
  const shapes = [
    ["rect", { class: "mls-hit", x: -21, y: -16, width: 56 + 7 * longest, height: leak ? 50 : 36, rx: 8 }],
    ["path", { class: "mls-shape", d: kind === "message" ? LETTER : DIAMOND }],
  ];
  if (kind !== "message") shapes.push(["path", { class: "mls-hatch", d: hatching(leak !== null) }]);
  if (leak) shapes.push(["path", { class: "mls-flag", d: FLAG }]);
  shapes.push(["text", { class: "mls-fact-name", x: 24, y: place ? -3 : 4 }, [name]]);
  shapes.push(["text", { class: "mls-fact-place", x: 24, y: 12 }, [place]]);
  if (leak) shapes.push(["text", { class: "mls-fact-leak", x: 24, y: 27 }, [leak.brief]]);
  return shapes;
}

/** Diagonal lines across a diamond: narrow for what leaked, wide for what was computed. @param {boolean} isLeaked */
function hatching(isLeaked) {
  let lines = "";
  for (const at of isLeaked ? [-10, -5, 0, 5, 10] : [-7.5, 0, 7.5]) {
    lines += `M${at / 2 - HALF / 2} ${at / 2 + HALF / 2}L${at / 2 + HALF / 2} ${at / 2 - HALF / 2}`;
  }
  return lines;
}

/** @param {Arrow} arrow @param {number} end where the stem ends @returns {Shape[]} */
function arrowShapes({ lines, sealed, label, x, y }, end) {
  /** @type {Shape[]} */
  const shapes = lines.map(({ path }) => ["path", { class: "mls-line", d: path }]);
  shapes.push(["path", { class: "mls-line", d: `M${x} ${y}V${end}${HEAD}` }]);
  if (lines.length > 1) shapes.push(["circle", { class: "mls-meet", cx: x, cy: y, r: 3.5 }]);
  if (sealed) shapes.push(["path", { class: "mls-paper", d: ENVELOPE, transform: `translate(${x} ${y + 17})` }]);
  shapes.push(["text", { class: "mls-arrow-label", x: x + (sealed ? 15 : 9), y: y + 21 }, [label]]);
  return shapes;
}
