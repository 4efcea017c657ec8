/** What is on the picture now: the rows of the bytes and of the fields, and what is lit in them. */
import { hasInside, pathTo, prepared } from "./prepared.js";

/** @typedef {import("./prepared.js").Prepared} Prepared */
/** @typedef {import("./wire.d.ts").WireObjectView} View */

/** A long value shows its first and last rows; what is between is folded, if it is at least so many rows. */
const KEPT_BEFORE = 2;
const KEPT_BEHIND = 1;
const FOLDED_AT_LEAST = 4;
/** How deep the fields are open at first. */
const OPEN_DEPTH = 2;
/** A field with more fields inside is closed at first, however high it stands. */
const CLOSED_BEYOND = 400;

/**
 * A row of bytes, or a fold that stands for the bytes of one field.
 * @typedef {{start: number, end: number, fold: number}} Line fold: the field whose bytes are folded, -1 for a row of bytes
 */

/**
 * What a reader has chosen in this picture.
 * @typedef {object} Chosen
 * @property {number} selected a field, or -1
 * @property {number} hovered a field, or -1
 * @property {number} cursor a byte of the sheet, or -1
 * @property {number} value the number of the computed value whose bytes are marked; -1 for the first of the lit field
 * @property {number} sheet
 * @property {Map<number, boolean>} toggled fields that the reader has opened or closed
 * @property {Set<number>} unfolded fields whose bytes are all shown
 * @property {number} columns how many bytes are in a row
 */

/**
 * @typedef {object} Frame
 * @property {Prepared} own
 * @property {Chosen} chosen
 * @property {number[]} rows the fields that are shown
 * @property {Line[]} lines
 * @property {number} lit the field that is lit: the hovered one, else the selected one, or -1
 * @property {{sheet: number, start: number, end: number}[]} covered the bytes that a computed value covers
 */

/** @param {View} view @param {Chosen} chosen @returns {Frame} */
export function frameOf(view, chosen) {
  const own = prepared(view);
  const rows = rowsOf(own, chosen);
  const lit = chosen.hovered >= 0 ? chosen.hovered : chosen.selected;
  const value = view.computed[chosen.value] ?? own.computed.get(lit)?.[0];
  return { own, chosen, rows, lines: linesOf(own, chosen, rows), lit, covered: value?.covers ?? [] };
}

/** Whether the fields inside a field are shown. @param {Prepared} own @param {Map<number, boolean>} toggled @param {number} field */
export function isOpen(own, toggled, field) {
  const { view, end } = own;
  const asked = toggled.get(field);
  if (asked !== undefined) return asked;
  if (field === 0) return true;
  const isOnTheWay = (/** @type {number} */ at) => at > field && at < end[field];
  if (view.faults.some(({ field: at }) => isOnTheWay(at))) return true;
  if (view.sheets.slice(1).some(({ field: at }) => isOnTheWay(at))) return end[field] - field <= CLOSED_BEYOND;
  return (view.fields.depth[field] <= OPEN_DEPTH || own.opened.has(field)) && end[field] - field <= CLOSED_BEYOND;
}

/** @param {Prepared} own @param {Chosen} chosen */
function rowsOf(own, { toggled }) {
  const rows = [];
  for (let field = 0; field < own.count; ) {
    rows.push(field);
    field = hasInside(own, field) && !isOpen(own, toggled, field) ? own.end[field] : field + 1;
  }
  return rows;
}

/** The rows of bytes of the sheet, in which the bytes of long values and of closed fields are folded. @param {Prepared} own @param {Chosen} chosen @param {number[]} rows @returns {Line[]} */
function linesOf(own, { sheet, columns, toggled, unfolded }, rows) {
  const { fields } = own.view;
  const size = own.bytes[sheet].length;
  /** @type {Line[]} */
  const folds = [];
  for (const field of rows) {
    const isLast = !hasInside(own, field) || !isOpen(own, toggled, field) || own.opened.has(field + 1);
    if (fields.sheet[field] !== sheet || !isLast || unfolded.has(field)) continue;
    const start = up(fields.start[field] + KEPT_BEFORE * columns, columns);
    const end = down(fields.start[field] + fields.length[field] - KEPT_BEHIND * columns, columns);
    if (end - start >= FOLDED_AT_LEAST * columns) folds.push({ start, end, fold: field });
  }
  /** @type {Line[]} */
  const lines = [];
  let at = 0;
  for (const fold of folds) {
    for (; at < fold.start; at += columns) lines.push({ start: at, end: Math.min(at + columns, size), fold: -1 });
    if (at > fold.start) continue;
    lines.push(fold);
    at = fold.end;
  }
  for (; at < size; at += columns) lines.push({ start: at, end: Math.min(at + columns, size), fold: -1 });
  return lines;
}

/** @param {number} at @param {number} step */
function up(at, step) {
  return Math.ceil(at / step) * step;
}

/** @param {number} at @param {number} step */
function down(at, step) {
  return Math.floor(at / step) * step;
}

/** The place of a byte among the lines, or of the fold that hides it. @param {Frame} frame @param {number} byte */
export function lineOf({ lines }, byte) {
  let [low, high] = [0, lines.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lines[middle].start <= byte) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The toggles after which a field is shown: all fields around it are open. @param {Prepared} own @param {Map<number, boolean>} toggled @param {number} field */
export function shownBy(own, toggled, field) {
  const next = new Map(toggled);
  for (const at of pathTo(own, field)) if (!isOpen(own, next, at)) next.set(at, true);
  return next;
}

/** The rows that are in sight, with some beside them. @param {{top: number, height: number}} sight @param {number} row the height of a row @param {number} count */
export function inSight({ top, height }, row, count) {
  const margin = 6;
  const first = Math.max(0, Math.min(count, Math.floor(top / row)) - margin);
  return { first, end: Math.min(count, Math.ceil((top + height) / row) + margin) };
}
