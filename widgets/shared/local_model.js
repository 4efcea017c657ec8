/** A model that lives in the page alone: for pages without a kernel, and for pictures that share values. */

/**
 * @param {Record<string, unknown>} traits the first values
 * @returns {import("./model.d.ts").Model}
 */
export function localModel(traits) {
  const values = { ...traits };
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  return {
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
    on: (event, listener) => void listeners.set(event, (listeners.get(event) ?? new Set()).add(listener)),
    /** @param {string} event @param {() => void} listener */
    off: (event, listener) => void listeners.get(event)?.delete(listener),
  };
}
