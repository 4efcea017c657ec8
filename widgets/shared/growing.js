/**
 * A view that grows with its history. Python sends what changed in it, and the page adds this to the view that it has.
 * Each view has a number, its edition, so that a page notices when it has missed one.
 */

/** A change as `difference` in Python gives it. @typedef {{to: unknown} | {at: Record<string, any>}} Change */
/**
 * A message of Python (growing.py): the change of the view, and the other traits that change with it.
 * @typedef {{model: string, change: Change, state: {edition: number} & Record<string, unknown>}} Growth
 */

/** A value of JSON with a change. Parts that do not change stay the same objects. @param {any} old @param {Change} change */
export function changed(old, change) {
  if ("to" in change) return change.to;
  const next = Array.isArray(old) ? [...old] : { ...old };
  for (const [key, part] of Object.entries(change.at)) {
    const value = changed(Object.hasOwn(next, key) ? next[key] : null, part);
    // A plain assignment to "__proto__" would set no property.
    Object.defineProperty(next, key, { value, configurable: true, enumerable: true, writable: true });
  }
  return next;
}

/**
 * Keep the view of a model of JupyterLab as new as Python's.
 * @param {any} model what anywidget gives to `initialize` @returns {() => void} what ends it
 */
export function grows(model) {
  let last = Promise.resolve();
  /** Say which view is here. If it is not Python's newest view, Python sends that one whole. */
  const listen = () => model.send({ edition: model.get("edition") });

  /** @param {Growth} growth */
  async function grow({ model: id, change, state }) {
    // Only the model itself can take over values without sending them back to Python.
    const whole = await model.widget_manager.get_model(id);
    const edition = whole.get("edition");
    if (state.edition <= edition) return;
    if (state.edition > edition + 1) listen();
    else whole.set_state({ ...state, view: changed(whole.get("view"), change) });
  }

  /** Changes are added one after the other. @param {Growth} growth */
  const take = (growth) => void (last = last.then(() => grow(growth)));

  model.on("msg:custom", take);
  listen();
  return () => model.off("msg:custom", take);
}
