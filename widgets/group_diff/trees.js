/** The trees of both sides as they are drawn: in the same places, with a sign at each node that is not the same. */
import { blankMark, resolution } from "../ratchet_tree/frame.js";
import { ROOM_FOR_NAMES } from "../ratchet_tree/geometry.js";
import { wholeTree } from "../ratchet_tree/whole_tree.js";
import { briefName } from "../shared/words.js";
import { NARROW, headShape } from "./picture.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../ratchet_tree/frame.js").Drawn} Drawn */
/** @typedef {import("../ratchet_tree/frame.js").Mark} Mark */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** The height of the line above a tree that says whose tree it is. */
export const CAPTION = 52;
const MARGIN = 12;

/** @param {Frame} frame @returns {[Drawn, Drawn] | null} null if a tree is unknown, or not there */
export function drawnTrees({ view, sides, trees }) {
  if (!trees) return null;
  const members = new Map(view.members.map((member) => [member.id, member]));
  const different = new Set(trees.different);
  const [one, two] = trees.sides.map(({ nodes, count }, at) => {
    const other = briefName(sides[1 - at].name);
    /** @type {Mark[]} */
    const marks = [];
    for (let index = 0; index < count; index += 1) {
      const node = nodes.get(index);
      const { digest: key, print, unmerged, member } = node ?? { digest: null, print: "", unmerged: [], member: "" };
      marks.push({
        ...blankMark(index),
        ...{ state: node ? "keyed" : "blank", member: members.get(member ?? "") ?? null, key, print, unmerged },
        differs: different.has(index) ? other : "",
        get resolution() {
          return resolution(marks, index);
        },
      });
    }
    const viewer = /** @type {const} */ ({ id: "", name: briefName(sides[at].name), kind: "observer" });
    return { viewer, leafCount: (count + 1) / 2, marks, path: new Map(), tokens: [], indices: false };
  });
  return [one, two];
}

/** Whether two trees have room for their names beside each other; else they stand one below the other. @param {number} leaves @param {number} width */
export function areBeside(leaves, width) {
  return width >= NARROW && (width / 2 - 2 * MARGIN) / leaves >= ROOM_FOR_NAMES;
}

/**
 * Both trees for a still picture, and in words what there is no room to draw.
 * @param {Frame} frame @param {number} width @returns {{shapes: Shape[], height: number, left: string}}
 */
export function stillTrees(frame, width) {
  const trees = drawnTrees(frame);
  if (!trees) return { shapes: [], height: 0, left: "" };
  const leaves = Math.max(...trees.map(({ leafCount }) => leafCount));
  const isBeside = areBeside(leaves, width);
  const room = isBeside ? Math.floor(width / 2) : width;
  const drawn = trees.map((tree) => wholeTree(tree, { width: room, leaves, tallest: leaves }));
  const height = CAPTION + drawn[0].height;
  const shapes = drawn.map((tree, at) => {
    const [x, y] = isBeside ? [at * room, 0] : [0, at * height];
    const caption = headShape(frame.sides[at], at, { x: MARGIN, y: 8, width: room - 2 * MARGIN });
    return /** @type {Shape} */ (["g", { transform: `translate(${x} ${y})` }, [caption, ["g", { transform: `translate(0 ${CAPTION})` }, tree.shapes]]]);
  });
  return { shapes, height: (isBeside ? 1 : 2) * height, left: drawn[0].left };
}
