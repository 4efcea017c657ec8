/**
 * Widgets of ipywidgets in the output of a picture (notebook_output.js): they have no module of their own.
 *
 * Traits: content, a widget; pictures, the pictures in it, in the order in which the output has their players.
 */
import { OWN_KEYS, html } from "./dom.js";
import { announced } from "./notebook_output.js";

/** @typedef {import("./model.d.ts").Model} Model */
/** @typedef {{get_model: (id: string) => Promise<any>, create_view: (model: any) => Promise<any>}} Manager */

const REFERENCE = "IPY_MODEL_";

/** @param {{model: Model, el: HTMLElement}} host @returns {Promise<() => void>} */
async function render({ model, el }) {
  const view = await managerOf(model).create_view(await referred(model, model.get("content")));
  const { luminoWidget } = view;
  // Lumino's own way into a page, so that the widgets hear that they are shown: until then they have no layout.
  const root = html("div", OWN_KEYS);
  el.append(root);
  luminoWidget.constructor.attach(luminoWidget, root);
  return () => view.remove();
}

/** @param {Model} model @returns {Promise<any[]>} */
function valuesOf(model) {
  return Promise.all(model.get("pictures").map((/** @type {string} */ each) => referred(model, each)));
}

/** @param {Model} model @param {string} reference */
function referred(model, reference) {
  return managerOf(model).get_model(reference.slice(REFERENCE.length));
}

/** @param {Model} model @returns {Manager} */
function managerOf(model) {
  return /** @type {any} */ (model).widget_manager;
}

export default announced(render, valuesOf);
