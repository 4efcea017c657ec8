/** A tree that is larger than its picture, on a canvas: pan, zoom, folding, and the pointer and keyboard in the tree. */
import { attribute, html, svg } from "../shared/dom.js";
import { painter } from "../shared/paint.js";
import { level, neighbour, nodeCount, parent, radius, root, x, y } from "./geometry.js";
import { ALL, centred, foldedAt, inSight, largeLayout, nodeUnder, zoomed } from "./large_layout.js";
import { contentsOf, drawLarge } from "./large_picture.js";
import { drawTokens } from "./motion.js";
import { nodeLabel, pictureLabel, subtreeLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Timeline} Timeline */
/** @typedef {import("./large_layout.js").LargeLayout} LargeLayout */

/** The key below the picture follows when nothing has moved for so many milliseconds. */
const PAUSE = 120;
/** Movements of the pointer that are shorter than this are a click. */
const STILL = 4;

/**
 * The same parts as in viewport.js.
 * @param {(node: number) => void} choose @param {(canZoom: boolean) => void} arranged
 * @param {(shapes: import("../shared/shapes.js").Shape[]) => void} painted
 */
export function largeViewport(choose, arranged, painted) {
  const canvas = html("canvas", { class: "mls-canvas", "aria-hidden": "true" });
  const models = svg("svg", { class: "mls-models", "aria-hidden": "true" });
  // One stop of the Tab key, and one item that says where the focus is: this is enough for a tree of any size.
  const here = html("div", { role: "treeitem", class: "mls-here", id: `mls-here-${crypto.getRandomValues(new Uint32Array(2)).join("-")}` });
  const tree = html("div", { role: "tree", class: "mls-large", tabindex: 0, "aria-activedescendant": here.id }, canvas, here);
  const tip = html("div", { class: "mls-tip", hidden: true, "aria-hidden": "true" });
  const room = html("div", { class: "mls-viewport is-large" }, tree, models, tip);
  const ink = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const { paint, forget } = painter(ink, models);
  const calm = matchMedia("(prefers-reduced-motion: reduce)");
  /** @type {{time: Timeline, frame: Frame, pin: number, named: import("./frame.js").Mark[]} | null} */
  let shown = null;
  /** @type {LargeLayout | null} */
  let places = null;
  let stop = 0;
  let pointed = -1;
  let hasFocus = false;
  /** @type {number[]} */
  let found = [];
  let travel = { began: 0, time: 0 };
  let wanted = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  /** @type {{at: number, moved: number} | null} */
  let held = null;

  /**
   * @param {Timeline} time @param {Frame} frame @param {number} pin
   * @param {{travel: number | null, slide: boolean}} how
   */
  function show(time, frame, pin, how) {
    const actor = frame.seen ? time.view.steps[frame.step].actor : null;
    const named = frame.marks.filter(({ member, node }) => member && (member.id === actor || node === pin)).slice(0, 2);
    shown = { time, frame, pin, named };
    if (how.travel !== null) travel = { began: performance.now(), time: calm.matches ? 0 : how.travel };
    if (stop >= nodeCount(frame.leafCount)) stop = root(frame.leafCount);
    forget();
    look({});
  }

  /** Look at another part of the tree. @param {Partial<import("./large_layout.js").Look>} changes */
  function look(changes) {
    const width = room.clientWidth;
    if (!shown || width === 0) return;
    const { leafCount } = shown.frame;
    const before = places?.leafCount === leafCount ? places.look : ALL;
    places = largeLayout(leafCount, width, { ...before, ...changes });
    stop = places.slot(stop).at;
    arranged(true);
    tell();
    soon();
  }

  function soon() {
    wanted ||= requestAnimationFrame(() => {
      wanted = 0;
      draw();
    });
  }

  /** One frame: what is in sight, and what travels. */
  function draw() {
    if (!shown || !places) return;
    const { frame, pin, named } = shown;
    const dots = devicePixelRatio;
    const [width, height] = [Math.round(places.width * dots), Math.round(places.height * dots)];
    if (canvas.width !== width || canvas.height !== height) {
      [canvas.width, canvas.height] = [width, height];
      canvas.style.height = `${places.height}px`;
    }
    const at = pointed >= 0 ? pointed : hasFocus ? stop : -1;
    const shapes = drawLarge(frame, places, { focus: hasFocus ? stop : -1, pin, pointed: at, named, found });
    const part = travel.time ? Math.min(1, (performance.now() - travel.began) / (travel.time * 0.85)) : 1;
    const tokens = drawTokens(frame.tokens, places, part);
    ink.setTransform(dots, 0, 0, dots, 0, 0);
    ink.clearRect(0, 0, places.width, places.height);
    paint(shapes);
    paint([["g", { class: "mls-tokens" }, tokens]]);
    clearTimeout(pause);
    pause = setTimeout(() => painted([...shapes, ...tokens]), PAUSE);
    if (part < 1) soon();
  }

  /** Say where the focus is and what is under the pointer. */
  function tell() {
    if (!shown || !places) return;
    const { frame, time, pin } = shown;
    attribute(tree, "aria-label", pictureLabel(time.view, frame));
    const stride = 2 << level(stop);
    attribute(here, "aria-level", String(level(root(frame.leafCount)) - level(stop) + 1));
    attribute(here, "aria-setsize", String((nodeCount(frame.leafCount) + 1) / stride));
    attribute(here, "aria-posinset", String(Math.floor(stop / stride) + 1));
    attribute(here, "aria-selected", String(stop === pin));
    if (level(stop)) attribute(here, "aria-expanded", String(!places.look.folded.has(stop)));
    else here.removeAttribute("aria-expanded");
    const label = labelOf(stop);
    if (here.textContent !== label) here.textContent = label;
    const at = pointed >= 0 ? pointed : hasFocus ? stop : -1;
    tip.hidden = at < 0 || at === pin || held !== null;
    if (tip.hidden) return;
    tip.textContent = labelOf(at);
    const half = Math.min(120, room.clientWidth / 2);
    tip.style.left = `${Math.max(half, Math.min(room.clientWidth - half, x(places, at)))}px`;
    const above = y(places, at) - radius(places, at) - 12;
    tip.style.top = `${Math.max(above, 44)}px`;
  }

  /** @param {number} node */
  function labelOf(node) {
    const { frame } = /** @type {NonNullable<typeof shown>} */ (shown);
    const label = nodeLabel(frame.marks[node], frame.viewer.name);
    return places?.look.folded.has(node) ? `${label}, ${subtreeLabel(node, contentsOf(frame).members[node])}` : label;
  }

  /** Move the focus to a node, and bring it into sight. @param {number} node */
  function focus(node) {
    stop = node;
    if (!places) return;
    const [at, isTiny] = [x(places, node), 0.4 * places.view.space(node) < 2];
    const isHidden = places.slot(node).at !== node;
    if (isHidden || isTiny || at < 24 || at > places.width - 24) look(centred(places, node));
    else look({});
  }

  /** Zoom in or out. Without a factor, show the whole tree. @param {number} [factor] @param {number} [at] */
  function rescale(factor, at) {
    if (!places) return;
    if (factor === undefined) look({ gap: 0, left: 0 });
    else look(zoomed(places, factor, at ?? (hasFocus ? x(places, stop) : places.width / 2)));
  }

  /** Fold the subtree below a node, or unfold it. @param {number} node */
  function fold(node) {
    if (places && level(node) > 0) look(foldedAt(places, places.slot(node).at));
  }

  /** @param {PointerEvent | MouseEvent} event */
  function under(event) {
    const box = canvas.getBoundingClientRect();
    return places ? nodeUnder(places, event.clientX - box.left, event.clientY - box.top) : -1;
  }

  tree.addEventListener("pointerdown", (event) => {
    held = { at: event.clientX, moved: 0 };
    tree.setPointerCapture(event.pointerId);
  });
  tree.addEventListener("pointermove", (event) => {
    if (held && places) {
      const by = event.clientX - held.at;
      held = { at: event.clientX, moved: held.moved + Math.abs(by) };
      if (held.moved >= STILL) look({ left: places.look.left + by });
      return;
    }
    const node = under(event);
    if (node === pointed) return;
    pointed = node;
    tree.classList.toggle("is-pointing", node >= 0);
    tell();
    soon();
  });
  const release = (/** @type {PointerEvent} */ event) => {
    const isClick = event.type === "pointerup" && held !== null && held.moved < STILL;
    held = null;
    const node = isClick ? under(event) : -1;
    tell();
    if (node < 0 || !places) return;
    // A click on a block goes closer; everything else is chosen.
    if (inSight(places).blocks.includes(node)) rescale((places.width / 3 / places.view.space(node)), event.clientX - canvas.getBoundingClientRect().left);
    else {
      focus(node);
      choose(node);
    }
  };
  tree.addEventListener("pointerup", release);
  tree.addEventListener("pointercancel", release);
  tree.addEventListener("pointerleave", () => {
    pointed = -1;
    tell();
    soon();
  });
  // The wheel alone scrolls the page. With Ctrl, as a touchpad's pinch says it too, it zooms; sideways it pans.
  tree.addEventListener(
    "wheel",
    (event) => {
      const isSideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
      if (!places || !(event.ctrlKey || event.metaKey || event.shiftKey || isSideways)) return;
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) rescale(1.003 ** -event.deltaY, event.clientX - canvas.getBoundingClientRect().left);
      else look({ left: places.look.left - (isSideways ? event.deltaX : event.deltaY) });
    },
    { passive: false },
  );
  tree.addEventListener("focus", () => {
    hasFocus = true;
    tell();
    soon();
  });
  tree.addEventListener("blur", () => {
    hasFocus = false;
    tell();
    soon();
  });
  tree.addEventListener("keydown", (event) => {
    if (!shown || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbourInSight(event.key);
    if (next !== stop) focus(next);
    else if (event.key === "Enter") choose(stop);
    else if (event.key === "f") fold(level(stop) ? stop : parent(stop));
    else if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });

  /** Where an arrow key leads to; nothing is below a folded node, and it counts as one. @param {string} key */
  function neighbourInSight(key) {
    if (!shown || !places) return stop;
    if (key === "ArrowDown" && places.look.folded.has(stop)) return stop;
    return places.slot(neighbour(key, stop, shown.frame.leafCount)).at;
  }

  const watch = new ResizeObserver(() => look({}));
  watch.observe(room);
  const themes = ["(prefers-color-scheme: dark)", "(forced-colors: active)"].map((query) => matchMedia(query));
  const repaint = () => {
    forget();
    soon();
  };
  for (const theme of themes) theme.addEventListener("change", repaint);
  const inJupyter = new MutationObserver(repaint);
  inJupyter.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light"] });

  return {
    room,
    show,
    rescale,
    fold,
    /** Draw a frame now: for measurements. */
    draw,
    /** Look at another part of the tree, by so many pixels. @param {number} by */
    pan: (by) => places && look({ left: places.look.left + by }),
    /** Show a node, and mark what was found. @param {number} node @param {number[]} all */
    jump(node, all) {
      found = all;
      if (node >= 0) focus(node);
      soon();
    },
    stop() {
      watch.disconnect();
      inJupyter.disconnect();
      cancelAnimationFrame(wanted);
      clearTimeout(pause);
      for (const theme of themes) theme.removeEventListener("change", repaint);
    },
  };
}
