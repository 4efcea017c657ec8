/** Where the nodes of a ratchet tree are: the tree math of RFC 9420 Appendix C, and places on the picture. */

/** @param {number} node @returns {number} the level of a node; leaves are at level 0 */
export function level(node) {
  let height = 0;
  while ((node >> height) & 1) height += 1;
  return height;
}

/** @param {number} leafCount @returns {number} the number of nodes of a tree */
export function nodeCount(leafCount) {
  return 2 * leafCount - 1;
}

/** @param {number} leafCount @returns {number} */
export function root(leafCount) {
  return leafCount - 1;
}

/** @param {number} node @returns {number} */
export function left(node) {
  return node ^ (1 << (level(node) - 1));
}

/** @param {number} node @returns {number} */
export function right(node) {
  return node ^ (3 << (level(node) - 1));
}

/** @param {number} node @returns {number} */
export function parent(node) {
  const height = level(node);
  return (node | (1 << height)) & ~(1 << (height + 1));
}

/** @param {number} node @param {number} leafCount @returns {number[]} the ancestors of a node, its parent first */
export function directPath(node, leafCount) {
  const path = [];
  for (let above = node; above !== root(leafCount);) {
    above = parent(above);
    path.push(above);
  }
  return path;
}

/** @param {number} node @param {number} ancestor @returns {number[]} the nodes from `ancestor` down to `node`, both included */
export function descent(ancestor, node) {
  const path = [node];
  for (let above = node; above !== ancestor && level(above) < 30;) {
    above = parent(above);
    path.unshift(above);
  }
  return path;
}

/**
 * The node that an arrow key leads to from a node; the node itself at the border.
 * @param {string} key @param {number} node @param {number} leafCount @returns {number}
 */
export function neighbour(key, node, leafCount) {
  const stride = 2 << level(node);
  const last = nodeCount(leafCount) - 1;
  switch (key) {
    case "ArrowUp": return node === root(leafCount) ? node : parent(node);
    case "ArrowDown": return level(node) === 0 ? node : left(node);
    case "ArrowLeft": return node - stride < 0 ? node : node - stride;
    case "ArrowRight": return node + stride > last ? node : node + stride;
    case "Home": return root(leafCount);
    case "End": return last;
    default: return node;
  }
}

/**
 * Places and sizes. Leaves stand on one line at the bottom; the room above them is kept for the tallest tree of the view.
 * @typedef {object} Layout
 * @property {number} leafCount
 * @property {number} width of the picture
 * @property {number} height of the picture
 * @property {number} gap between two leaves
 * @property {number} start x of node 0
 * @property {number} base y of the leaves
 * @property {number} rise between two levels
 */

const MARGIN = 12;
const WIDEST_GAP = 92;
const HEAD = 36;

/**
 * @param {number} leafCount
 * @param {{width: number, zoom: number, tallest: number}} room `tallest` is the largest leaf count that the view reaches
 * @returns {Layout}
 */
export function layout(leafCount, { width, zoom, tallest }) {
  const gap = Math.min(WIDEST_GAP, (width - 2 * MARGIN) / leafCount) * zoom;
  const depth = Math.max(1, Math.log2(Math.max(tallest, leafCount)));
  const rise = Math.max(40, Math.min(82, 400 / depth));
  const foot = gap >= 40 ? 62 : 34;
  const across = Math.max(width, gap * leafCount + 2 * MARGIN);
  return {
    leafCount, gap, rise,
    width: across,
    height: Math.round(HEAD + depth * rise + foot),
    start: (across - gap * (leafCount - 1)) / 2,
    base: Math.round(HEAD + depth * rise),
  };
}

/** @param {Layout} from @param {Layout} to @param {number} part from 0 to 1 @returns {Layout} a layout between two others */
export function between(from, to, part) {
  /** @param {number} a @param {number} b */
  const mix = (a, b) => a + (b - a) * part;
  return {
    ...to,
    gap: mix(from.gap, to.gap), start: mix(from.start, to.start), base: mix(from.base, to.base), rise: mix(from.rise, to.rise),
  };
}

/** @param {Layout} places @param {number} node */
export function x(places, node) {
  return places.start + (node * places.gap) / 2;
}

/** @param {Layout} places @param {number} node */
export function y(places, node) {
  return places.base - level(node) * places.rise;
}

/**
 * Half the width of a node's mark: as large as its neighbours on the same level allow.
 * @param {Layout} places @param {number} node @returns {number}
 */
export function radius(places, node) {
  const height = level(node);
  return Math.max(0.8, Math.min(height === 0 ? 17 : 16, 0.4 * places.gap * 2 ** height));
}

/**
 * The curve from a parent to its child: upright at both ends.
 * @param {Layout} places @param {number} child
 */
export function edge(places, child) {
  const above = parent(child);
  const [ax, ay, bx, by] = [x(places, above), y(places, above), x(places, child), y(places, child)].map((at) => Math.round(at * 10) / 10);
  const middle = Math.round((ay + by) * 5) / 10;
  return `M${ax} ${ay}C${ax} ${middle} ${bx} ${middle} ${bx} ${by}`;
}

/**
 * A point on the edge between two neighbours, going from one to the other.
 * @param {Layout} places @param {number} from @param {number} to @param {number} part from 0 to 1
 * @returns {[number, number]}
 */
export function pointOnEdge(places, from, to, part) {
  const [ax, ay, bx, by] = [x(places, from), y(places, from), x(places, to), y(places, to)];
  const rest = 1 - part;
  const bend = part * part * (3 - 2 * part);
  const middle = (ay + by) / 2;
  return [ax + (bx - ax) * bend, rest ** 3 * ay + 3 * rest * part * middle + part ** 3 * by];
}

/**
 * The node nearest to a point, or -1 if none is near.
 * @param {Layout} places @param {number} px @param {number} py @returns {number}
 */
export function nodeAt(places, px, py) {
  const height = Math.round((places.base - py) / places.rise);
  if (height < 0 || height > Math.log2(places.leafCount)) return -1;
  const stride = 2 << height;
  const first = (1 << height) - 1;
  const turn = Math.round(((px - places.start) / (places.gap / 2) - first) / stride);
  const node = first + Math.max(0, Math.min(places.leafCount / (1 << height) - 1, turn)) * stride;
  const reach = Math.max(radius(places, node) + 6, 10);
  return Math.abs(px - x(places, node)) <= reach && Math.abs(py - y(places, node)) <= reach + (height === 0 ? 14 : 0) ? node : -1;
}
