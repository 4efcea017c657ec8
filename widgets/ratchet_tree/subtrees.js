/** What is in each subtree of a tree, and how a folded subtree is drawn and named. */
import { isThere, radius, round, x, y } from "./geometry.js";
import { nodeLabel, subtreeLabel } from "./words.js";

/** @typedef {import("./frame.js").Drawn} Frame */
/** @typedef {import("./geometry.js").Layout} Layout */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** What the viewer has of a private key, the most last. */
export const HELD = ["", "has-held", "has-computed", "has-leaked"];

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

/** The folded subtrees that are there. @param {Frame} frame @param {Layout} places @returns {Shape[]} */
export function folds(frame, places) {
  const there = [...places.folded].filter((node) => frame.marks[node] && isThere(places, node));
  return there.map((node) => fold(contentsOf(frame), places, node));
}

/** A folded subtree: a triangle with the number of its members. @param {Contents} contents @param {Layout} places @param {number} node @returns {Shape} */
function fold({ members, differs }, places, node) {
  const [across, top] = [round(x(places, node)), round(y(places, node) + radius(places, node) + 3)];
  const half = Math.max(3, Math.min(16, places.gap / 2));
  return [
    "g",
    { class: differs[node] ? "mls-fold is-different" : "mls-fold" },
    [
      ["path", { d: `M${across} ${top}l${half} ${half + 6}h${-2 * half}z` }],
      ["text", { x: across, y: top + half + 19 }, [String(members[node])]],
    ],
    node,
  ];
}

/** A node in words, and if it is folded, what it stands for. @param {Frame} frame @param {Layout} places @param {number} node */
export function labelOf(frame, places, node) {
  const label = nodeLabel(frame.marks[node], frame.viewer.name);
  return places.folded.has(node) ? `${label}, ${subtreeLabel(node, contentsOf(frame).members[node])}` : label;
}
