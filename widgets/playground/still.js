/** The still picture of a playground: its tree. */
import { still as stillTree } from "../ratchet_tree/still.js";

/**
 * @param {{view: import("./view.d.ts").PlaygroundView, opened: {step: number}, viewer: string}} traits @param {string} style
 * @returns {import("../shared/still.js").Still}
 */
export function still({ view, opened, viewer }, style) {
  return stillTree({ view: view.tree, step: opened.step, viewer }, style);
}
