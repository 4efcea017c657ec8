/** The room of a tree of any size: its picture is made of elements, or stands on a canvas if the tree is larger than its picture. */
import { html } from "../shared/dom.js";
import { LARGEST } from "./frame.js";
import { largeViewport } from "./large_viewport.js";
import { treeViewport } from "./viewport.js";

/**
 * What is shown.
 * @typedef {object} Scene
 * @property {import("./frame.js").Drawn} frame
 * @property {number} leaves for so many leaves there is room: those of the tree, or of a larger tree beside it
 * @property {number} tallest the largest leaf count for which height is kept
 * @property {number} pin the node whose values are open, or -1
 * @property {string} label the name of the whole picture
 * @property {string | null} actor a member who is named even without room for the name
 */

/**
 * What a viewport tells.
 * @typedef {object} Hears
 * @property {(node: number) => void} choose a node is clicked, or Enter is pressed on it
 * @property {(canZoom: boolean) => void} arranged the layout is new
 * @property {(shapes: import("../shared/shapes.js").Shape[]) => void} painted what is drawn now
 * @property {(node: number) => void} [points] the node under the pointer or with the focus, or -1
 * @property {(look: any) => void} [looks] where the reader looks now; a tree of the same size can `follow` it
 */

/** @typedef {{travel: number | null, slide: boolean}} Motion see `show` in viewport.js */

/** @param {Hears} hears */
export function viewportOfAnySize(hears) {
  const small = treeViewport(hears);
  const large = largeViewport(hears);
  /** @type {typeof small | typeof large} */
  let now = small;
  const room = html("div", { class: "mls-tree-room" }, small.room);

  /** @param {Scene} scene @param {Motion} how */
  function show(scene, how) {
    const wanted = scene.leaves > LARGEST ? large : small;
    if (wanted !== now) room.replaceChildren(wanted.room);
    now = wanted;
    now.show(scene, how);
  }

  return {
    room,
    show,
    /** Zoom in or out. Without a factor, show the whole tree. @param {number} [factor] */
    rescale: (factor) => now.rescale(factor),
    /** Fold the subtree below a node, or unfold it. @param {number} node */
    fold: (node) => now.fold(node),
    /** Show a node, and mark what was found. @param {number} node @param {number[]} [all] what a search has found */
    jump: (node, all) => now.jump(node, all),
    /** Light a node as if the pointer were over it, -1: none. @param {number} node */
    point: (node) => now.point(node),
    /** Look at the same part as another viewport, which has told it. @param {any} look */
    follow: (look) => now.follow(look),
    stop() {
      small.stop();
      large.stop();
    },
  };
}
