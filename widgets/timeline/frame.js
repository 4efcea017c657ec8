/**
 * What is on a timeline now: the steps of one line of history, the lanes of members that have room, and what is folded.
 * A frame is a function of the view, of what is chosen, and of what the reader searches.
 */
import { own } from "../shared/words.js";

/** @typedef {import("./view.d.ts").TimelineView} View */
/** @typedef {import("./view.d.ts").TimelineStepView} Step */
/** @typedef {import("./view.d.ts").TimelineLaneView} Lane */
/** @typedef {import("./view.d.ts").TimelineHistoryView} History */
/** @typedef {import("./signatures.d.ts").SignatureView} Signature */

/**
 * One step on the line: its number, its branch, and whether the viewer can know what it did.
 * @typedef {{number: number, branch: number, step: Step, isKnown: boolean}} Item
 *
 * Another branch, beside the line that is shown.
 * @typedef {{branch: number, name: string, at: number, items: Item[], epochs: string}} Side
 *
 * An epoch on the line, from one step to another.
 * @typedef {{epoch: number, label: string, from: number, to: number}} Epoch
 *
 * @typedef {object} Frame
 * @property {View} view
 * @property {number} branch
 * @property {number} step
 * @property {Item[]} items the steps that are shown
 * @property {Item} now
 * @property {number} last the number of the last step of the line
 * @property {number} earlier how many steps before the shown ones are left out
 * @property {number} later how many after them
 * @property {Epoch[]} epochs
 * @property {{lane: Lane, index: number, history: History | undefined, isChosen: boolean}[]} lanes
 * @property {number} folded how many members have no lane of their own now
 * @property {boolean} hasOthers whether steps of others than the members in the lanes are shown
 * @property {Side[]} sides
 * @property {string} viewer the viewer's name; "" if everything that was recorded is shown
 * @property {number} message the step whose message is chosen, or -1
 */

/** So many members have a lane before the reader asks for all, and so many at most then. */
export const LANES = { folded: 12, open: 200 };
/** So many steps are drawn at once. The step that is shown is among them. */
export const STEPS = 240;

/**
 * @param {View} view
 * @param {{step: number, viewer: string, member: string, message: number, branch: number}} place
 * @param {{query: string, isOpen: boolean}} [wish] the names that the reader searches, and whether all lanes are wanted
 * @returns {Frame}
 */
export function frameOf(view, place, { query, isOpen } = { query: "", isOpen: false }) {
  const branch = place.branch in view.branches ? place.branch : 0;
  const all = line(view, branch, place.viewer);
  const last = all[all.length - 1].number;
  const step = Math.max(all[0].number, Math.min(last, place.step));
  const at = all.findIndex(({ number }) => number === step);
  const begin = Math.max(0, Math.min(at - STEPS / 2, all.length - STEPS));
  const items = all.slice(begin, begin + STEPS);
  const chosen = chosenLanes(view, place, query, isOpen);
  const histories = new Map(view.branches[branch].histories.map((history) => [history.lane, history]));
  const lanes = chosen.map((index) => ({ lane: view.lanes[index], index, history: histories.get(index), isChosen: view.lanes[index].id === place.member }));
  const shown = new Set(chosen);
  return {
    view,
    branch,
    step,
    items,
    now: all[at],
    last,
    earlier: begin + view.first,
    later: all.length - begin - items.length,
    epochs: epochsOf(items),
    lanes,
    folded: view.lanes.length - lanes.length,
    hasOthers: lanes.length < view.lanes.length || items.some(({ step: { lane }, isKnown }) => lane === null || !isKnown || !shown.has(lane)),
    sides: view.branches.flatMap((_, other) => (other === branch ? [] : [side(view, branch, other, place.viewer)])),
    viewer: view.viewers.find(({ id }) => id === place.viewer)?.name ?? "",
    message: place.message,
  };
}

/** The steps of a branch, those that it shares with its parent first. @param {View} view @param {number} branch @param {string} viewer @returns {Item[]} */
export function line(view, branch, viewer) {
  const { parent, at, steps } = view.branches[branch];
  const before = parent < 0 ? [] : line(view, parent, viewer).filter(({ number }) => number <= at);
  return [...before, ...steps.map((step, index) => ({ number: at + 1 + index, branch, step, isKnown: !step.unseen_by.includes(viewer) }))];
}

/** @param {View} view @param {number} shown @param {number} branch @param {string} viewer @returns {Side} */
function side(view, shown, branch, viewer) {
  const here = line(view, shown, viewer);
  const all = line(view, branch, viewer);
  const common = all.findIndex((item, index) => here[index]?.step !== item.step);
  const items = common < 0 ? [] : all.slice(common);
  const at = items.length ? items[0].number - 1 : all[all.length - 1].number;
  const ends = items.length ? [items[0], items[items.length - 1]].map(({ step }) => step.epoch) : [];
  const epochs = ends.length === 0 ? "" : ends[0] === ends[1] ? `epoch ${ends[0]}` : `epochs ${ends[0]} to ${ends[1]}`;
  return { branch, name: view.branches[branch].name || (branch === 0 ? "the main line" : `branch ${branch + 1}`), at, items, epochs };
}

/** @param {Item[]} items @returns {Epoch[]} */
function epochsOf(items) {
  /** @type {Epoch[]} */
  const epochs = [];
  for (const { number, branch, step } of items) {
    const last = epochs[epochs.length - 1];
    if (last?.epoch === step.epoch) last.to = number;
    else epochs.push({ epoch: step.epoch, label: `${step.epoch}${"′".repeat(branch)}`, from: number, to: number });
  }
  return epochs;
}

/**
 * The lanes that have room: those whose name the reader searches, or the members who did most; always the viewer's and the
 * chosen member's. They keep their order, so that nothing jumps while the step moves.
 * @param {View} view @param {{viewer: string, member: string}} place @param {string} query @param {boolean} isOpen @returns {number[]}
 */
function chosenLanes(view, { viewer, member }, query, isOpen) {
  const words = query.trim().toLocaleLowerCase();
  const indices = view.lanes.map((_, index) => index);
  if (words) return indices.filter((index) => view.lanes[index].name.toLocaleLowerCase().includes(words)).slice(0, LANES.open);
  const most = isOpen ? LANES.open : LANES.folded;
  const busiest = [...indices].sort((one, other) => view.lanes[other].acts - view.lanes[one].acts).slice(0, most);
  const kept = new Set([...busiest, ...indices.filter((index) => [viewer, member].includes(view.lanes[index].id))]);
  return indices.filter((index) => kept.has(index));
}

/**
 * How a member stood after a step.
 * @param {History | undefined} history @param {number} step
 * @returns {"out" | "in" | "behind" | "away"}
 */
export function standingAt(history, step) {
  const isIn = history?.spans.some(({ start, end }) => start <= step && (end === null || step < end)) ?? false;
  if (!isIn) return "out";
  const gap = history?.gaps.find(({ start, end }) => start <= step && (end === null || step < end));
  return gap ? /** @type {"behind" | "away"} */ (gap.kind) : "in";
}

const WORST = { verified: 0, decrypted: 0, unknown: 1, failed: 2 };

/** The state of the signatures of a step: that of the worst; "" if it has none. @param {Step} step @returns {Signature["state"] | ""} */
export function signed({ signatures }) {
  /** @param {Signature} one */
  const rank = ({ state }) => own(WORST, state) ?? 0;
  return signatures.reduce((/** @type {Signature | null} */ worst, one) => (worst === null || rank(one) > rank(worst) ? one : worst), null)?.state ?? "";
}
