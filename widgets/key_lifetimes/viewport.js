/** The picture of lifetimes on the page: rows that fold, and a line that moves by pointer and by keyboard. */
import { attribute, html } from "../shared/dom.js";
import { mount } from "../shared/shapes.js";
import { HEAD, moved, scaleOf, stepAt, compromiseX, within } from "./geometry.js";
import { drawPlot, drawRowNames } from "./picture.js";

/** @typedef {import("./frame.js").Frame} Frame */

/** If the line is dragged so near to the edge, the picture scrolls. */
const EDGE = 16;

/**
 * @param {string} name a prefix for ids
 * @param {{go: (step: number) => void, fold: (kind: string) => void, painted: (shapes: import("../shared/shapes.js").Shape[]) => void}} does
 */
export function viewport(name, does) {
  const names = html("div", {
    class: "mls-row-names",
    role: "group",
    "aria-label": "Kinds of secrets",
    click,
    keydown: rove,
  });
  names.style.paddingTop = `${HEAD}px`;
  const plot = html("div", { class: "mls-plot-area", pointerdown: grip, pointermove: drag, keydown: slide });
  const room = html("div", { class: "mls-plot-room" }, plot);
  const element = html("div", { class: "mls-lifetimes-viewport" }, names, room);
  const watch = new ResizeObserver(paint);
  watch.observe(room);
  /** @type {Frame | null} */
  let frame = null;
  let scale = scaleOf(1, 0);
  /** The kind whose name is the tab stop. */
  let stop = "";
  let isDragging = false;
  /** The step at which the line was brought into sight. */
  let seen = -1;

  /** @param {Frame} now */
  function show(now) {
    frame = now;
    paint();
  }

  function paint() {
    if (frame === null) return;
    scale = scaleOf(frame.view.security.steps.length, room.clientWidth);
    const kinds = frame.rows.filter(({ fold }) => fold !== "").map(({ kind }) => kind);
    if (!kinds.includes(stop)) stop = kinds[0] ?? "";
    mount(names, drawRowNames(frame, stop));
    const shapes = drawPlot(frame, { scale, name });
    mount(plot, shapes);
    does.painted(shapes);
    attribute(plot, "class", `mls-plot-area mls-lives mls-hue-${frame.hue}`);
    plot.style.width = `${scale.width}px`;
    keepInSight(frame.compromise.step);
  }

  /** If the steps are wider than the page, the picture scrolls when the line has moved out of sight. @param {number} step */
  function keepInSight(step) {
    if (isDragging || step === seen || room.clientWidth === 0) return;
    seen = step;
    const x = compromiseX(scale, step);
    if (x < room.scrollLeft + EDGE || x > room.scrollLeft + room.clientWidth - EDGE) room.scrollLeft = x - room.clientWidth / 2;
  }

  /** @param {Event} event */
  function kindUnder(event) {
    return /** @type {Element} */ (event.target).closest("button")?.getAttribute("data-kind") ?? null;
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const kind = kindUnder(event);
    if (kind === null) return;
    stop = kind;
    does.fold(kind);
  }

  /** Up and down among the kinds that can be folded. @param {KeyboardEvent} event */
  function rove(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [...names.querySelectorAll("button")];
    const at = stops.findIndex((button) => button.dataset.kind === kindUnder(event));
    if (by === undefined || at < 0) return;
    const next = stops[within(at + by, stops.length - 1)];
    stop = next.dataset.kind ?? "";
    paint();
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Move the line to where the pointer is pressed, and drag it from there. @param {PointerEvent} event */
  function grip(event) {
    if (event.button !== 0) return;
    isDragging = true;
    plot.setPointerCapture(event.pointerId);
    follow(event);
    /** @type {HTMLElement | null} */ (plot.querySelector(".mls-compromise"))?.focus({ preventScroll: true });
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    if (event.buttons === 0) isDragging = false;
    if (isDragging) follow(event);
  }

  /** @param {PointerEvent} event */
  function follow(event) {
    does.go(stepAt(scale, event.clientX - plot.getBoundingClientRect().left));
    const { left, right } = room.getBoundingClientRect();
    if (event.clientX < left + EDGE) room.scrollLeft -= scale.gap;
    if (event.clientX > right - EDGE) room.scrollLeft += scale.gap;
  }

  /** @param {KeyboardEvent} event */
  function slide(event) {
    if (frame === null || event.ctrlKey || event.metaKey || event.altKey) return;
    const to = moved(event.key, frame.compromise.step, frame.view);
    if (to === null) return;
    does.go(to);
    event.preventDefault();
    event.stopPropagation();
  }

  return { element, show, stop: () => watch.disconnect() };
}
