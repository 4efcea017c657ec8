/**
 * The drawing of a tree that is larger than its picture. Nodes with enough room look as in a small tree, other nodes are
 * strokes, and subtrees without any room are blocks that say what is in them.
 */
import { edge, level, radius, x, y } from "./geometry.js";
import { inSight } from "./large_layout.js";
import { NOBODY, bareNode, edgeClass, link, nodeClass, pointers, roomFor, round, toldBy, way } from "./picture.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Mark} Mark */
/** @typedef {import("./large_layout.js").LargeLayout} LargeLayout */
/** @typedef {import("./picture.js").Attention} Attention */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** Thin lines to more nodes than this would hide the tree. */
const LINKS_AT_MOST = 200;
const HELD = ["", "has-held", "has-computed", "has-leaked"];

/**
 * What is in each subtree, by the node at its top.
 * @typedef {object} Contents
 * @property {Uint32Array} members how many
 * @property {Uint32Array} unknown how many nodes the viewer has not seen
 * @property {Uint8Array} held the most that the viewer has of a private key: an index of `HELD`
 * @property {Uint8Array} fresh whether a key is new in this epoch
 * @property {Uint8Array} differs whether the viewer of the tree beside this one has something else
 */

/** @type {WeakMap<Frame, Contents>} */
const counted = new WeakMap();

/** @param {Frame} frame @returns {Contents} */
export function contentsOf(frame) {
  const before = counted.get(frame);
  if (before) return before;
  const { marks } = frame;
  const size = marks.length;
  const contents = {
    members: new Uint32Array(size),
    unknown: new Uint32Array(size),
    held: new Uint8Array(size),
    fresh: new Uint8Array(size),
    differs: new Uint8Array(size),
  };
  const { members, unknown, held, fresh, differs } = contents;
  for (let height = 0; (1 << height) - 1 < size; height += 1) {
    const half = 1 << (height - 1);
    for (let at = (1 << height) - 1; at < size; at += 2 << height) {
      const mark = marks[at];
      members[at] = mark.member ? 1 : 0;
      unknown[at] = mark.state === "unknown" ? 1 : 0;
      held[at] = mark.hold ? HELD.indexOf(`has-${mark.hold}`) : 0;
      fresh[at] = mark.fresh ? 1 : 0;
      differs[at] = mark.differs ? 1 : 0;
      if (height === 0) continue;
      for (const below of [at - half, at + half]) {
        members[at] += members[below];
        unknown[at] += unknown[below];
        held[at] = Math.max(held[at], held[below]);
        fresh[at] |= fresh[below];
        differs[at] |= differs[below];
      }
    }
  }
  counted.set(frame, contents);
  return contents;
}

/**
 * @param {Frame} frame @param {LargeLayout} places @param {Partial<Attention>} [attention] @returns {Shape[]}
 */
export function drawLarge(frame, places, attention = {}) {
  const { focus, pin, pointed, named, found, label } = { ...NOBODY, ...attention };
  const { nodes, blocks } = inSight(places);
  const told = toldBy(frame.marks[pointed]);
  const links = told.size <= LINKS_AT_MOST ? [...told].filter(isThere) : [];
  const attended = { focus, pin, named: named.filter((mark) => isThere(mark.node)), found: found.filter(isThere) };

  /** Whether a node is in sight, or a block stands for it. @param {number} node */
  function isThere(node) {
    const { first, slots, at } = places.slot(node);
    const from = places.look.left + first * places.gap;
    return at === node && from < places.width && from + slots * places.gap > 0;
  }

  return [
    ["g", { class: "mls-edges" }, edges(frame, places, nodes, new Set(blocks))],
    ["g", { class: "mls-blocks" }, blocks.map((each) => block(contentsOf(frame), places, each))],
    ["g", { class: "mls-edges" }, [...frame.path].map(([child]) => pathEdge(frame, places, child))],
    ["g", { class: "mls-way" }, way(frame, places, pointed)],
    ["g", { class: "mls-links" }, links.map((each) => link(places, frame.marks[pointed], each))],
    ["g", { class: "mls-nodes", role: "tree", "aria-label": label }, marks(frame, places, nodes, told)],
    ["g", { class: "mls-folds" }, [...places.look.folded].filter((each) => nodes.includes(each)).map((each) => fold(contentsOf(frame), places, each))],
    ...pointers(frame, places, attended),
  ];
}

/**
 * The edges below the nodes in sight, a shape for all that look the same.
 * @param {Frame} frame @param {LargeLayout} places @param {number[]} nodes @param {Set<number>} blocks @returns {Shape[]}
 */
function edges(frame, places, nodes, blocks) {
  /** @type {Map<string, string>} */
  const lines = new Map();
  for (const above of nodes) {
    if (level(above) === 0 || blocks.has(above) || places.look.folded.has(above)) continue;
    const half = 1 << (level(above) - 1);
    for (const child of [above - half, above + half]) {
      if (frame.path.has(child)) continue;
      const name = edgeClass(frame, frame.marks[child]);
      lines.set(name, (lines.get(name) ?? "") + edge(places, child));
    }
  }
  return [...lines].map(([name, d]) => ["path", { class: name, d }, [], name]);
}

/** An edge on the path of the commit, which is seen over blocks too. @param {Frame} frame @param {LargeLayout} places @param {number} child @returns {Shape} */
function pathEdge(frame, places, child) {
  return ["path", { class: edgeClass(frame, frame.marks[child]), d: edge(places, child) }, [], child];
}

/**
 * Nodes with room as in a small tree. The others are small shapes, and those that look the same are beside each other.
 * @param {Frame} frame @param {LargeLayout} places @param {number[]} nodes @param {Set<number>} told @returns {Shape[]}
 */
function marks(frame, places, nodes, told) {
  /** @type {Map<string, Shape[]>} */
  const small = new Map();
  /** @type {Shape[]} */
  const large = [];
  for (const each of nodes) {
    const mark = frame.marks[each];
    if (roomFor(places, each) !== "tiny") {
      large.push(bareNode(frame, places, mark, told));
      continue;
    }
    const name = nodeClass(mark, "tiny", told.has(each));
    const alike = small.get(name) ?? [];
    alike.push(stroke(places, each));
    small.set(name, alike);
  }
  return [...[...small].map(([name, shapes]) => /** @type {Shape} */ (["g", { class: name }, shapes, name])), ...large];
}

/** A node without room for more. @param {LargeLayout} places @param {number} node @returns {Shape} */
function stroke(places, node) {
  const half = Math.max(0.5, radius(places, node));
  const height = level(node) === 0 ? 14 : Math.max(4, 2 * half);
  const box = { x: round(x(places, node) - half), y: round(y(places, node) - height / 2), width: round(2 * half), height };
  return ["rect", { class: "mls-shape", ...box, rx: Math.min(half, level(node) === 0 ? 2 : 5) }];
}

/** A subtree without room: from the level below its node down to the leaves. @param {Contents} contents @param {LargeLayout} places @param {number} node @returns {Shape} */
function block({ members, unknown, held, fresh, differs }, places, node) {
  const { first, slots } = places.slot(node);
  const [from, to] = [places.look.left + first * places.gap, places.look.left + (first + slots) * places.gap];
  const leaves = 2 ** level(node);
  const share = members[node] === 0 ? "is-empty" : members[node] < leaves ? "is-part" : "is-full";
  const isUnknown = unknown[node] === 2 * leaves - 1;
  const top = y(places, node) + 9;
  const name = ["mls-block", isUnknown ? "is-unknown" : share, HELD[held[node]], fresh[node] && !isUnknown && "is-fresh", differs[node] && "is-different"];
  const box = { x: round(from), y: round(top), width: round(Math.max(1, to - from - 0.4)), height: round(places.base + 8 - top) };
  return ["rect", { class: name.filter(Boolean).join(" "), ...box }, [], node];
}

/** A folded subtree: a triangle with the number of its members. @param {Contents} contents @param {LargeLayout} places @param {number} node @returns {Shape} */
function fold({ members }, places, node) {
  const [across, top] = [round(x(places, node)), round(y(places, node) + radius(places, node) + 3)];
  const half = Math.max(3, Math.min(16, places.gap / 2));
  return [
    "g",
    { class: "mls-fold" },
    [
      ["path", { d: `M${across} ${top}l${half} ${half + 6}h${-2 * half}z` }],
      ["text", { x: across, y: top + half + 19 }, [String(members[node])]],
    ],
    node,
  ];
}

/** What a picture does not draw node by node, in words; "" if it draws all. @param {Frame} frame @param {LargeLayout} places */
export function foldedWords(frame, places) {
  const { blocks } = inSight(places);
  if (blocks.length === 0) return "";
  const height = level(blocks[0]);
  const leaves = blocks.reduce((sum, each) => sum + 2 ** level(each), 0);
  const members = blocks.reduce((sum, each) => sum + contentsOf(frame).members[each], 0);
  return (
    `Each block stands for a subtree of ${2 ** height} leaves: together ${leaves} leaves, with ${members} members, ` +
    `which there is no room to draw one by one.`
  );
}
