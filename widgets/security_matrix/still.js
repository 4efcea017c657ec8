/** The still picture of the security matrix. If the group or the history is too large, it shows a part and says so. */
import { cellAt, frameAt, opened } from "./frame.js";
import { HEAD, HEIGHT, cellClass, cellShapes, headShapes, leafShapes, widthFor } from "./marks.js";
import { HEADS, matrixLabel, nameOf, tableRows, verdictSentence } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {{view: import("../shared/security.d.ts").SecurityView, step: number, leaks: import("../shared/verdict.js").Leak[]}} Traits */

const SIDE = 132;
const NAME_AT_MOST = 11;
const COLUMNS_AT_MOST = 24;
const ROWS_AT_MOST = 24;

/** @param {Traits} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, step, leaks }, style) {
  const frame = frameAt(opened(view), leaks, step);
  const part = partOf(frame);
  const width = widthFor(STILL_WIDTH - SIDE, part.columns.length);
  const room = {
    width: SIDE + width * part.columns.length,
    height: HEAD + HEIGHT * part.rows,
    name: "mls-security-matrix",
  };
  return {
    label: `${matrixLabel(frame)}${part.words && `; the picture shows ${part.words}`}`,
    sentence: verdictSentence(frame),
    picture: image(room, style, draw(frame, { width, ...part })),
    words: table("The compromise as a table", HEADS, tableRows(frame)),
  };
}

/** The verdict after a step, in words. @param {Traits} traits */
export function said({ view, step, leaks }) {
  return verdictSentence(frameAt(opened(view), leaks, step));
}

/** The part that has room: the epochs up to the present one, later ones if there is room, and the first members. @param {Frame} frame */
function partOf({ columns, opening }) {
  const { members } = opening.given.view;
  const later = columns.findIndex(({ standing }) => standing === "later");
  const last = Math.max(later < 0 ? columns.length : later, Math.min(columns.length, COLUMNS_AT_MOST));
  const first = Math.max(0, last - COLUMNS_AT_MOST);
  const rows = Math.min(members.length, ROWS_AT_MOST);
  const isWhole = last - first === columns.length && rows === members.length;
  return {
    columns: columns.slice(first, last).map((_, place) => first + place),
    rows,
    words: isWhole ? "" : `epochs ${columns[first].epoch} to ${columns[last - 1].epoch}, ${rows} members`,
  };
}

/** @param {Frame} frame @param {{width: number, columns: number[], rows: number}} size @returns {Shape[]} */
function draw(frame, { width, columns, rows }) {
  const heads = columns.map((index, place) => {
    const column = frame.columns[index];
    const attributes = { class: `mls-column is-${column.standing}`, x: SIDE + width * place, width, height: HEAD };
    return /** @type {Shape} */ (["svg", attributes, headShapes(column, nameOf(frame, column.by), width)]);
  });
  const lines = frame.opening.given.view.members.slice(0, rows).map(({ id, name, initial, hue }, row) => {
    const y = HEAD + HEIGHT * row;
    const letters = [...name];
    const short = letters.length < NAME_AT_MOST ? name : `${letters.slice(0, NAME_AT_MOST).join("")}…`;
    const cells = columns.map((index, place) => {
      const cell = cellAt(frame, id, index);
      /** @type {Shape[]} */
      const wash = cell.open ? [["rect", { class: "mls-wash", width, height: HEIGHT }]] : [];
      const attributes = { class: cellClass(cell), x: SIDE + width * place, y, width, height: HEIGHT };
      return /** @type {Shape} */ (["svg", attributes, [...wash, ...cellShapes(cell, width)]]);
    });
    /** @type {Shape[]} */
    const head = [
      ["g", { class: "mls-leaf", transform: `translate(23 ${y + 19})` }, leafShapes(initial)],
      ["text", { class: "mls-who", x: 44, y: y + 23.5 }, [short]],
    ];
    return /** @type {Shape} */ (["g", { class: `mls-hue-${hue}` }, [...head, ...cells]]);
  });
  return [...heads, ...lines];
}
