/** The widget of a page without a kernel. */
import { localModel } from "./local_model.js";

/**
 * @param {{render: (host: {model: import("./model.d.ts").Model, el: HTMLElement}) => () => void}} widget
 * @param {Record<string, unknown>} traits the first values of the traits
 * @param {HTMLElement} el
 * @returns {{model: import("./model.d.ts").Model, end: () => void}} its model, and what ends it
 */
export function play(widget, traits, el) {
  const model = localModel(traits);
  el.replaceChildren();
  return { model, end: widget.render({ model, el }) };
}
