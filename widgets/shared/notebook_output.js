/**
 * A picture in a notebook. Its output is HTML that needs no kernel: a figure, a player that takes the figure's place,
 * and a sentence (widgets/shared/page.py). The notebook keeps nothing else. While the kernel of the picture runs, its
 * model announces itself here, and the live picture stands in the output instead of the player.
 */

import { grows } from "./growing.js";

/** @typedef {import("./model.d.ts").Model} Model */
/** @typedef {{get: (name: string) => unknown}} Values */
/** @typedef {(valuesOf?: (number: number) => Values) => Promise<void>} Play starts the players, with the last values */
/** @typedef {(output: HTMLElement, play: Play) => void} Show */

// Modules and outputs of several versions may be on one page: the two names are all that they share.
const PICTURES = Symbol.for("mls-workbench.pictures");
const ANNOUNCED = "mls-workbench.picture";

/**
 * A widget whose model announces itself as soon as it is on the page.
 * @param {(host: {model: Model, el: HTMLElement}) => unknown} render
 * @param {(model: Model) => Promise<Values[]>} [valuesOf] what the players of its output go on with
 */
export function announced(render, valuesOf = async (model) => [model]) {
  return {
    render,
    /** @param {{model: Model}} host */
    async initialize({ model }) {
      const id = model.get("output_id");
      if (!id) return undefined;
      const stopGrowing = model.get("edition") === undefined ? null : grows(model);
      const page = /** @type {Record<symbol, Map<string, Show> | undefined>} */ (/** @type {unknown} */ (globalThis));
      const pictures = (page[PICTURES] ??= /** @type {Map<string, Show>} */ (new Map()));
      const last = await valuesOf(model);
      pictures.set(id, (output, play) => connect(output, play, last, { model, render }));
      document.dispatchEvent(new CustomEvent(ANNOUNCED, { detail: id }));
      return () => {
        pictures.delete(id);
        stopGrowing?.();
      };
    },
  };
}

/**
 * Show a live picture in an output, until its kernel is gone.
 * @param {HTMLElement} output @param {Play} play @param {Values[]} last
 * @param {{model: Model, render: (host: {model: Model, el: HTMLElement}) => unknown}} picture
 */
function connect(output, play, last, { model, render }) {
  const kept = /** @type {HTMLElement[]} */ ([...output.children]);
  const el = document.createElement("div");
  for (const child of kept) child.hidden = true;
  output.append(el);
  const end = render({ model, el });
  whenGone(model, async () => {
    const stop = await end;
    if (typeof stop === "function") stop();
    el.remove();
    for (const child of kept) child.hidden = false;
    await play((number) => last[number]);
  });
}

const GONE = new Set(["restarting", "autorestarting", "terminating", "dead"]);

/**
 * Do something once when the kernel of a model is gone: started anew, shut down, crashed or exchanged. Only JupyterLab
 * says so; a lost connection that comes back is none of these.
 * @param {Model} model @param {() => void} act
 */
function whenGone(model, act) {
  const kernel = /** @type {any} */ (model).widget_manager?.kernel;
  if (!kernel) return;
  const over = () => {
    kernel.statusChanged.disconnect(changed);
    kernel.disposed.disconnect(over);
    act();
  };
  /** @param {unknown} _ @param {string} status */
  const changed = (_, status) => GONE.has(status) && over();
  kernel.statusChanged.connect(changed);
  kernel.disposed.connect(over);
}
