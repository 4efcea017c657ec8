/** The picture on the page: layout, zoom, and the pointer and keyboard in the tree. */
import { attribute, html, svg } from "../shared/dom.js";
import { placeTip } from "./tip.js";
import { drawTokens, motion } from "./motion.js";
import { draw } from "./picture.js";
import { mount } from "../shared/shapes.js";
import { NOTHING_FOLDED, ROOM_FOR_NAMES, between, layout, level, neighbourThere, nodeAt, nodeCount, parent, root, toggled, unfoldedFor, x } from "./geometry.js";
import { labelOf } from "./subtrees.js";

/** @typedef {import("./any_viewport.js").Scene} Scene */
/** @typedef {import("./geometry.js").Layout} Layout */

const SLIDE = 400;
const CLOSEST = 32;

/** @param {import("./any_viewport.js").Hears} hears */
export function treeViewport(hears) {
  const tree = svg("g", { tabindex: -1 }); // Chromium makes it a tab stop of its own, because it hears of the focus
  const tokens = svg("g", { class: "mls-tokens", "aria-hidden": "true" });
  const canvas = svg("svg", { class: "mls-picture" }, tree, tokens);
  const flights = motion(tokens);
  const tip = html("div", { class: "mls-tip", hidden: true, "aria-hidden": "true" });
  const room = html("div", { class: "mls-viewport" }, canvas, tip);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {Scene | null} */
  let shown = null;
  /** @type {Layout | null} */
  let places = null;
  /** What is drawn now: the layout, or one on the way to it. @type {Layout | null} */
  let drawn = null;
  let zoom = 1;
  let folded = NOTHING_FOLDED;
  let stop = 0;
  let pointed = -1;
  let focused = -1;
  /** The node to which something else than this picture points. */
  let echoed = -1;
  let sliding = 0;
  /** @type {number[]} */
  let found = [];

  /**
   * Show a frame. `travel` is the time for the motion of this beat in milliseconds. With 0 everything is at its end. With
   * null a motion that has begun continues.
   * @param {Scene} scene @param {import("./any_viewport.js").Motion} how
   */
  function show(scene, { travel, slide }) {
    shown = scene;
    if (slide) canvas.classList.toggle("is-moving", !calm.matches);
    arrange(slide && !calm.matches);
    if (!places || travel === null) return;
    if (travel > 0 && !calm.matches) flights.travel(scene.frame.tokens, places, travel);
    else flights.rest(scene.frame.tokens, places);
  }

  /** Compute the layout again, and slide to it or jump to it. @param {boolean} slide */
  function arrange(slide) {
    const width = room.clientWidth;
    if (!shown || width === 0) return;
    const { frame, leaves, tallest } = shown;
    if (places && places.leafCount !== leaves) folded = NOTHING_FOLDED;
    const to = layout(leaves, { width, zoom, tallest, folded });
    const from = places;
    cancelAnimationFrame(sliding);
    places = to;
    if (stop >= nodeCount(frame.leafCount)) stop = root(frame.leafCount);
    hears.arranged(zoom > 1 || to.gap < ROOM_FOR_NAMES);
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
    // A picture out of sight keeps its last layout, which may be that of a tree of another size.
    if (!shown || drawn?.leafCount !== shown.leaves) return;
    const now = drawn;
    const { frame, pin, label, actor } = shown;
    const at = lit();
    const named = frame.marks.filter(({ member, node }) => member && (member.id === actor || node === pin)).slice(0, 2);
    attribute(canvas, "width", String(Math.round(now.width)));
    attribute(canvas, "height", String(now.height));
    const shapes = draw(frame, now, { label, stop, focus: focused, pin, pointed: at, named, found });
    mount(tree, shapes);
    hears.painted([...shapes, ...drawTokens(frame.tokens, now, 1)]);
    const mark = frame.marks[at];
    tip.hidden = !mark || at === pin;
    if (tip.hidden) return;
    tip.textContent = labelOf(frame, now, at);
    placeTip(tip, now, at, Math.max(room.clientWidth, now.width));
  }

  /** The node under the pointer, or with the focus; or -1. */
  function attended() {
    return pointed >= 0 ? pointed : focused;
  }

  /** The node to which the pointer points, here or elsewhere, or the one with the focus; or -1. */
  function lit() {
    return [pointed, echoed, focused].find((node) => node >= 0) ?? -1;
  }

  function attend() {
    paint();
    hears.points?.(attended());
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
    rearrange();
    if (places) room.scrollLeft = (focused >= 0 ? x(places, focused) : middle * places.width) - room.clientWidth / 2;
    tellLook();
  }

  function rearrange() {
    arrange(false);
    if (shown && places) flights.rest(shown.frame.tokens, places);
  }

  function tellLook() {
    hears.looks?.({ zoom, left: room.scrollLeft, folded });
  }

  /** Fold the subtree below a node, or unfold it. @param {number} node */
  function fold(node) {
    if (!places || level(node) === 0) return;
    const hadFocus = focused >= 0;
    folded = toggled(folded, places.slot(node).at);
    rearrange();
    focus(places.slot(stop).at, hadFocus);
    tellLook();
  }

  /** @param {PointerEvent | MouseEvent} event */
  function under(event) {
    const box = canvas.getBoundingClientRect();
    const scale = places ? box.height / places.height : 1; // the projector shows the whole picture larger
    const node = places ? nodeAt(places, (event.clientX - box.left) / scale, (event.clientY - box.top) / scale) : -1;
    return shown?.frame.marks[node] ? node : -1;
  }

  canvas.addEventListener("pointermove", (event) => {
    const node = under(event);
    if (node === pointed || !places) return;
    pointed = node;
    canvas.classList.toggle("is-pointing", node >= 0);
    attend();
  });
  canvas.addEventListener("pointerleave", () => {
    pointed = -1;
    attend();
  });
  canvas.addEventListener("click", (event) => {
    const node = under(event);
    if (node < 0) return;
    focus(node, true);
    hears.choose(node);
  });
  tree.addEventListener("focusin", (event) => {
    const node = /** @type {Element} */ (event.target).closest("[data-node]")?.getAttribute("data-node");
    focused = node ? Number(node) : -1;
    if (focused >= 0) stop = focused;
    attend();
  });
  tree.addEventListener("focusout", () => {
    focused = -1;
    // Wait a moment: the drawing itself may just be removing the element that has the focus.
    queueMicrotask(attend);
  });
  tree.addEventListener("keydown", (event) => {
    if (!shown || !places) return;
    const node = stop;
    const next = neighbourThere(places, event.key, node, shown.frame.leafCount);
    if (next !== node) focus(next, true);
    else if (event.key === "Enter") hears.choose(node);
    else if (event.key === "f") fold(level(node) ? node : parent(node));
    else if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });
  room.addEventListener("scroll", tellLook);
  const watch = new ResizeObserver(rearrange);
  watch.observe(room);

  return {
    room,
    show,
    rescale,
    fold,
    /** Show a node, and mark what was found. @param {number} node @param {number[]} [all] */
    jump(node, all = found) {
      found = all;
      if (node < 0 || !places) return paint();
      if (places.slot(node).at !== node) {
        folded = unfoldedFor(folded, node, places.leafCount);
        rearrange();
      }
      focus(node, false);
      tellLook();
    },
    /** @param {number} node */
    point(node) {
      echoed = node;
      paint();
    },
    /** @param {{zoom: number, left: number, folded: ReadonlySet<number>}} look */
    follow({ zoom: wanted, left, folded: hidden }) {
      if (wanted !== zoom || hidden !== folded) {
        [zoom, folded] = [wanted, hidden];
        rearrange();
      }
      room.scrollLeft = left;
    },
    stop() {
      watch.disconnect();
      flights.stop();
      cancelAnimationFrame(sliding);
    },
  };
}
