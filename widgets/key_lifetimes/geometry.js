/** Places in the picture of lifetimes: rows go from top to bottom, steps from left to right. */
import { own } from "../shared/words.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("./lifetimes.d.ts").BarView} Bar */
/** @typedef {import("./lifetimes.d.ts").SpanView} Span */

export const HEAD = 48;
export const ROW = 24;
export const FOOT = 24;
const MARGIN = 10;
const NARROWEST = 18;
/** A bar ends this far before the step that deletes its secret, so that the next bar has room to begin. */
const SHORT_OF = 6;
/** Kinds with more lanes than this are folded at first: they are a band with a number. */
const OPEN_AT_MOST = 3;

/**
 * One row of the picture: a lane with bars, or a kind whose lanes are folded into a band.
 * @typedef {object} Row
 * @property {string} kind
 * @property {string} name
 * @property {"" | "open" | "closed"} fold whether it can be folded, and is
 * @property {boolean} inner whether it is one lane of several
 * @property {Bar[]} bars those that are drawn
 * @property {Bar[]} all those that it stands for, folded or not
 * @property {Span[]} band
 */

/**
 * @typedef {object} Scale
 * @property {number} gap from one step to the next
 * @property {number} steps
 * @property {number} width
 */

/** The kinds of a device that are open at first. @param {View} view @param {string} device @returns {string[]} */
export function openAtFirst(view, device) {
  const kinds = own(view.devices, device) ?? [];
  return kinds.filter(({ lanes }) => lanes.length <= OPEN_AT_MOST).map(({ kind }) => kind);
}

/**
 * The rows of a device, from top to bottom.
 * @param {View} view @param {string} device @param {string[]} opened
 * @returns {Row[]}
 */
export function rowsOf(view, device, opened) {
  return (own(view.devices, device) ?? []).flatMap(({ kind, lanes, band }) => {
    const { name } = view.kinds[kind];
    const all = lanes.flatMap(({ bars }) => bars);
    if (lanes.every((lane) => lane.name === name) || lanes.length === 1)
      return lanes.map(({ bars }, index) => row({ kind, name: index === 0 ? name : "", bars, all: bars }));
    if (!opened.includes(kind)) return [row({ kind, name, fold: "closed", band, all })];
    const inner = lanes.map((lane) => row({ kind, name: lane.name, inner: true, bars: lane.bars, all: lane.bars }));
    return [row({ kind, name, fold: "open", all }), ...inner];
  });
}

/** @param {Partial<Row> & {kind: string, name: string}} parts @returns {Row} */
function row(parts) {
  return { fold: "", inner: false, bars: [], all: [], band: [], ...parts };
}

/** @param {number} steps @param {number} room @returns {Scale} */
export function scaleOf(steps, room) {
  const gap = Math.max(NARROWEST, (room - 2 * MARGIN) / steps);
  return { gap, steps, width: 2 * MARGIN + gap * steps };
}

/** The place of a step. @param {Scale} scale @param {number} step */
export function x({ gap }, step) {
  return MARGIN + step * gap;
}

/** The place of a compromise after a step: between this step and the next. @param {Scale} scale @param {number} step */
export function compromiseX(scale, step) {
  return x(scale, step) + scale.gap / 2;
}

/** The two ends of a bar. The bar of a secret that is not deleted goes up to the edge. @param {Scale} scale
 * @param {number} from the step in which it begins @param {number | null} to @returns {[number, number]} */
export function extent(scale, from, to) {
  return [x(scale, from), to === null ? scale.width : x(scale, to) - SHORT_OF];
}

/** The step after which a compromise at this place would be. @param {Scale} scale @param {number} at */
export function stepAt(scale, at) {
  return within(Math.round((at - MARGIN) / scale.gap - 0.5), scale.steps - 1);
}

/**
 * The step to which a key goes: an arrow by one step, Page Up and Page Down by one epoch.
 * @param {string} key @param {number} step @param {View} view
 * @returns {number | null} null if it is no key of the line
 */
export function moved(key, step, { security: { steps, epochs } }) {
  const last = steps.length - 1;
  const begins = epochs.map((epoch) => epoch.step);
  /** @type {Record<string, number>} */
  const to = {
    ArrowLeft: step - 1,
    ArrowDown: step - 1,
    ArrowRight: step + 1,
    ArrowUp: step + 1,
    Home: 0,
    End: last,
    PageDown: Math.max(0, ...begins.filter((begin) => begin < step)),
    PageUp: Math.min(last, ...begins.filter((begin) => begin > step)),
  };
  return key in to ? within(to[key], last) : null;
}

/** The epochs from left to right. @param {View} view @param {Scale} scale */
export function epochSpans({ security: { epochs } }, scale) {
  return epochs.map(({ epoch, step }, index) => {
    const from = index === 0 ? 0 : x(scale, step);
    const to = index + 1 < epochs.length ? x(scale, epochs[index + 1].step) : scale.width;
    return { epoch, from, to };
  });
}

/** A number with two decimals. @param {number} value */
export function short(value) {
  return Math.round(value * 100) / 100;
}

/** @param {number} step @param {number} last */
export function within(step, last) {
  return Math.max(0, Math.min(last, step));
}
