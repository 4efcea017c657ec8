/** The frame of a key schedule: one epoch's secrets as one viewer has them after one step. A pure function. */

/** @typedef {import("./schedule.d.ts").KeyScheduleView} View */
/** @typedef {import("./schedule.d.ts").EpochScheduleView} Schedule */
/** @typedef {import("./schedule.d.ts").ScheduleSecretView} Secret */
/** @typedef {import("./schedule.d.ts").TimeHeldView} TimeHeld */
/** @typedef {import("../ratchet_tree/view.d.ts").ViewerView} Viewer */

/** The traits. An epoch below 0 means the epoch of the step. @typedef {{step: number, viewer: string, epoch: number, selected: string}} Place */

/**
 * How the viewer has a secret: in its state, leaked to the attacker, computed by it, deleted, or never. `zero` is the
 * all-zero string that everybody knows, `later` a secret of an epoch that has not begun.
 * @typedef {"held" | "leaked" | "computed" | "deleted" | "never" | "zero" | "later"} Standing
 */

/**
 * A secret, with the viewers (by index) that have it after the step, and those that have had it and deleted it.
 * @typedef {object} Shown
 * @property {Secret} secret
 * @property {Standing} standing
 * @property {number[]} holders
 * @property {number[]} gone
 */

/**
 * @typedef {object} Frame
 * @property {View} view
 * @property {number} step
 * @property {Viewer} viewer
 * @property {number} hue of the viewer; -1 if it is no member
 * @property {number} epoch
 * @property {Schedule} schedule
 * @property {Shown[]} shown
 * @property {string} selected the key of the selected secret, or ""
 * @property {number | null} before the recorded epoch before this one
 * @property {number | null} after
 */

/** @param {View} view @param {Place} place @returns {Frame} */
export function frameAt(view, place) {
  const step = Math.max(0, Math.min(view.steps.length - 1, place.step));
  const epochs = Object.keys(view.epochs).map(Number);
  const wanted = place.epoch < 0 ? view.steps[step].epoch : place.epoch;
  // a group may have steps before its first recorded epoch
  const epoch = epochs.includes(wanted) ? wanted : (epochs.filter((each) => each <= wanted).at(-1) ?? epochs[0]);
  const schedule = view.epochs[epoch];
  const index = Math.max(0, view.viewers.findIndex(({ id }) => id === place.viewer));
  const viewer = view.viewers[index];
  const isLater = schedule.step > step;
  const shown = schedule.secrets.map((secret) => shownOf(view, secret, step, index, isLater));
  const at = epochs.indexOf(epoch);
  return {
    view,
    step,
    viewer,
    hue: view.members.find(({ id }) => id === viewer.id)?.hue ?? -1,
    epoch,
    schedule,
    shown,
    selected: schedule.secrets.some(({ key }) => key === place.selected) ? place.selected : "",
    before: epochs[at - 1] ?? null,
    after: epochs[at + 1] ?? null,
  };
}

/** @param {View} view @param {Secret} secret @param {number} step @param {number} viewer @param {boolean} isLater @returns {Shown} */
function shownOf(view, secret, step, viewer, isLater) {
  const begun = secret.held.filter(({ first }) => first <= step);
  const holders = crowd(view, begun.filter(({ end }) => end === null || end > step));
  const gone = crowd(view, begun).filter((each) => !holders.includes(each));
  const own = begun.filter(({ holders: some }) => view.crowds[some].includes(viewer));
  return { secret, standing: standingOf(secret, own, step, isLater), holders, gone };
}

/** The viewers that have a secret in some of these times, once each. @param {View} view @param {TimeHeld[]} times */
function crowd(view, times) {
  const viewers = new Set(times.flatMap(({ holders }) => view.crowds[holders]));
  return [...viewers].sort((one, other) => one - other);
}

/** @param {Secret} secret @param {TimeHeld[]} own @param {number} step @param {boolean} isLater @returns {Standing} */
function standingOf(secret, own, step, isLater) {
  if (secret.is_zero) return isLater ? "later" : "zero";
  const now = own.find(({ end }) => end === null || end > step);
  if (now) return now.how === "leaked" || now.how === "computed" ? now.how : "held";
  if (own.length) return "deleted";
  return isLater && secret.held.every(({ first }) => first > step) ? "later" : "never";
}

/** The step in which the viewer deleted a secret, or null. @param {Frame} frame @param {Secret} secret */
export function deletedIn({ view, step, viewer }, secret) {
  const index = view.viewers.indexOf(viewer);
  const ends = secret.held.filter(({ holders, first }) => first <= step && view.crowds[holders].includes(index));
  return ends.reduce((/** @type {number | null} */ last, { end }) => (end !== null && end <= step ? end : last), null);
}
