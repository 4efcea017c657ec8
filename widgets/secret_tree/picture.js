/** The drawing of a secret tree: a diamond for the secret of each node, and the two ratchets of the chosen leaf below. */
import { fitting, shortened } from "../shared/words.js";
import { cellsOf, leavesBelow } from "./frame.js";
import { cellLabel, foldedWords, leafName, nodeLabel, pictureLabel, ratchetWords } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Standing} Standing */
/** @typedef {import("./frame.js").Ratchet} Ratchet */
/** @typedef {import("./frame.js").Cell} Cell */
/** @typedef {import("./geometry.js").Spot} Spot */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

const DIAMOND = "M0-13 13 0 0 13-13 0z";
const SMALL = "M0-6 6 0 0 6-6 0z";
const STRIKE = "M-11 11 11-11";
const FLAG = "M-13-11v-13l10 4-10 4";
const TRIANGLE = "M0 13 20 33H-20z";
const ENVELOPE = "M-6-4H6V4H-6zM6-4 0 1-6-4";
const LETTER = 6.4;
/** The width of a cell with the gap after it, its height, and the height of a ratchet with its words. */
export const CELL = 34;
const HIGH = 38;
const RATCHET = 84;
const SIDE = 14;

/** The classes of a node as the viewer has it. @type {Record<Standing, string>} */
const LOOKS = {
  held: "has-held",
  leaked: "has-leaked",
  computed: "has-computed",
  below: "is-blank",
  deleted: "is-deleted",
  gone: "is-deleted is-gone",
  never: "is-unknown",
};

/** The number of cells of a ratchet that there is room for. @param {number} width */
export function cellRoom(width) {
  return Math.max(4, Math.min(24, Math.floor((width - 2 * SIDE) / CELL)));
}

/** @param {Frame} frame @param {{layout: Layout, width: number, stop: string}} size @returns {{shapes: Shape[], height: number}} */
export function draw(frame, { layout, width, stop }) {
  const { lit } = frame;
  const at = new Map(layout.spots.map((spot) => [spot.node, spot]));
  const edges = layout.edges.map(([above, below]) => {
    const [a, b] = [/** @type {Spot} */ (at.get(above)), /** @type {Spot} */ (at.get(below))];
    const looks = lit.has(above) && lit.has(below) ? " is-lit" : "";
    return /** @type {Shape} */ (["path", { class: `mls-line${looks}`, d: edgePath(a, b, layout.isWhole) }, [], `${above} ${below}`]);
  });
  const nodes = layout.spots.map((spot) => nodeShape(frame, spot, stop));
  const ratchets = frame.ratchets.flatMap((ratchet, place) => ratchetShapes(frame, ratchet, layout.height + 34 + place * RATCHET, width, stop));
  const heading = `Ratchets of ${shortened(leafName(frame, frame.leaf), Math.max(8, Math.floor((width - 200) / 8)))}, leaf ${frame.leaf}`;
  return {
    height: layout.height + 34 + 2 * RATCHET,
    shapes: [
      ["g", { class: "mls-lines", "aria-hidden": "true" }, edges],
      ["path", { class: "mls-divider", d: `M${SIDE} ${layout.height}H${width - SIDE}`, "aria-hidden": "true" }],
      ["text", { class: "mls-ratchets-of", x: SIDE, y: layout.height + 21, "aria-hidden": "true" }, [heading]],
      ["g", { role: "listbox", "aria-label": pictureLabel(frame) }, [...nodes, ...ratchets]],
    ],
  };
}

/** The line from a node to its child. Beside a way it comes from the side, under the words of the subtree above. @param {Spot} a @param {Spot} b @param {boolean} isWhole */
function edgePath(a, b, isWhole) {
  const middle = (a.y + b.y) / 2;
  if (isWhole || a.x === b.x) return `M${a.x} ${a.y + 13}C${a.x} ${middle} ${b.x} ${middle} ${b.x} ${b.y - 14}`;
  return `M${a.x} ${a.y + 13}C${a.x} ${b.y} ${a.x} ${b.y} ${b.x + (b.x > a.x ? -14 : 14)} ${b.y}`;
}

/** @param {Frame} frame @param {Spot} spot @param {string} stop @returns {Shape} */
function nodeShape(frame, spot, stop) {
  const { node, x, y, isFolded } = spot;
  const [first, size] = leavesBelow(node);
  const item = `node ${node}`;
  const isChosen = size === 1 && first === frame.leaf;
  const looks = [nodeClass(frame.standing(node), frame.hue), frame.lit.has(node) ? "is-path" : "", item === frame.selected ? "is-lit" : "", isChosen ? "is-chosen" : ""];
  const attributes = {
    class: looks.filter(Boolean).join(" "),
    "data-item": item,
    role: "option",
    "aria-label": isFolded && size > 1 ? `${nodeLabel(frame, node)}; folded: ${foldedWords(frame, node)}` : nodeLabel(frame, node),
    "aria-selected": String(item === frame.selected),
    tabindex: item === stop ? 0 : -1,
    transform: `translate(${x} ${y})`,
  };
  return ["g", attributes, nodeShapes(frame, spot, size), `${frame.epoch} ${node}`];
}

/** @param {Frame} frame @param {Spot} spot @param {number} size @returns {Shape[]} */
function nodeShapes(frame, { node, room, isFolded }, size) {
  const isSubtree = isFolded && size > 1;
  const words = isFolded ? foldedWords(frame, node) : size === 1 ? leafName(frame, leavesBelow(node)[0]) : "";
  /** @type {Shape[]} */
  const shapes = [["rect", { class: "mls-hit", x: -18, y: -18, width: 36, height: isSubtree ? 54 : 36, rx: 8 }]];
  if (isSubtree) shapes.push(["path", { class: "mls-subtree", d: TRIANGLE }]);
  shapes.push(...nodeMark(frame.standing(node)));
  if (words) shapes.push(["text", { class: "mls-name", y: isSubtree ? 46 : 28 }, [fitting(words, room)]]);
  const isOpen = size === 1 && frame.opened.has(leavesBelow(node)[0]);
  if (isOpen) shapes.push(["text", { class: "mls-index", y: 41 }, [room < 84 ? "open" : "ratchets open"]]);
  if (size === frame.leafCount) shapes.push(["text", { class: "mls-root-name", y: -19 }, ["encryption_secret"]]);
  return shapes;
}

/** @param {Standing} standing @param {number} hue */
export function nodeClass(standing, hue) {
  return `mls-node mls-secret ${LOOKS[standing]}${standing === "held" && hue >= 0 ? ` mls-hue-${hue}` : ""}`;
}

/** The mark of a node alone. @param {Standing} standing @returns {Shape[]} */
export function nodeMark(standing) {
  /** @type {Shape[]} */
  const shapes = [["path", { class: "mls-shape", d: DIAMOND }]];
  if (standing === "leaked" || standing === "computed") shapes.push(["path", { class: "mls-hatch", d: hatching(standing === "leaked") }]);
  if (standing === "leaked") shapes.push(["path", { class: "mls-flag", d: FLAG }]);
  if (standing === "deleted" || standing === "gone") shapes.push(["path", { class: "mls-strike", d: STRIKE }]);
  if (standing === "never") shapes.push(["text", { class: "mls-inside", y: 4.5 }, ["?"]]);
  return shapes;
}

/** Diagonal lines across a diamond: narrow for what leaked, wide for what was computed. @param {boolean} isLeaked */
function hatching(isLeaked) {
  return (isLeaked ? [-9, -4.5, 0, 4.5, 9] : [-6.5, 0, 6.5])
    .map((at) => `M${at / 2 - 6.5} ${at / 2 + 6.5}L${at / 2 + 6.5} ${at / 2 - 6.5}`)
    .join("");
}

/** @param {Frame} frame @param {Ratchet} ratchet @param {number} y @param {number} width @param {string} stop @returns {Shape[]} */
function ratchetShapes(frame, ratchet, y, width, stop) {
  const cells = cellsOf(frame, ratchet, cellRoom(width));
  const said = `${ratchet.name}: ${ratchetWords(frame, ratchet)}`;
  return [
    ["text", { class: "mls-ratchet-words", x: SIDE, y: y + 14, "aria-hidden": "true" }, [shortened(said, Math.floor((width - 2 * SIDE) / LETTER))], `${ratchet.name} words`],
    ...cells.map((cell, place) => cellShape(frame, ratchet, cell, { x: SIDE + place * CELL, y: y + 26, stop })),
  ];
}

/** @param {Frame} frame @param {Ratchet} ratchet @param {Cell} cell @param {{x: number, y: number, stop: string}} place @returns {Shape} */
function cellShape(frame, ratchet, cell, { x, y, stop }) {
  const item = `${ratchet.name} ${cell.generation}`;
  const isLit = cell.message >= 0 && cell.message === frame.message;
  const attributes = {
    class: `${cellClass(cell, ratchet.standing, frame.hue)}${isLit ? " is-path" : ""}${item === frame.selected ? " is-lit" : ""}`,
    "data-item": item,
    role: "option",
    "aria-label": cellLabel(frame, ratchet, cell),
    "aria-selected": String(item === frame.selected),
    tabindex: item === stop ? 0 : -1,
    transform: `translate(${x} ${y})`,
  };
  const isNext = cell.generation === ratchet.generation && ratchet.standing !== "below";
  return ["g", attributes, cellShapes(cell, isNext, ratchet.standing), `${frame.epoch} ${frame.leaf} ${item}`];
}

/** @param {Pick<Cell, "state">} cell @param {Standing} standing @param {number} hue */
export function cellClass({ state }, standing, hue) {
  const isRobbed = state === "next" || state === "kept" ? ["leaked", "computed"].includes(standing) : false;
  return `mls-node mls-generation is-${state}${isRobbed ? " is-robbed" : ""}${state === "kept" && hue >= 0 ? ` mls-hue-${hue}` : ""}`;
}

/** @param {Pick<Cell, "state" | "generation" | "message">} cell @param {boolean} isNext @param {Standing} standing @returns {Shape[]} */
export function cellShapes({ state, generation, message }, isNext, standing) {
  const wide = CELL - 4;
  /** @type {Shape[]} */
  const shapes = [["rect", { class: "mls-shape", width: wide, height: HIGH, rx: 5 }]];
  shapes.push(["text", { class: "mls-inside", x: wide / 2, y: 15 }, [String(generation)]]);
  if (message >= 0) shapes.push(["path", { class: "mls-paper", d: ENVELOPE, transform: `translate(${wide / 2} 27)` }]);
  if (state === "used") shapes.push(["path", { class: "mls-strike", d: `M4 ${HIGH - 4} ${wide - 4} 4` }]);
  if (isNext) shapes.push(["g", { class: `mls-turn ${LOOKS[standing]}`, transform: "translate(0 0)" }, [["path", { class: "mls-shape", d: SMALL }]]]);
  return shapes;
}
