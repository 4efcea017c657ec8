/**
 * The grid of a compromise: rows are members, columns are epochs. What is out of sight is not there, so that a large
 * group costs no more than a small one.
 */
import { attribute, html } from "../shared/dom.js";
import { cellAt } from "./frame.js";
import { HEAD, HEIGHT, WIDTH, cellClass, cellShapes, headShapes, leafShapes, widthFor } from "./marks.js";
import { cellLabel, columnLabel, matrixLabel, nameOf } from "./words.js";
import { made } from "../shared/shapes.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** Where one is: row -1 is the heads. @typedef {{row: number, column: number}} Place */

const NARROW = 520;
const SIDE = 132;
const NARROW_SIDE = 46;
/** From here on there is room for a panel beside the grid, which is kept free so that nothing jumps when it opens. */
const WIDE = 760;
const PANEL = 300;
/** Columns of this width have room for what began the epoch. */
const ROOM_FOR_EVENTS = 78;
const EVENT = 46;
/** How many rows and columns are kept beyond what is in sight. */
const BEYOND = 2;

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

/** @param {Shape[]} shapes @param {number} height @param {number} [width] */
export function drawing(shapes, height, width = WIDTH) {
  return made(["svg", { class: "mls-marks", width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, shapes]);
}

/**
 * @param {string} name a prefix for ids
 * @param {{select: (place: Place) => void, rob: (place: Place) => void}} does
 */
export function matrixGrid(name, does) {
  const corner = html("div", { role: "columnheader", class: "mls-corner", "aria-colindex": 1 }, html("span", {}, "Epoch"));
  const heads = html("div", { role: "row", class: "mls-heads", "aria-rowindex": 1 }, corner);
  const field = html("div", { role: "rowgroup", class: "mls-field" }, heads);
  const element = html(
    "div",
    { role: "grid", class: "mls-grid", tabindex: 0, click, keydown: press, scroll: () => paint(false) },
    field,
  );
  /** @type {Map<number, {row: HTMLElement, cells: Map<number, HTMLElement>}>} */
  const lines = new Map();
  /** @type {Map<HTMLElement, string>} */
  const drawn = new Map();
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Place} */
  let active = { row: 0, column: 0 };
  /** @type {Place | null} */
  let pinned = null;
  let [side, size, head] = [SIDE, WIDTH, HEAD];
  const resized = new ResizeObserver(() => paint(false));
  resized.observe(element);
  lines.set(-1, { row: heads, cells: new Map() });

  const members = () => frame?.opening.given.view.members ?? [];
  const columns = () => frame?.columns ?? [];
  const room = () => ({ width: element.clientWidth - side, height: element.clientHeight - head });

  /** @param {Frame} next @param {Place | null} pin @param {boolean} isToldOfChanges */
  function show(next, pin, isToldOfChanges) {
    const isFirst = frame === null;
    const hasMoved = frame !== null && frame.step !== next.step;
    frame = next;
    pinned = pin;
    if (isFirst) active = pin ?? { row: 0, column: lastColumn() };
    active.column = Math.min(active.column, columns().length - 1);
    active.row = Math.min(active.row, members().length - 1);
    attribute(element, "aria-label", matrixLabel(next));
    attribute(element, "aria-rowcount", String(members().length + 1));
    attribute(element, "aria-colcount", String(columns().length + 1));
    if (hasMoved) bringIntoSight({ row: active.row, column: lastColumn() });
    paint(isToldOfChanges);
  }

  function lastColumn() {
    const later = columns().findIndex(({ standing }) => standing === "later");
    return (later < 0 ? columns().length : later) - 1;
  }

  /** @param {boolean} isTold whether what has changed is pointed out */
  function paint(isTold) {
    if (frame === null) return;
    measure();
    const { width, height } = room();
    const [top, bottom] = inSight(element.scrollTop, height, HEIGHT, members().length);
    const [first, last] = inSight(element.scrollLeft, width, size, columns().length);
    for (const [index, line] of lines) {
      if (index >= 0 && (index < top || index > bottom)) drop(index, line.row);
    }
    for (let row = top; row <= bottom; row += 1) paintLine(row, first, last, isTold);
    paintLine(-1, first, last, isTold);
    const target = document.activeElement === element || pinned ? idOf(active) : "";
    if (target && element.querySelector(`#${target}`)) attribute(element, "aria-activedescendant", target);
    else element.removeAttribute("aria-activedescendant");
  }

  /** Take the measures from the room that there is. */
  function measure() {
    const whole = element.parentElement?.clientWidth ?? 0;
    side = whole > 0 && whole < NARROW ? NARROW_SIDE : SIDE;
    size = widthFor(whole - (whole >= WIDE ? PANEL : 0) - side, columns().length);
    head = HEAD + (size >= ROOM_FOR_EVENTS ? EVENT : 0);
    element.classList.toggle("is-narrow", side === NARROW_SIDE);
    const width = side + columns().length * size;
    const height = head + members().length * HEIGHT;
    const sizes = { "--side": side, "--size": size, "--head": head, width, height };
    for (const [property, value] of Object.entries(sizes)) field.style.setProperty(property, `${value}px`);
  }

  /** @param {number} index @param {HTMLElement} row */
  function drop(index, row) {
    row.remove();
    for (const cell of lines.get(index)?.cells.values() ?? []) drawn.delete(cell);
    lines.delete(index);
  }

  /** @param {number} row @param {number} first @param {number} last @param {boolean} isTold */
  function paintLine(row, first, last, isTold) {
    let line = lines.get(row);
    if (!line) {
      line = { row: lineOf(row), cells: new Map() };
      lines.set(row, line);
      field.append(line.row);
    }
    for (const [column, cell] of line.cells) {
      if (column >= first && column <= last) continue;
      cell.remove();
      drawn.delete(cell);
      line.cells.delete(column);
    }
    for (let column = first; column <= last; column += 1) {
      let cell = line.cells.get(column);
      if (!cell) {
        cell = html("div", { role: row < 0 ? "columnheader" : "gridcell", "aria-colindex": column + 2, id: idOf({ row, column }) });
        cell.style.left = `calc(var(--side) + ${column} * var(--size))`;
        line.cells.set(column, cell);
        line.row.append(cell);
      }
      paintCell(cell, { row, column }, isTold);
    }
  }

  /** @param {number} row */
  function lineOf(row) {
    const { name: called, initial, hue } = members()[row];
    const leaf = made(["svg", { class: "mls-leaf", viewBox: "-14 -14 28 28", "aria-hidden": "true" }, leafShapes(initial)]);
    const head = html("div", { role: "rowheader", class: "mls-who", "aria-colindex": 1, title: called }, leaf, html("span", {}, called));
    const line = html("div", { role: "row", class: `mls-member mls-hue-${hue}`, "aria-rowindex": row + 2 }, head);
    line.style.top = `calc(var(--head) + ${row * HEIGHT}px)`;
    return line;
  }

  /** @param {HTMLElement} element_ @param {Place} place @param {boolean} isTold */
  function paintCell(element_, { row, column }, isTold) {
    if (frame === null) return;
    const own = columns()[column];
    const isActive = active.row === row && active.column === column;
    const isPinned = pinned !== null && pinned.column === column && pinned.row === row;
    const member = members()[row]?.id ?? "";
    const cell = row < 0 ? null : cellAt(frame, member, column);
    const shapes = cell ? cellShapes(cell, size) : headShapes(own, nameOf(frame, own.by), size);
    const label = cell ? cellLabel(frame, member, column, cell) : `${columnLabel(frame, own)}. ${own.sentence}`;
    const looks = cell ? cellClass(cell) : `mls-column is-${own.standing}`;
    const names = `${looks}${isActive ? " is-active" : ""}${isPinned ? " is-pinned" : ""}`;
    const now = JSON.stringify([shapes, looks]);
    const before = drawn.get(element_);
    if (before !== now) {
      drawn.set(element_, now);
      element_.replaceChildren(...(cell ? [] : [eventOf(own)]), drawing(shapes, cell ? HEIGHT : HEAD, size));
      if (cell && cell.state !== "later") element_.append(html("span", { class: "mls-rob", "aria-hidden": "true" }));
    }
    attribute(element_, "class", isTold && before !== undefined && before !== now ? `${names} is-changed` : names);
    attribute(element_, "aria-label", label);
    attribute(element_, "title", label);
    if (isPinned) attribute(element_, "aria-selected", "true");
    else element_.removeAttribute("aria-selected");
  }

  /** What began an epoch; it is seen if there is room. @param {import("./frame.js").Column} column */
  function eventOf({ begin }) {
    const title = frame?.opening.given.view.steps[begin].title ?? "";
    return html("span", { class: size >= ROOM_FOR_EVENTS ? "mls-event" : "mls-unseen" }, html("span", {}, title));
  }

  /** @param {Place} place */
  function idOf({ row, column }) {
    return `${name}-${row < 0 ? "h" : row}-${column}`;
  }

  /** @param {Place} place */
  function bringIntoSight({ row, column }) {
    const { width, height } = room();
    if (width <= 0) return;
    element.scrollLeft = scrolledTo(element.scrollLeft, width, size, column);
    if (row >= 0) element.scrollTop = scrolledTo(element.scrollTop, height, HEIGHT, row);
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const target = /** @type {Element} */ (event.target);
    const cell = target.closest("[role='gridcell'], .mls-column");
    if (!cell) return;
    const [, row, column] = /-(h|\d+)-(\d+)$/.exec(cell.id) ?? [];
    active = { row: row === "h" ? -1 : Number(row), column: Number(column) };
    if (target.closest(".mls-rob")) does.rob(active);
    else does.select(active);
    paint(false);
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.altKey || event.metaKey) return;
    const { row, column } = active;
    const [lastRow, lastOne] = [members().length - 1, columns().length - 1];
    /** @type {Record<string, () => Place | null>} */
    const moves = {
      ArrowLeft: () => ({ row, column: Math.max(0, column - 1) }),
      ArrowRight: () => ({ row, column: Math.min(lastOne, column + 1) }),
      ArrowUp: () => ({ row: Math.max(-1, row - 1), column }),
      ArrowDown: () => ({ row: Math.min(lastRow, row + 1), column }),
      Home: () => ({ row: event.ctrlKey ? 0 : row, column: 0 }),
      End: () => ({ row: event.ctrlKey ? lastRow : row, column: lastOne }),
      PageUp: () => ({ row: Math.max(0, row - 5), column }),
      PageDown: () => ({ row: Math.min(lastRow, row + 5), column }),
      Enter: () => (does.select(active), null),
      " ": () => (does.rob(active), null),
    };
    if (!(event.key in moves)) return;
    const to = moves[event.key]();
    if (to) {
      active = to;
      bringIntoSight(to);
    }
    paint(false);
    event.preventDefault();
    event.stopPropagation();
  }

  element.addEventListener("focus", () => paint(false));
  element.addEventListener("blur", () => paint(false));

  return {
    element,
    show,
    /** Where the grid is to be once it is on the page. */
    settle() {
      bringIntoSight({ row: active.row, column: lastColumn() });
      paint(false);
    },
    stop: () => resized.disconnect(),
  };
}
