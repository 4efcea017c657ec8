/** The frame of the lifetimes: a pure function of the view and of the traits. */
import { openAtFirst, rowsOf, within } from "./geometry.js";
import { compromiseOf } from "./compromise.js";
import { recordedHistory } from "../shared/verdict.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("../shared/verdict.js").RecordedHistory} RecordedHistory */

/** A view ready to be drawn. @typedef {{view: View, given: RecordedHistory}} Opening */

/**
 * The traits. `opened` are the kinds of secrets that are not folded; null means the kinds with few lanes.
 * @typedef {{device: string, step: number, leaks: string[], opened: string[] | null}} Place
 */

/**
 * @typedef {object} Frame
 * @property {View} view
 * @property {string} device
 * @property {number} hue of the device
 * @property {import("./geometry.js").Row[]} rows
 * @property {import("./compromise.js").Compromise} compromise
 */

/** @param {View} view @returns {Opening} */
export function openingOf(view) {
  return { view, given: recordedHistory(view.security) };
}

/** The traits, limited to what the view has. @param {View} view @param {Place} place */
export function bounded({ devices, security }, place) {
  const device = Object.hasOwn(devices, place.device) ? place.device : Object.keys(devices)[0];
  return {
    device,
    step: within(place.step, security.steps.length - 1),
    others: security.leaks.map(({ name }) => name).filter((name) => place.leaks.includes(name)),
  };
}

/** The kinds that are not folded. @param {View} view @param {Place} place @returns {string[]} */
export function unfolded(view, place) {
  return place.opened ?? openAtFirst(view, bounded(view, place).device);
}

/** @param {Opening} opening @param {Place} place @returns {Frame} */
export function frameAt({ view, given }, place) {
  const here = bounded(view, place);
  return {
    view,
    device: here.device,
    hue: view.security.members.find(({ id }) => id === here.device)?.hue ?? 0,
    rows: rowsOf(view, here.device, unfolded(view, place)),
    compromise: compromiseOf(view, given, here),
  };
}
