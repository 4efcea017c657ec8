/**
 * The drawing of the security matrix: rows are members, columns are epochs. Only the part in sight is drawn, so that a
 * large group costs no more than a small one.
 */
import { cellAt } from "./frame.js";
import { HEAD, HEIGHT, WIDTH, cellClass, cellShapes, headShapes, leafShapes, widthFor } from "./marks.js";
import { cellLabel, columnLabel, nameOf } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** A place in the grid; row -1 is the row of heads. @typedef {{row: number, column: number}} Place */

/**
 * Measures of the page: the width of the whole view, the inner width and height of the grid, and its scroll position.
 * @typedef {{whole: number, width: number, height: number, left: number, top: number}} Room
 */

/**
 * Sizes, and the rows and columns that are in sight.
 * @typedef {object} Size
 * @property {number} side the width of the members' names
 * @property {number} column the width of a column
 * @property {number} head the height of the heads
 * @property {boolean} isNarrow whether names have no room beside the members' marks
 * @property {{width: number, height: number}} free the part of the grid that scrolls
 * @property {[first: number, last: number]} rows
 * @property {[first: number, last: number]} columns
 */

/**
 * Where the reader is, and the frame that was drawn before.
 * @typedef {object} Attention
 * @property {string} name a prefix for ids, unique on the page
 * @property {Place} active where the keyboard is
 * @property {Place | null} pinned the cell whose reasons are open
 * @property {Frame | null} before changes since this frame are pointed out
 */

const NARROW = 520;
const SIDE = 132;
const NARROW_SIDE = 46;
/** From this width on, room for the side panel is kept free, so that the grid does not move when the panel opens. */
const WIDE = 760;
const PANEL = 300;
/** Columns of this width have room for the title of the step that began the epoch. */
const ROOM_FOR_EVENTS = 78;
const EVENT = 46;
/** The number of rows and columns that are drawn beyond those in sight. */
const BEYOND = 2;

/** @param {Frame} frame @param {Room} room @returns {Size} */
export function sizeFor({ columns, opening }, { whole, width, height, left, top }) {
  const isNarrow = whole > 0 && whole < NARROW;
  const side = isNarrow ? NARROW_SIDE : SIDE;
  const column = widthFor(whole - (whole >= WIDE ? PANEL : 0) - side, columns.length);
  const head = HEAD + (column >= ROOM_FOR_EVENTS ? EVENT : 0);
  const free = { width: width - side, height: height - head };
  return {
    side,
    column,
    head,
    isNarrow,
    free,
    rows: inSight(top, free.height, HEIGHT, opening.given.view.members.length),
    columns: inSight(left, free.width, column, columns.length),
  };
}

/**
 * The rows or columns in sight.
 * @param {number} from the scrolled distance @param {number} room @param {number} size of one @param {number} count
 * @returns {[first: number, last: number]}
 */
export function inSight(from, room, size, count) {
  return [
    Math.max(0, Math.floor(from / size) - BEYOND),
    Math.min(count - 1, Math.ceil((from + room) / size) + BEYOND - 1),
  ];
}

/**
 * How far to scroll so that one row or column is in sight.
 * @param {number} from @param {number} room @param {number} size @param {number} index @returns {number}
 */
export function scrolledTo(from, room, size, index) {
  return Math.max(Math.min(from, index * size), (index + 1) * size - room);
}

/** Marks as a drawing of their own. @param {Shape[]} shapes @param {number} height @param {number} [width] @returns {Shape} */
export function drawing(shapes, height, width = WIDTH) {
  const box = { width, height, viewBox: `0 0 ${width} ${height}` };
  return ["svg", { class: "mls-marks", ...box, "aria-hidden": "true" }, shapes];
}

/** The id of a cell or a head. @param {string} name @param {Place} place */
export function idOf(name, { row, column }) {
  return `${name}-${row < 0 ? "h" : row}-${column}`;
}

/**
 * The heads, and a line for each member, as far as they are in sight.
 * @param {Frame} frame @param {Size} size @param {Attention} at @returns {Shape[]}
 */
export function draw(frame, size, at) {
  const { members } = frame.opening.given.view;
  const width = size.side + frame.columns.length * size.column;
  const height = size.head + members.length * HEIGHT;
  const style = `--side: ${size.side}px; --size: ${size.column}px; --head: ${size.head}px; width: ${width}px; height: ${height}px`;
  /** @type {Shape} */
  const corner = ["div", { role: "columnheader", class: "mls-corner", "aria-colindex": 1 }, [["span", {}, ["Epoch"]]], "corner"];
  const columns = range(size.columns);
  const heads = columns.map((column) => head(frame, size, at, column));
  const rows = range(size.rows).map((row) => line(frame, size, at, row));
  return [
    [
      "div",
      { role: "rowgroup", class: "mls-field", style },
      [["div", { role: "row", class: "mls-heads", "aria-rowindex": 1 }, [corner, ...heads], "heads"], ...rows],
    ],
  ];
}

/** @param {[first: number, last: number]} ends @returns {number[]} */
function range([first, last]) {
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
}

/** @param {Frame} frame @param {Size} size @param {Attention} at @param {number} row @returns {Shape} */
function line(frame, size, at, row) {
  const { name, initial, hue } = frame.opening.given.view.members[row];
  /** @type {Shape} */
  const leaf = ["svg", { class: "mls-leaf", viewBox: "-14 -14 28 28", "aria-hidden": "true" }, leafShapes(initial)];
  /** @type {Shape} */
  const who = [
    "div",
    { role: "rowheader", class: "mls-who", "aria-colindex": 1, title: name },
    [leaf, ["span", {}, [name]]],
    "who",
  ];
  const style = `top: calc(var(--head) + ${row * HEIGHT}px)`;
  const cells = range(size.columns).map((column) => cell(frame, size, at, { row, column }));
  return ["div", { role: "row", class: `mls-member mls-hue-${hue}`, "aria-rowindex": row + 2, style }, [who, ...cells], row];
}

/** @param {Frame} frame @param {Size} size @param {Attention} at @param {Place} place @returns {Shape} */
function cell(frame, size, at, place) {
  const { members } = frame.opening.given.view;
  const { row, column } = place;
  const own = cellAt(frame, members[row].id, column);
  /** @param {Frame} of */
  const looks = (of) => {
    const then = of === frame ? own : cellAt(of, members[row].id, column);
    return /** @type {Looks} */ ([cellClass(then), cellShapes(then, size.column)]);
  };
  /** @type {Shape[]} */
  const corner = own.state === "later" ? [] : [["span", { class: "mls-compromise", "aria-hidden": "true" }]];
  return field(frame, size, at, { place, looks, label: cellLabel(frame, members[row].id, column, own), parts: [[], corner] });
}

/** @param {Frame} frame @param {Size} size @param {Attention} at @param {number} column @returns {Shape} */
function head(frame, size, at, column) {
  const own = frame.columns[column];
  /** @param {Frame} of */
  const looks = (of) => {
    const then = of.columns[column];
    return /** @type {Looks} */ ([`mls-column is-${then.standing}`, headShapes(then, nameOf(of, then.by), size.column)]);
  };
  const label = `${columnLabel(frame, own)}. ${own.sentence}`;
  // The title of the step that began the epoch is seen if there is room.
  const title = frame.opening.given.view.steps[own.begin].title;
  const name = size.column >= ROOM_FOR_EVENTS ? "mls-event" : "mls-unseen";
  return field(frame, size, at, { place: { row: -1, column }, looks, label, parts: [[["span", { class: name }, [["span", {}, [title]]]]], []] });
}

/** The class of a cell and its marks. @typedef {[name: string, marks: Shape[]]} Looks */

/**
 * A cell or a head. If its marks change, it becomes another element, so that its appearance can be animated.
 * @param {Frame} frame @param {Size} size @param {Attention} at
 * @param {{place: Place, looks: (of: Frame) => Looks, label: string, parts: [before: Shape[], after: Shape[]]}} what
 * @returns {Shape}
 */
function field(frame, size, { name, active, pinned, before }, { place, looks, label, parts }) {
  const { row, column } = place;
  const [looked, marks] = looks(frame);
  const now = JSON.stringify([looked, marks]);
  const isChanged = before !== null && JSON.stringify(looks(before)) !== now;
  const isPinned = pinned !== null && isSame(pinned, place);
  const names = { "is-active": isSame(active, place), "is-pinned": isPinned, "is-changed": isChanged };
  const [svg, attributes, children] = drawing(marks, row < 0 ? HEAD : HEIGHT, size.column);
  return [
    "div",
    {
      role: row < 0 ? "columnheader" : "gridcell",
      id: idOf(name, place),
      class: Object.entries(names).reduce((all, [one, is]) => (is ? `${all} ${one}` : all), looked),
      style: `left: calc(var(--side) + ${column} * var(--size))`,
      title: label,
      "aria-colindex": column + 2,
      "aria-label": label,
      "aria-selected": isPinned ? "true" : null,
    },
    [...parts[0], [svg, attributes, children, now], ...parts[1]],
    column,
  ];
}

/** @param {Place} one @param {Place} other */
function isSame(one, other) {
  return one.row === other.row && one.column === other.column;
}
