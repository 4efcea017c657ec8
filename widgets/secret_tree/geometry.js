/**
 * Where the nodes of a secret tree stand. A small tree is drawn whole. Of a large one, or in a narrow place, only the way
 * to the chosen leaf is drawn, and each subtree beside the way is one mark.
 */
import { leavesBelow, nodeOver, pathTo } from "./frame.js";

/** A node, or a whole subtree that is folded into one mark. @typedef {{node: number, x: number, y: number, room: number, isFolded: boolean}} Spot */
/** @typedef {{isWhole: boolean, spots: Spot[], edges: [number, number][], height: number, left: number}} Layout `left`: the leaves that are folded */

const TOP = 46;
const LEVEL = 62;
/** The least room for a leaf with its name, and the room of a folded subtree with its words. */
const LEAF = 66;
const BESIDE = 74;

/** @param {number} leafCount @param {number} leaf the chosen one @param {number} width @returns {Layout} */
export function layout(leafCount, leaf, width) {
  return leafCount * LEAF <= width - 8 ? whole(leafCount, width) : way(leafCount, leaf, width);
}

/** @param {number} leafCount @param {number} width @returns {Layout} */
function whole(leafCount, width) {
  const depth = Math.log2(leafCount);
  const room = Math.min(120, (width - 8) / leafCount);
  const start = (width - room * leafCount) / 2;
  /** @type {Spot[]} */
  const spots = [];
  /** @type {[number, number][]} */
  const edges = [];
  for (let level = depth; level >= 0; level -= 1) {
    for (let first = 0; first < leafCount; first += 2 ** level) {
      const node = nodeOver(first, 2 ** level);
      spots.push({ node, x: start + (first + 2 ** level / 2) * room, y: TOP + (depth - level) * LEVEL, room: room * 2 ** level, isFolded: false });
      if (level < depth) edges.push([nodeOver(first - (first % 2 ** (level + 1)), 2 ** (level + 1)), node]);
    }
  }
  return { isWhole: true, spots, edges, height: TOP + depth * LEVEL + 64, left: 0 };
}

/** @param {number} leafCount @param {number} leaf @param {number} width @returns {Layout} */
function way(leafCount, leaf, width) {
  const path = pathTo(leaf, leafCount);
  const depth = path.length - 1;
  const middle = width / 2;
  const side = Math.min(190, width / 2 - BESIDE);
  /** @type {Spot[]} */
  const spots = [{ node: path[0], x: middle, y: TOP, room: side, isFolded: false }];
  /** @type {[number, number][]} */
  const edges = [];
  for (let level = 1; level <= depth; level += 1) {
    const y = TOP + level * LEVEL;
    const [above, node] = [path[level - 1], path[level]];
    const beside = sibling(above, node);
    const isLeft = beside < node;
    // The words of a subtree may come near the way; those of the last leaf have the name of its neighbour beside them.
    const room = Math.min(2 * BESIDE, level < depth ? 2 * side - 32 : side);
    const folded = { node: beside, x: isLeft ? middle - side : middle + side, y, room, isFolded: true };
    const own = { node, x: middle, y, room: side, isFolded: false };
    spots.push(...(isLeft ? [folded, own] : [own, folded]));
    edges.push([above, node], [above, beside]);
  }
  return { isWhole: false, spots, edges, height: TOP + depth * LEVEL + 64, left: leafCount - 1 };
}

/** The other child of a node. @param {number} above @param {number} node */
function sibling(above, node) {
  return 2 * above - node;
}

/**
 * The node to which a key goes: up to the parent, down to a child, sideways in the level.
 * @param {Layout} layout @param {number} here @param {string} key @returns {number}
 */
export function neighbour({ spots, edges }, here, key) {
  const spot = spots.find(({ node }) => node === here);
  if (!spot) return spots[0].node;
  const level = spots.filter(({ y }) => y === spot.y);
  const at = level.indexOf(spot);
  const children = edges.filter(([above]) => above === here).map(([, below]) => below);
  switch (key) {
    case "ArrowUp":
      return edges.find(([, below]) => below === here)?.[0] ?? here;
    case "ArrowDown":
      return children.find((each) => !spots.find(({ node }) => node === each)?.isFolded) ?? children[0] ?? here;
    case "ArrowLeft":
      return level[at - 1]?.node ?? here;
    case "ArrowRight":
      return level[at + 1]?.node ?? here;
    case "Home":
      return spots[0].node;
    case "End":
      return spots[spots.length - 1].node;
    default:
      return here;
  }
}

/** The leaves below a node that somebody sits at, as leaf indices. @param {number} node @param {Record<string, string>} members */
export function membersBelow(node, members) {
  const [first, width] = leavesBelow(node);
  return Object.keys(members).map(Number).filter((leaf) => leaf >= first && leaf < first + width);
}
