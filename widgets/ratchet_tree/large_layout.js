/**
 * The places of the nodes of a tree that is larger than its picture. The reader looks at a part of the tree, and can fold
 * subtrees. All functions are pure: a layout is a function of the tree's size, the picture's size and where one looks.
 */
import { HEAD, WIDEST_GAP, left, level, right, root, slotsOf, toggled, unfoldedFor } from "./geometry.js";

/** @typedef {import("./geometry.js").Layout} Layout */

/**
 * Where the reader looks.
 * @typedef {object} Look
 * @property {number} gap between two leaves; 0: as small as the whole tree needs
 * @property {number} left where the room of the first leaf begins
 * @property {ReadonlySet<number>} folded parents whose subtrees are folded
 */

/**
 * @typedef {Layout & {view: import("./geometry.js").View, look: Look}} LargeLayout
 */

/** Below a node whose children have less room than this in pixels, the tree is drawn as a block. */
export const SMALLEST = 2;
/** Where ancestors stay when the middle of their leaves is out of sight. */
const EDGE = 24;
const FOOT = 66;
const HEIGHT = 580;
const ROW = 46;

/** @type {Look} */
export const ALL = { gap: 0, left: 0, folded: new Set() };

/**
 * @param {number} leafCount @param {number} width @param {Look} wanted
 * @returns {LargeLayout} its `look` is the one that is possible: neither the tree nor its parts get out of sight
 */
export function largeLayout(leafCount, width, wanted) {
  const { all, slot } = slotsOf(leafCount, wanted.folded);
  const gap = Math.max((width - 2 * EDGE) / all, Math.min(WIDEST_GAP, wanted.gap));
  const across = all * gap;
  const start = across <= width ? (width - across) / 2 : Math.max(width - across - EDGE, Math.min(EDGE, wanted.left));
  const depth = level(root(leafCount));
  const row = Math.min(ROW, (HEIGHT - HEAD - FOOT) / depth);
  const base = Math.round(HEAD + depth * row);

  /** @param {number} node */
  function x(node) {
    const { first, slots: own } = slot(node);
    const [half, middle] = [(own * gap) / 2, start + (first + own / 2) * gap];
    // A node whose leaves are partly in sight slides to the edge, so that one can follow a path up to the root.
    const slack = Math.max(0, half - EDGE);
    if (middle < EDGE) return Math.min(EDGE, middle + slack);
    return middle > width - EDGE ? Math.max(width - EDGE, middle - slack) : middle;
  }

  return {
    leafCount,
    gap,
    base,
    width,
    height: base + FOOT,
    start,
    rows: Array.from({ length: depth + 1 }, (_, height) => height * row),
    view: { x, space: (node) => slot(node).slots * gap, most: row * 0.4 },
    look: { gap, left: start, folded: wanted.folded },
    folded: wanted.folded,
    slot,
  };
}

/**
 * The nodes that are in sight and large enough to be drawn, parents first, and those below which the tree is a block.
 * @param {LargeLayout} places @returns {{nodes: number[], blocks: number[]}}
 */
export function inSight({ leafCount, width, gap, look, slot }) {
  /** @type {number[]} */
  const nodes = [];
  /** @type {number[]} */
  const blocks = [];
  const open = [root(leafCount)];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    const { first, slots } = slot(node);
    const from = look.left + first * gap;
    if (from > width || from + slots * gap < 0) continue;
    nodes.push(node);
    if (level(node) === 0 || look.folded.has(node)) continue;
    if (slots * gap < 2 * SMALLEST) blocks.push(node);
    else open.push(right(node), left(node));
  }
  return { nodes, blocks };
}

/**
 * The node at a point; in a block the node above it; or -1.
 * @param {LargeLayout} places @param {number} px @param {number} py @returns {number}
 */
export function nodeUnder(places, px, py) {
  const { leafCount, base, rows, gap, look, slot, view } = places;
  const row = rows[1] - rows[0];
  const wanted = Math.round((base - py) / row);
  if (wanted > level(root(leafCount)) || py > base + 30) return -1;
  let node = root(leafCount);
  while (level(node) > Math.max(0, wanted)) {
    const own = slot(node);
    if (look.folded.has(node)) break;
    if (own.slots * gap < 2 * SMALLEST) return isOver(own, px, places) ? node : -1;
    const next = slot(right(node));
    node = px < look.left + next.first * gap ? left(node) : right(node);
  }
  const reach = Math.max(9, Math.min(view.most, 0.4 * view.space(node)) + 4);
  return Math.abs(px - view.x(node)) <= reach && Math.abs(base - rows[level(node)] - py) <= row / 2 + 8 ? node : -1;
}

/** @param {{first: number, slots: number}} own @param {number} px @param {LargeLayout} places */
function isOver({ first, slots }, px, { gap, look }) {
  const from = look.left + first * gap;
  return px >= from && px <= from + slots * gap;
}

/**
 * Another gap, with the same leaf under a point.
 * @param {LargeLayout} places @param {number} factor @param {number} at @returns {Look}
 */
export function zoomed({ look, leafCount, width }, factor, at) {
  // The gap that is possible, so that the point stays where it is.
  const { gap } = largeLayout(leafCount, width, { ...look, gap: look.gap * factor });
  return { ...look, gap, left: at - ((at - look.left) * gap) / look.gap };
}

/** With a node in the middle, and with room to see it and its neighbours. @param {LargeLayout} places @param {number} node @returns {Look} */
export function centred({ look, leafCount, width, slot }, node) {
  const shown = unfoldedFor(look.folded, node, leafCount);
  const { gap } = largeLayout(leafCount, width, { ...look, gap: Math.max(look.gap, 80 / 2 ** level(node)), folded: shown });
  const { first, slots } = shown.size === look.folded.size ? slot(node) : largeLayout(leafCount, width, { ...look, folded: shown }).slot(node);
  return { gap, left: width / 2 - (first + slots / 2) * gap, folded: shown };
}

/** Fold a subtree, or unfold it; its root stays where it is. @param {LargeLayout} places @param {number} node @returns {Look} */
export function foldedAt({ look, leafCount, width, slot }, node) {
  const folded = toggled(look.folded, node);
  const before = slot(node);
  const after = largeLayout(leafCount, width, { ...look, folded }).slot(node);
  return { ...look, folded, left: look.left + (before.first + before.slots / 2 - after.first - after.slots / 2) * look.gap };
}
