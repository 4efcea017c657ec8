/** The still picture of a derivation. */
import { draw } from "./derivation_picture.js";
import { sentences } from "./derivation_walk.js";
import { image, list } from "./still.js";

/**
 * @param {{view: import("./derivation.d.ts").DerivationView, every_step: boolean}} traits @param {string} style
 * @returns {import("./still.js").Still}
 */
export function still({ view, every_step }, style) {
  const shown = every_step ? view.full : view.folded;
  const { width, height } = shown;
  const shapes = draw({ view, shown, selected: -1, stop: -1 });
  return {
    label: view.title,
    sentence: view.summary,
    picture: image({ width, height, name: "mls-picture mls-derivation-picture" }, style, shapes),
    words: list("The derivation in sentences", sentences(view, shown)),
  };
}
