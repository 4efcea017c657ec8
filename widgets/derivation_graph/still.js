/** The still picture of a derivation. */
import { draw } from "./picture.js";
import { sentences } from "./walk.js";
import { image, list } from "../shared/still.js";

/**
 * @param {{view: import("./derivation.d.ts").DerivationView, every_step: boolean}} traits @param {string} style
 * @returns {import("../shared/still.js").Still}
 */
export function still({ view, every_step }, style) {
  const shown = every_step ? view.full : view.folded;
  const { width, height } = shown;
  const shapes = draw({ view, shown, selected: -1, stop: -1 });
  const room = { width, height, name: "mls-derivation-graph" };
  return {
    label: view.title,
    sentence: view.summary,
    picture: image(room, style, [["g", { class: "mls-derivation-picture" }, shapes]]),
    words: list("The derivation in sentences", sentences(view, shown)),
  };
}
