/** The picture on the page: layout, zoom, and the pointer and keyboard in the tree. */
import { attribute, html, svg } from "../shared/dom.js";
import { drawTokens, motion } from "./motion.js";
import { draw } from "./picture.js";
import { mount } from "../shared/shapes.js";
import { ROOM_FOR_NAMES, between, layout, neighbour, nodeAt, nodeCount, radius, root, x, y } from "./geometry.js";
import { nodeLabel, pictureLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Timeline} Timeline */
/** @typedef {import("./geometry.js").Layout} Layout */

const SLIDE = 400;
const CLOSEST = 32;

/**
 * @param {(node: number) => void} choose called when a node is clicked or Enter is pressed on it
 * @param {(canZoom: boolean) => void} arranged called when the layout is new
 * @param {(shapes: import("../shared/shapes.js").Shape[]) => void} painted called with what is drawn
 */
export function treeViewport(choose, arranged, painted) {
  const tree = svg("g");
  const tokens = svg("g", { class: "mls-tokens", "aria-hidden": "true" });
  const canvas = svg("svg", { class: "mls-picture" }, tree, tokens);
  const flights = motion(tokens);
  const tip = html("div", { class: "mls-tip", hidden: true, "aria-hidden": "true" });
  const room = html("div", { class: "mls-viewport" }, canvas, tip);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {{time: Timeline, frame: Frame, pin: number} | null} */
  let viewport = null;
  /** @type {Layout | null} */
  let places = null;
  /** What is drawn now: the layout, or one on the way to it. @type {Layout | null} */
  let drawn = null;
  let zoom = 1;
  let stop = 0;
  let pointed = -1;
  let focused = -1;
  let sliding = 0;
  /** @type {number[]} */
  let found = [];

  /**
   * Show a frame. `travel` is the time for the motion of this beat in milliseconds. With 0 everything is at its end. With
   * null a motion that has begun continues.
   * @param {Timeline} time @param {Frame} frame @param {number} pin
   * @param {{travel: number | null, slide: boolean}} how
   */
  function show(time, frame, pin, { travel, slide }) {
    viewport = { time, frame, pin };
    if (slide) canvas.classList.toggle("is-moving", !calm.matches);
    arrange(slide && !calm.matches);
    if (!places || travel === null) return;
    if (travel > 0 && !calm.matches) flights.travel(frame.tokens, places, travel);
    else flights.rest(frame.tokens, places);
  }

  /** Compute the layout again, and slide to it or jump to it. @param {boolean} slide */
  function arrange(slide) {
    const width = room.clientWidth;
    if (!viewport || width === 0) return;
    const { time, frame } = viewport;
    const to = layout(frame.leafCount, { width, zoom, tallest: time.tallest });
    const from = places;
    cancelAnimationFrame(sliding);
    places = to;
    if (stop >= nodeCount(frame.leafCount)) stop = root(frame.leafCount);
    arranged(zoom > 1 || to.gap < ROOM_FOR_NAMES);
    if (!slide || !from || (from.gap === to.gap && from.start === to.start)) put(to);
    else glide(from, to);
  }

  /** @param {Layout} from @param {Layout} to */
  function glide(from, to) {
    const began = performance.now();
    /** @param {number} now */
    function next(now) {
      const part = Math.min(1, Math.max(0, (now - began) / SLIDE));
      put(between(from, to, 1 - (1 - part) ** 3));
      if (part < 1) sliding = requestAnimationFrame(next);
    }
    put(between(from, to, 0));
    sliding = requestAnimationFrame(next);
  }

  /** @param {Layout} now */
  function put(now) {
    drawn = now;
    paint();
    flights.follow(now);
  }

  /** Draw the tree, and over it the thin lines, the cursors, and names for which there is no room at the leaves. */
  function paint() {
    if (!viewport || !drawn) return;
    const now = drawn;
    const { frame, time, pin } = viewport;
    const at = pointed >= 0 ? pointed : focused;
    const actor = frame.seen ? time.view.steps[frame.step].actor : null;
    const named = frame.marks.filter(({ member, node }) => member && (member.id === actor || node === pin)).slice(0, 2);
    attribute(canvas, "width", String(Math.round(now.width)));
    attribute(canvas, "height", String(now.height));
    const label = pictureLabel(time.view, frame);
    const shapes = draw(frame, now, { label, stop, focus: focused, pin, pointed: at, named, found });
    mount(tree, shapes);
    painted([...shapes, ...drawTokens(frame.tokens, now, 1)]);
    const mark = frame.marks[at];
    tip.hidden = !mark || at === pin;
    if (tip.hidden) return;
    tip.textContent = nodeLabel(mark, frame.viewer.name);
    const half = Math.min(120, room.clientWidth / 2);
    tip.style.left = `${Math.max(half, Math.min(Math.max(room.clientWidth, now.width) - half, x(now, at)))}px`;
    tip.style.top = `${y(now, at) - radius(now, at) - 12}px`;
  }

  /** @param {number} node @param {boolean} take whether to take the keyboard's focus there */
  function focus(node, take) {
    stop = node;
    paint();
    if (take) /** @type {SVGElement | null} */ (tree.querySelector(`[data-node="${node}"]`))?.focus({ preventScroll: true });
    if (places && places.width > room.clientWidth)
      room.scrollTo({ left: x(places, node) - room.clientWidth / 2, behavior: calm.matches ? "auto" : "smooth" });
  }

  /** Zoom in or out. Without a factor, zoom so that the whole tree is seen. @param {number} [factor] */
  function rescale(factor) {
    const middle = places ? (room.scrollLeft + room.clientWidth / 2) / places.width : 0.5;
    zoom = factor === undefined ? 1 : Math.max(1, Math.min(CLOSEST, zoom * factor));
    arrange(false);
    if (viewport && places) {
      flights.rest(viewport.frame.tokens, places);
      room.scrollLeft = (focused >= 0 ? x(places, focused) : middle * places.width) - room.clientWidth / 2;
    }
  }

  /** @param {PointerEvent | MouseEvent} event */
  function under(event) {
    const box = canvas.getBoundingClientRect();
    return places ? nodeAt(places, event.clientX - box.left, event.clientY - box.top) : -1;
  }

  canvas.addEventListener("pointermove", (event) => {
    const node = under(event);
    if (node === pointed || !places) return;
    pointed = node;
    canvas.classList.toggle("is-pointing", node >= 0);
    paint();
  });
  canvas.addEventListener("pointerleave", () => {
    pointed = -1;
    paint();
  });
  canvas.addEventListener("click", (event) => {
    const node = under(event);
    if (node < 0) return;
    focus(node, true);
    choose(node);
  });
  tree.addEventListener("focusin", (event) => {
    const node = /** @type {Element} */ (event.target).closest("[data-node]")?.getAttribute("data-node");
    focused = node ? Number(node) : -1;
    paint();
  });
  tree.addEventListener("focusout", () => {
    focused = -1;
    // Wait a moment: the drawing itself may just be removing the element that has the focus.
    queueMicrotask(paint);
  });
  tree.addEventListener("keydown", (event) => {
    if (!viewport) return;
    const node = stop;
    const next = neighbour(event.key, node, viewport.frame.leafCount);
    if (next !== node) focus(next, true);
    else if (event.key === "Enter") choose(node);
    else if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  const watch = new ResizeObserver(() => {
    arrange(false);
    if (viewport && places) flights.rest(viewport.frame.tokens, places);
  });
  watch.observe(room);

  return {
    room,
    show,
    rescale,
    /** Show a node, and mark what was found. @param {number} node @param {number[]} all */
    jump(node, all) {
      found = all;
      if (node >= 0) focus(node, false);
      else paint();
    },
    stop() {
      watch.disconnect();
      flights.stop();
      cancelAnimationFrame(sliding);
    },
  };
}
