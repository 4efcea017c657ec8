/**
 * The host of a picture in the app. The picture's module is the same as in JupyterLab.
 *
 * A view grows with its history, and Panel sends a value whole at each change. So the page keeps a copy of the view, and
 * Python sends what is new. Further traits: edition (the number of the view that was last sent whole), missed (asks for the whole
 * view), address (the query that the address of the page has to show; null leaves it alone), failed ({asked, words}: the
 * number of what Python could not answer, and what it says about it).
 */
import { render as renderPicture } from "../playground/playground.js";
import { changed } from "../shared/growing.js";

/** The view of each model of the page. It outlives the element that shows it. @type {WeakMap<object, {view: unknown, edition: number}>} */
const copies = new WeakMap();

export default {
  /** @param {{model: any, el: HTMLElement}} host */
  render({ model, el }) {
    /** @type {Set<() => void>} */
    const listeners = new Set();
    const tell = () => listeners.forEach((listener) => listener());
    const takeWhole = () => {
      copies.set(model.model, { view: model.get("view"), edition: model.get("edition") });
      tell();
    };
    /** @param {string} text */
    const grow = (text) => {
      const { edition, change } = JSON.parse(text);
      const copy = /** @type {{view: unknown, edition: number}} */ (copies.get(model.model));
      if (edition <= copy.edition) return;
      if (edition !== copy.edition + 1) {
        model.set("missed", model.get("missed") + 1);
        model.save_changes();
        return;
      }
      copies.set(model.model, { view: changed(copy.view, change), edition });
      tell();
    };
    const showAddress = () => {
      const given = model.get("address");
      if (given === null) return;
      const query = new URLSearchParams(location.search);
      for (const name of ["history", "scenario", "step"]) query.delete(name);
      for (const [name, value] of Object.entries(given)) query.set(name, String(value));
      const text = query.toString();
      history.replaceState(history.state, "", text ? `?${text}` : location.pathname);
    };
    if (!copies.has(model.model)) takeWhole();
    model.on("change:view", takeWhole);
    model.on("msg:custom", grow);
    model.on("change:address", showAddress);
    showAddress();
    const end = renderPicture({
      el,
      model: {
        get: (/** @type {string} */ name) => (name === "view" ? copies.get(model.model)?.view : model.get(name)),
        set: (/** @type {string} */ name, /** @type {unknown} */ value) => model.set(name, value),
        save_changes: () => model.save_changes(),
        on: (/** @type {string} */ event, /** @type {() => void} */ call) =>
          event === "change:view" ? listeners.add(call) : model.on(event, call),
        off: (/** @type {string} */ event, /** @type {() => void} */ call) =>
          event === "change:view" ? listeners.delete(call) : model.off(event, call),
      },
    });
    return () => {
      model.off("change:view", takeWhole);
      model.off("msg:custom", grow);
      model.off("change:address", showAddress);
      end();
    };
  },
};
