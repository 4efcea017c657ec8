/** The places of the nodes in the picture of a ratchet tree, and the tree math of RFC 9420 Appendix C. */

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

/** @param {number} node @param {number} leafCount @returns {number[]} the siblings of a node and of its ancestors below the root */
export function copath(node, leafCount) {
  return [node, ...directPath(node, leafCount)].slice(0, -1).map((below) => {
    const above = parent(below);
    return below < above ? right(above) : left(above);
  });
}

/**
 * @param {number} node @param {number} ancestor
 * @returns {number[]} the nodes from `ancestor` down to `node`, both included
 */
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
    case "ArrowUp":
      return node === root(leafCount) ? node : parent(node);
    case "ArrowDown":
      return level(node) === 0 ? node : left(node);
    case "ArrowLeft":
      return node - stride < 0 ? node : node - stride;
    case "ArrowRight":
      return node + stride > last ? node : node + stride;
    case "Home":
      return root(leafCount);
    case "End":
      return last;
    default:
      return node;
  }
}

/**
 * Places and sizes. Leaves stand on one line at the bottom; the room above them is kept for the view's tallest tree.
 * @typedef {object} Layout
 * @property {number} leafCount
 * @property {number} width of the picture
 * @property {number} height of the picture
 * @property {number} gap between two leaves
 * @property {number} start x of node 0
 * @property {number} base y of the leaves
 * @property {number[]} rows how high each level stands above the leaves
 * @property {ReadonlySet<number>} folded parents whose subtrees are folded
 * @property {(node: number) => Slot} slot
 * @property {View} [view] what of the tree is in the picture, if the tree is larger than the picture
 */

/**
 * The room of a node among the leaves, and the node that stands there: itself, or a folded node above it.
 * @typedef {{first: number, slots: number, at: number}} Slot
 */

/**
 * @typedef {object} View
 * @property {(node: number) => number} x where a node stands
 * @property {(node: number) => number} space how wide the room of a node is
 * @property {number} most the largest half width of a mark
 */

const MARGIN = 12;
export const WIDEST_GAP = 100;
export const HEAD = 38;
/** If the gap between leaves is smaller than this, there is no room for names. */
export const ROOM_FOR_NAMES = 40;

/** @type {ReadonlySet<number>} */
export const NOTHING_FOLDED = new Set();

/**
 * The room of each node among the leaves: a folded subtree has the room of one leaf.
 * @param {number} leafCount @param {ReadonlySet<number>} folded @returns {{all: number, slot: (node: number) => Slot}}
 */
export function slotsOf(leafCount, folded) {
  const hidden = hiddenLeaves(leafCount, folded);
  const slots = (/** @type {number} */ node) => (folded.has(node) ? 1 : 2 ** level(node) - (hidden.get(node) ?? 0));
  const all = slots(root(leafCount));
  /** @type {Map<number, Slot>} */
  const known = new Map();

  /** @param {number} node @returns {Slot} */
  function slot(node) {
    const before = known.get(node);
    if (before) return before;
    let found = { first: 0, slots: all, at: root(leafCount) };
    if (node !== found.at) {
      const above = slot(parent(node));
      const isFolded = folded.has(above.at) || above.at !== parent(node);
      const [first, second] = [left(parent(node)), right(parent(node))];
      found = isFolded
        ? above
        : { first: above.first + (node === second ? slots(first) : 0), slots: slots(node), at: node };
    }
    known.set(node, found);
    return found;
  }

  return { all, slot };
}

/** How many leaves each node has lost to folded nodes. @param {number} leafCount @param {ReadonlySet<number>} folded */
function hiddenLeaves(leafCount, folded) {
  /** @type {Map<number, number>} */
  const hidden = new Map();
  for (const node of folded) {
    const above = directPath(node, leafCount);
    if (above.some((each) => folded.has(each))) continue;
    for (const each of above) hidden.set(each, (hidden.get(each) ?? 0) + 2 ** level(node) - 1);
  }
  return hidden;
}

/** With a subtree folded, or unfolded if it was folded. @param {ReadonlySet<number>} folded @param {number} node */
export function toggled(folded, node) {
  const changed = new Set(folded);
  if (!changed.delete(node)) changed.add(node);
  return changed;
}

/** Where an arrow key leads to; nothing is below a folded node, and it counts as one. @param {Layout} places @param {string} key @param {number} node @param {number} leafCount of the tree */
export function neighbourThere(places, key, node, leafCount) {
  if (key === "ArrowDown" && places.folded.has(node)) return node;
  return places.slot(neighbour(key, node, leafCount)).at;
}

/** Without the folded nodes that hide a node. @param {ReadonlySet<number>} folded @param {number} node @param {number} leafCount */
export function unfoldedFor(folded, node, leafCount) {
  const above = directPath(node, leafCount);
  return new Set([...folded].filter((each) => !above.includes(each)));
}

/** Whether no folded node hides a node. @param {Layout} places @param {number} node */
export function isThere({ folded, slot }, node) {
  return folded.size === 0 || slot(node).at === node;
}

/**
 * @param {number} leafCount
 * @param {{width: number, zoom: number, tallest: number, folded?: ReadonlySet<number>}} room `tallest` is the largest leaf count of the view
 * @returns {Layout}
 */
export function layout(leafCount, { width, zoom, tallest, folded = NOTHING_FOLDED }) {
  /** @param {number} leaves */
  const gapFor = (leaves) => Math.min(WIDEST_GAP, (width - 2 * MARGIN) / leaves) * zoom;
  const { all, slot } = slotsOf(leafCount, folded);
  const gap = gapFor(all);
  const most = Math.max(tallest, leafCount);
  const base = Math.round(HEAD + Math.max(...rowsFor(Math.max(most, 2), gapFor(most))));
  const across = Math.max(width, gap * all + 2 * MARGIN);
  const start = (across - gap * (all - 1)) / 2;
  /** @type {View} */
  const view = {
    x: (node) => start + (slot(node).first + (slot(node).slots - 1) / 2) * gap,
    space: (node) => slot(node).slots * gap,
    most: Infinity,
  };
  return {
    leafCount,
    gap,
    base,
    width: across,
    height: base + (gap >= ROOM_FOR_NAMES ? 62 : 36),
    start,
    rows: rowsFor(leafCount, gap),
    folded,
    slot,
    ...(folded.size ? { view } : {}),
  };
}

/**
 * A level whose nodes are close to each other gets little height, so that a tall tree has more height for the others.
 * @param {number} leafCount @param {number} gap
 */
function rowsFor(leafCount, gap) {
  const depth = Math.log2(leafCount);
  const highest = Math.max(46, Math.min(82, 500 / depth));
  const rows = [0];
  for (let height = 1; height <= depth; height += 1)
    rows.push(rows[height - 1] + Math.max(18, Math.min(highest, gap * 2 ** height * 1.1)));
  return rows;
}

/**
 * @param {Layout} from @param {Layout} to @param {number} part from 0 to 1
 * @returns {Layout} a layout between two others
 */
export function between(from, to, part) {
  /** @param {number} a @param {number} b */
  const mix = (a, b) => a + (b - a) * part;
  return {
    ...to,
    gap: mix(from.gap, to.gap),
    start: mix(from.start, to.start),
    base: mix(from.base, to.base),
    rows: to.rows.map((row, height) => mix(from.rows[height] ?? row, row)),
  };
}

/** @param {Layout} places @param {number} node */
export function x(places, node) {
  return places.view ? places.view.x(node) : places.start + (node * places.gap) / 2;
}

/** @param {Layout} places @param {number} node */
export function y(places, node) {
  return places.base - places.rows[level(node)];
}

/** How wide the room of a node is: from one node of its level to the next. @param {Layout} places @param {number} node */
export function space(places, node) {
  return places.view ? places.view.space(node) : places.gap * 2 ** level(node);
}

/**
 * Half the width of a node's mark: as large as its neighbours on the same level allow.
 * @param {Layout} places @param {number} node @returns {number}
 */
export function radius(places, node) {
  return Math.min(level(node) === 0 ? 17 : 16, 0.4 * space(places, node), places.view?.most ?? Infinity);
}

/**
 * The curve from a parent to its child: upright at both ends.
 * @param {Layout} places @param {number} child
 */
export function edge(places, child) {
  const above = parent(child);
  const [ax, ay, bx, by] = [x(places, above), y(places, above), x(places, child), y(places, child)].map(
    (at) => Math.round(at * 10) / 10,
  );
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
 * The node at a point, or -1 if none is near.
 * @param {Layout} places @param {number} px @param {number} py @returns {number}
 */
export function nodeAt(places, px, py) {
  const above = places.rows.map((row) => Math.abs(places.base - row - py));
  const height = above.indexOf(Math.min(...above));
  const away = (/** @type {number} */ node) => Math.abs(px - x(places, node));
  let node = -1;
  for (let each = (1 << height) - 1; each < nodeCount(places.leafCount); each += 2 << height)
    if (isThere(places, each) && (node < 0 || away(each) < away(node))) node = each;
  if (node < 0) return -1;
  const reach = Math.max(radius(places, node) + 6, 9);
  const below = height === 0 ? 16 : 0;
  return away(node) <= reach && above[height] <= reach + below ? node : -1;
}

/** @param {number} value a place in a picture, in a short form */
export function round(value) {
  return Math.round(value * 100) / 100;
}
