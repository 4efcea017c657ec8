/** The place of the words about the node under the pointer. */
import { radius, x, y } from "./geometry.js";

const WIDEST = 240;
const AWAY = 12;

/** Above the node; below it where the room above is too small. @param {HTMLElement} tip @param {import("./geometry.js").Layout} places @param {number} node @param {number} width of the room */
export function placeTip(tip, places, node, width) {
  const half = Math.min(WIDEST, width) / 2;
  tip.style.left = `${Math.max(half, Math.min(width - half, x(places, node)))}px`;
  const away = radius(places, node) + AWAY;
  const isBelow = y(places, node) - away < tip.offsetHeight;
  tip.style.top = `${y(places, node) + (isBelow ? away + tip.offsetHeight : -away)}px`;
}
