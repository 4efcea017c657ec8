/**
 * The drawing of a tree that is larger than its picture. Nodes with enough room look as in a small tree, other nodes are
 * strokes, and subtrees without any room are blocks that say what is in them.
 */
import { edge, isThere, level, radius, round, x, y } from "./geometry.js";
import { inSight } from "./large_layout.js";
import { NOBODY, bareNode, edgeClass, link, nodeClass, pointers, roomFor, toldBy, way } from "./picture.js";
import { HELD, contentsOf, folds } from "./subtrees.js";

/** @typedef {import("./frame.js").Drawn} Frame */
/** @typedef {import("./frame.js").Mark} Mark */
/** @typedef {import("./large_layout.js").LargeLayout} LargeLayout */
/** @typedef {import("./picture.js").Attention} Attention */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** Thin lines to more nodes than this would hide the tree. */
const LINKS_AT_MOST = 200;

/**
 * @param {Frame} frame @param {LargeLayout} places @param {Partial<Attention>} [attention] @returns {Shape[]}
 */
export function drawLarge(frame, places, attention = {}) {
  const { focus, pin, pointed, named, found, label } = { ...NOBODY, ...attention };
  const { nodes, blocks } = seenIn(frame, places);
  const told = toldBy(frame.marks[pointed]);
  const links = told.size <= LINKS_AT_MOST ? [...told].filter(hasRoom) : [];
  const attended = { focus, pin, named: named.filter(({ node }) => hasRoom(node)), found: found.filter(hasRoom) };

  /** Whether a node is in sight, or a block stands for it. @param {number} node */
  function hasRoom(node) {
    const { first, slots } = places.slot(node);
    const from = places.look.left + first * places.gap;
    return isThere(places, node) && from < places.width && from + slots * places.gap > 0;
  }

  return [
    ["g", { class: "mls-edges" }, edges(frame, places, nodes, new Set(blocks))],
    ["g", { class: "mls-blocks" }, blocks.map((each) => block(contentsOf(frame), places, each))],
    ["g", { class: "mls-edges" }, [...frame.path.keys()].filter((child) => isThere(places, child)).map((child) => pathEdge(frame, places, child))],
    ["g", { class: "mls-way" }, way(frame, places, frame.marks[pointed] ? pointed : pin)],
    ["g", { class: "mls-links" }, links.map((each) => link(places, frame.marks[pointed], each))],
    ["g", { class: "mls-nodes", role: "tree", "aria-label": label }, marks(frame, places, nodes, told)],
    ["g", { class: "mls-folds" }, folds(frame, places).filter(([, , , each]) => nodes.includes(Number(each)))],
    ...pointers(frame, places, attended),
  ];
}

/** What is in sight of a tree, which may be smaller than the tree for which there is room. @param {Frame} frame @param {LargeLayout} places */
export function seenIn({ marks }, places) {
  const { nodes, blocks } = inSight(places);
  return { nodes: nodes.filter((node) => node < marks.length), blocks: blocks.filter((node) => node < marks.length) };
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

/** A subtree without room: from the level below its node down to the leaves. @param {import("./subtrees.js").Contents} contents @param {LargeLayout} places @param {number} node @returns {Shape} */
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

/** What a picture does not draw node by node, in words; "" if it draws all. @param {Frame} frame @param {LargeLayout} places */
export function foldedWords(frame, places) {
  const { blocks } = seenIn(frame, places);
  if (blocks.length === 0) return "";
  const height = level(blocks[0]);
  const leaves = blocks.reduce((sum, each) => sum + 2 ** level(each), 0);
  const members = blocks.reduce((sum, each) => sum + contentsOf(frame).members[each], 0);
  return (
    `Each block stands for a subtree of ${2 ** height} leaves: together ${leaves} leaves, with ${members} members, ` +
    `which there is no room to draw one by one.`
  );
}
