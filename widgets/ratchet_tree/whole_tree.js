/** A whole tree as a still picture shows it. */
import { LARGEST } from "./frame.js";
import { layout } from "./geometry.js";
import { ALL, largeLayout } from "./large_layout.js";
import { drawLarge, foldedWords } from "./large_picture.js";
import { draw } from "./picture.js";

/**
 * The shapes of a tree, and in words what there is no room to draw.
 * @param {import("./frame.js").Drawn} frame
 * @param {{width: number, leaves: number, tallest: number}} room for so many leaves, with the height of the tallest tree
 * @returns {{width: number, height: number, shapes: import("../shared/shapes.js").Shape[], left: string}}
 */
export function wholeTree(frame, { width, leaves, tallest }) {
  if (leaves > LARGEST) {
    const places = largeLayout(leaves, width, ALL);
    return { width, height: places.height, shapes: drawLarge(frame, places), left: foldedWords(frame, places) };
  }
  const places = layout(leaves, { width, zoom: 1, tallest });
  return { width: places.width, height: places.height, shapes: draw(frame, places), left: "" };
}
