/** A model for a page without a kernel, and the widget that uses it. */

/**
 * @param {{render: (host: {model: import("./model.d.ts").Model, el: HTMLElement}) => () => void}} widget
 * @param {Record<string, unknown>} traits the first values of the traits
 * @param {HTMLElement} el
 * @returns {{model: import("./model.d.ts").Model, end: () => void}} its model, and what ends it
 */
export function play(widget, traits, el) {
  const values = { ...traits };
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  const model = {
    /** @param {string} name @returns {any} */
    get: (name) => values[name],
    /** @param {string} name @param {unknown} value */
    set(name, value) {
      if (values[name] === value) return;
      values[name] = value;
      for (const listener of listeners.get(`change:${name}`) ?? []) listener();
    },
    save_changes() {},
    /** @param {string} event @param {() => void} listener */
    on: (event, listener) => listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    /** @param {string} event @param {() => void} listener */
    off: (event, listener) => listeners.get(event)?.delete(listener),
  };
  el.replaceChildren();
  return { model, end: widget.render({ model, el }) };
}
