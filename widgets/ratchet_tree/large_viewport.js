/** A tree that is larger than its picture, on a canvas: pan, zoom, folding, and the pointer and keyboard in the tree. */
import { attribute, html, svg } from "../shared/dom.js";
import { painter } from "../shared/paint.js";
import { level, neighbourThere, nodeCount, parent, root, x } from "./geometry.js";
import { ALL, centred, foldedAt, largeLayout, nodeUnder, zoomed } from "./large_layout.js";
import { drawLarge, seenIn } from "./large_picture.js";
import { drawTokens } from "./motion.js";
import { labelOf } from "./subtrees.js";
import { placeTip } from "./tip.js";

/** @typedef {import("./large_layout.js").LargeLayout} LargeLayout */

/** The key below the picture follows when nothing has moved for so many milliseconds. */
const PAUSE = 120;
/** Movements of the pointer that are shorter than this are a click. */
const STILL = 4;

/** The same parts as in viewport.js. @param {import("./any_viewport.js").Hears} hears */
export function largeViewport(hears) {
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
  /** @type {(import("./any_viewport.js").Scene & {named: import("./frame.js").Mark[]}) | null} */
  let shown = null;
  /** @type {LargeLayout | null} */
  let places = null;
  let stop = 0;
  let pointed = -1;
  /** The node to which something else than this picture points. */
  let echoed = -1;
  let hasFocus = false;
  /** @type {number[]} */
  let found = [];
  let travel = { began: 0, time: 0 };
  let wanted = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let pause;
  /** @type {{at: number, moved: number} | null} */
  let held = null;

  /** @param {import("./any_viewport.js").Scene} scene @param {import("./any_viewport.js").Motion} how */
  function show(scene, how) {
    const { frame, actor, pin } = scene;
    const named = frame.marks.filter(({ member, node }) => member && (member.id === actor || node === pin)).slice(0, 2);
    shown = { ...scene, named };
    if (how.travel !== null) travel = { began: performance.now(), time: calm.matches ? 0 : how.travel };
    if (stop >= nodeCount(frame.leafCount)) stop = root(frame.leafCount);
    forget();
    look({});
  }

  /** Look at another part of the tree. @param {Partial<import("./large_layout.js").Look>} changes @param {boolean} [isEcho] */
  function look(changes, isEcho = false) {
    const width = room.clientWidth;
    if (!shown || width === 0) return;
    const { leaves } = shown;
    const before = places?.leafCount === leaves ? places : null;
    // A tree that was seen whole is seen whole in another width too.
    const isWhole = before && before.width !== width && before.slot(root(leaves)).slots * before.gap <= before.width;
    places = largeLayout(leaves, width, { ...(before?.look ?? ALL), ...(isWhole ? { gap: 0 } : {}), ...changes });
    stop = places.slot(stop).at;
    hears.arranged(true);
    if (!isEcho) hears.looks?.(places.look);
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
    const at = lit();
    const shapes = drawLarge(frame, places, { focus: hasFocus ? stop : -1, pin, pointed: at, named, found });
    const part = travel.time ? Math.min(1, (performance.now() - travel.began) / (travel.time * 0.85)) : 1;
    const tokens = drawTokens(frame.tokens, places, part);
    ink.setTransform(dots, 0, 0, dots, 0, 0);
    ink.clearRect(0, 0, places.width, places.height);
    paint(shapes);
    paint([["g", { class: "mls-tokens" }, tokens]]);
    clearTimeout(pause);
    pause = setTimeout(() => hears.painted([...shapes, ...tokens]), PAUSE);
    if (part < 1) soon();
  }

  /** Say where the focus is and what is under the pointer. */
  function tell() {
    if (!shown || !places) return;
    const { frame, pin } = shown;
    attribute(tree, "aria-label", shown.label);
    const stride = 2 << level(stop);
    attribute(here, "aria-level", String(level(root(frame.leafCount)) - level(stop) + 1));
    attribute(here, "aria-setsize", String((nodeCount(frame.leafCount) + 1) / stride));
    attribute(here, "aria-posinset", String(Math.floor(stop / stride) + 1));
    attribute(here, "aria-selected", String(stop === pin));
    if (level(stop)) attribute(here, "aria-expanded", String(!places.look.folded.has(stop)));
    else here.removeAttribute("aria-expanded");
    const label = labelOf(frame, places, stop);
    if (here.textContent !== label) here.textContent = label;
    const at = lit();
    tip.hidden = !frame.marks[at] || at === pin || held !== null;
    if (tip.hidden) return;
    tip.textContent = labelOf(frame, places, at);
    placeTip(tip, places, at, room.clientWidth);
  }

  /** The node under the pointer, or with the focus; or -1. */
  function attended() {
    return pointed >= 0 ? pointed : hasFocus ? stop : -1;
  }

  /** The node to which the pointer points, here or elsewhere, or the one with the focus; or -1. */
  function lit() {
    return [pointed, echoed, attended()].find((node) => node >= 0) ?? -1;
  }

  function attend() {
    tell();
    soon();
    hears.points?.(attended());
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
    const node = places ? nodeUnder(places, event.clientX - box.left, event.clientY - box.top) : -1;
    return shown?.frame.marks[node] ? node : -1;
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
    attend();
  });
  const release = (/** @type {PointerEvent} */ event) => {
    const isClick = event.type === "pointerup" && held !== null && held.moved < STILL;
    held = null;
    const node = isClick ? under(event) : -1;
    tell();
    if (node < 0 || !places || !shown) return;
    // A click on a block goes closer; everything else is chosen.
    if (seenIn(shown.frame, places).blocks.includes(node)) rescale((places.width / 3 / places.view.space(node)), event.clientX - canvas.getBoundingClientRect().left);
    else {
      focus(node);
      hears.choose(node);
    }
  };
  tree.addEventListener("pointerup", release);
  tree.addEventListener("pointercancel", release);
  tree.addEventListener("pointerleave", () => {
    pointed = -1;
    attend();
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
    attend();
  });
  tree.addEventListener("blur", () => {
    hasFocus = false;
    attend();
  });
  tree.addEventListener("keydown", (event) => {
    if (!shown || !places || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbourThere(places, event.key, stop, shown.frame.leafCount);
    if (next !== stop) {
      focus(next);
      attend();
    } else if (event.key === "Enter") hears.choose(stop);
    else if (event.key === "f") fold(level(stop) ? stop : parent(stop));
    else if (!/^(Arrow|Home|End)/.test(event.key)) return;
    event.preventDefault();
    event.stopPropagation();
  });

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
    /** Show a node, and mark what was found. @param {number} node @param {number[]} [all] */
    jump(node, all = found) {
      found = all;
      if (node >= 0) focus(node);
      soon();
    },
    /** @param {number} node */
    point(node) {
      echoed = node;
      tell();
      soon();
    },
    /** @param {import("./large_layout.js").Look} wanted */
    follow(wanted) {
      const isThere = places && wanted.gap === places.look.gap && wanted.left === places.look.left && wanted.folded === places.look.folded;
      if (!isThere) look(wanted, true);
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
