/**
 * What the pictures of one workspace share: the step, the viewer, the member, the message, and some values that only
 * pictures of one kind know, such as the part of a step.
 *
 * The pictures tell each other what changes by events; nobody keeps a list of them. Pictures that one page shows have an
 * `EventTarget` of their own. Each picture of a notebook has its own copy of this module, so there the events pass
 * through the document, and the name of the workspace keeps one from another. No kernel takes part in it, so pictures
 * still move together when the kernel is stopped, in a notebook that was saved, and in a page.
 */

/** @typedef {import("./model.d.ts").Model} Model */

/**
 * How one value of a workspace stands in the model of a picture.
 * @typedef {object} Share
 * @property {string} trait the trait whose change is a change of the value
 * @property {() => unknown} [read] the value now, undefined if this picture has none; by default the trait's
 * @property {(value: any) => Record<string, unknown> | undefined} [write] the traits that show the value, undefined if
 *   this picture cannot show it; by default the trait alone
 */
/** @typedef {Record<string, Share>} Shares by the name that the value has in the workspace */
/** @typedef {{name: string, apart: string[]}} Address `apart` are the values that its pictures do not share */
/** @typedef {{values: Record<string, unknown>, isQuestion: boolean, from: object}} Told a question is answered in its own `values` */

const EVENT = "mls-workbench.workspace";

/** The viewer of a workspace, in a picture that knows only some viewers. @param {() => {id: string}[]} viewers of the picture @returns {Share} */
export function viewerAmong(viewers) {
  return { trait: "viewer", write: (viewer) => (viewers().some(({ id }) => id === viewer) ? { viewer } : undefined) };
}

/**
 * Take part in a workspace: show what it shows, and tell it what changes here. It is given what nobody has told it yet.
 * @param {Model} model @param {Address | EventTarget | null | undefined} workspace without one nothing is shared
 * @param {Shares} shares @returns {() => void} what leaves it
 */
export function join(model, workspace, shares) {
  if (!workspace) return () => {};
  const isOfPage = workspace instanceof EventTarget;
  const place = isOfPage ? workspace : document;
  const event = isOfPage ? EVENT : `${EVENT} ${workspace.name}`;
  const shared = Object.entries(shares).filter(([name]) => isOfPage || !workspace.apart.includes(name));
  const own = {};
  /** The traits that are set because another picture has told so. @type {Set<string>} */
  const followed = new Set();

  /** @param {Share} share */
  const valueOf = ({ trait, read = () => model.get(trait) }) => read();

  /** @param {Record<string, unknown>} values @param {boolean} isQuestion */
  function tell(values, isQuestion) {
    const detail = /** @type {Told} */ ({ values, isQuestion, from: own });
    place.dispatchEvent(new CustomEvent(event, { detail }));
  }

  /** @param {Event} told */
  function hear(told) {
    const { values, isQuestion, from } = /** @type {CustomEvent<Told>} */ (told).detail;
    if (from === own) return;
    if (isQuestion) answer(values);
    else follow(values);
  }

  /** @param {Record<string, unknown>} values */
  function answer(values) {
    for (const [name, share] of shared) if (!(name in values) && valueOf(share) !== undefined) values[name] = valueOf(share);
  }

  /**
   * What is shown is saved at once. JupyterLab sends one change after the other, and ignores what Python echoes of an
   * older one only if the newer one is saved: else the echo would bring all pictures back.
   * @param {Record<string, unknown>} values
   */
  function follow(values) {
    for (const [name, { trait, write }] of shared) {
      if (!(name in values)) continue;
      const changes = Object.entries((write ? write(values[name]) : { [trait]: values[name] }) ?? {});
      for (const [each] of changes) followed.add(each);
      for (const [each, value] of changes) if (model.get(each) !== value) model.set(each, value);
      for (const [each] of changes) followed.delete(each);
    }
    model.save_changes();
  }

  const hearers = shared.map(([name, share]) => {
    const changed = () => {
      const value = followed.has(share.trait) ? undefined : valueOf(share);
      if (value !== undefined) tell({ [name]: value }, false);
    };
    model.on(`change:${share.trait}`, changed);
    return () => model.off(`change:${share.trait}`, changed);
  });
  /** @type {Record<string, unknown>} */
  const known = {};
  tell(known, true);
  follow(known);
  const here = {};
  answer(here);
  tell(Object.fromEntries(Object.entries(here).filter(([name]) => !(name in known))), false);
  place.addEventListener(event, hear);

  return () => {
    place.removeEventListener(event, hear);
    for (const stop of hearers) stop();
  };
}
