/** The grid of the security matrix on the page: the part that is in sight, and the pointer and keyboard in it. */
import { attribute, html, rootOf } from "../shared/dom.js";
import { mount } from "../shared/shapes.js";
import { HEIGHT } from "./marks.js";
import { draw, idOf, scrolledTo, sizeFor } from "./picture.js";
import { matrixLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./picture.js").Place} Place */

/**
 * @param {string} name a prefix for ids
 * @param {object} does
 * @param {(place: Place) => void} does.select
 * @param {(place: Place) => void} does.compromise
 * @param {(shapes: import("../shared/shapes.js").Shape[]) => void} does.painted called with what is drawn
 */
export function matrixGrid(name, does) {
  const element = html("div", { role: "grid", class: "mls-grid", tabindex: 0, click, keydown: press, scroll: repaint });
  /** @type {Frame | null} */
  let frame = null;
  /** @type {Place} */
  let active = { row: 0, column: 0 };
  /** @type {Place | null} */
  let pinned = null;
  const resized = new ResizeObserver(repaint);
  resized.observe(element);

  const members = () => frame?.opening.given.view.members ?? [];
  const columns = () => frame?.columns ?? [];

  /** @param {Frame} next @param {Place | null} pin @param {Frame | null} before changes since this frame are pointed out */
  function show(next, pin, before) {
    const isFirst = frame === null;
    const hasMoved = frame !== null && frame.step !== next.step;
    frame = next;
    pinned = pin;
    if (isFirst) active = pin ?? { row: 0, column: lastColumn() };
    active.column = Math.min(active.column, columns().length - 1);
    active.row = Math.min(active.row, members().length - 1);
    if (hasMoved) bringIntoSight({ row: active.row, column: lastColumn() });
    paint(before);
  }

  function lastColumn() {
    const later = columns().findIndex(({ standing }) => standing === "later");
    return (later < 0 ? columns().length : later) - 1;
  }

  /** @param {Frame} now */
  function size(now) {
    const { clientWidth: width, clientHeight: height, scrollLeft: left, scrollTop: top } = element;
    return sizeFor(now, { whole: element.parentElement?.clientWidth ?? 0, width, height, left, top });
  }

  /** @param {Frame | null} before */
  function paint(before) {
    if (frame === null) return;
    const now = size(frame);
    const shapes = draw(frame, now, { name, active, pinned, before });
    mount(element, shapes);
    does.painted(shapes);
    element.classList.toggle("is-narrow", now.isNarrow);
    attribute(element, "aria-label", matrixLabel(frame));
    attribute(element, "aria-rowcount", String(members().length + 1));
    attribute(element, "aria-colcount", String(columns().length + 1));
    const isHere = rootOf(element).activeElement === element;
    const target = isHere || pinned ? idOf(name, active) : "";
    if (target && element.querySelector(`#${target}`)) attribute(element, "aria-activedescendant", target);
    else element.removeAttribute("aria-activedescendant");
  }

  function repaint() {
    paint(null);
  }

  /** @param {Place} place */
  function bringIntoSight({ row, column }) {
    if (frame === null) return;
    const { free, column: width } = size(frame);
    if (free.width <= 0) return;
    element.scrollLeft = scrolledTo(element.scrollLeft, free.width, width, column);
    if (row >= 0) element.scrollTop = scrolledTo(element.scrollTop, free.height, HEIGHT, row);
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const target = /** @type {Element} */ (event.target);
    const cell = target.closest("[role='gridcell'], .mls-column");
    if (!cell) return;
    const [, row, column] = /-(h|\d+)-(\d+)$/.exec(cell.id) ?? [];
    active = { row: row === "h" ? -1 : Number(row), column: Number(column) };
    if (target.closest(".mls-compromise")) does.compromise(active);
    else does.select(active);
    repaint();
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
      " ": () => (does.compromise(active), null),
    };
    if (!(event.key in moves)) return;
    const to = moves[event.key]();
    if (to) {
      active = to;
      bringIntoSight(to);
    }
    repaint();
    event.preventDefault();
    event.stopPropagation();
  }

  element.addEventListener("focus", repaint);
  element.addEventListener("blur", repaint);

  return {
    element,
    show,
    /** The place to which the grid scrolls once it is on the page. */
    settle() {
      repaint();
      bringIntoSight({ row: active.row, column: lastColumn() });
      repaint();
    },
    stop: () => resized.disconnect(),
  };
}
