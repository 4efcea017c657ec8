/** Both trees on the page. The reader looks at the same part of both, and what is pointed at in one is lit in the other. */
import { viewportOfAnySize } from "../ratchet_tree/any_viewport.js";
import { finder } from "../ratchet_tree/find.js";
import { foldButton, zoomButtons } from "../ratchet_tree/tree_tools.js";
import { attribute, followWidth, html, svg } from "../shared/dom.js";
import { mount } from "../shared/shapes.js";
import { nodeIn } from "./frame.js";
import { headShape } from "./picture.js";
import { CAPTION, areBeside, drawnTrees } from "./trees.js";
import { treeLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** @param {{choose: (node: number) => void, painted: () => void}} hears */
export function treePair({ choose, painted }) {
  /** What is drawn of each tree. @type {[Shape[], Shape[]]} */
  const shapes = [[], []];
  const rooms = /** @type {(0 | 1)[]} */ ([0, 1]).map((at) =>
    viewportOfAnySize({
      choose,
      arranged: (canZoom) => void (zoom.hidden = !canZoom),
      painted: (drawn) => {
        shapes[at] = drawn;
        painted();
      },
      points: (node) => rooms[1 - at].point(node),
      looks: (look) => rooms[1 - at].follow(look),
    }),
  );
  const captions = rooms.map(() => svg("svg", { class: "mls-diff-caption", height: CAPTION, "aria-hidden": "true" }));
  const both = html("div", { class: "mls-diff-pair" }, ...rooms.map(({ room }, at) => html("div", {}, captions[at], room)));
  const zoom = zoomButtons(rescale);
  const find = finder((node, all) => rooms.forEach((room) => room.jump(node, all)));
  const fold = foldButton((node) => rooms[0].fold(node));
  const tools = html("div", { class: "mls-diff-tools" }, find.element, fold.element, zoom);
  const element = html("div", { class: "mls-diff-trees" }, tools, both);
  let width = 0;
  /** @type {Frame | null} */
  let shown = null;
  /** @type {ReturnType<typeof drawnTrees>} */
  let trees = null;
  let leaves = 0;

  /** @param {Frame} frame */
  function show(frame) {
    const names = (/** @type {Frame | null} */ of) => of?.sides.map(({ name }) => name).join();
    if (!shown || shown.trees !== frame.trees || names(shown) !== names(frame)) trees = drawnTrees(frame);
    shown = frame;
    element.hidden = trees === null;
    if (!trees) {
      shapes.fill([]);
      return;
    }
    const pin = nodeIn(frame.selected);
    leaves = Math.max(...trees.map(({ leafCount }) => leafCount));
    arrange();
    find.show({ leafCount: leaves, marks: trees.flatMap(({ marks }) => marks), tree: trees });
    fold.show(pin);
    const [one, two] = trees;
    rooms.forEach((room, at) => {
      const scene = { frame: at ? two : one, leaves, tallest: leaves, pin, label: treeLabel(frame, at), actor: null };
      room.show(scene, { travel: null, slide: false });
    });
  }

  function arrange() {
    if (!shown || width === 0) return;
    const isBeside = areBeside(leaves, width);
    const room = isBeside ? Math.floor(width / 2) : width;
    both.classList.toggle("is-beside", isBeside);
    captions.forEach((caption, at) => {
      attribute(caption, "width", String(room));
      mount(caption, [headShape(/** @type {Frame} */ (shown).sides[at], at, { x: 12, y: 8, width: room - 24 })]);
    });
  }

  /** @param {number} [factor] */
  function rescale(factor) {
    rooms[0].rescale(factor);
  }

  const unfollow = followWidth(element, (now) => {
    width = now;
    arrange();
  });

  return {
    element,
    show,
    rescale,
    /** What is drawn now. */
    shapes: () => shapes.flat(),
    /** Bring a node into sight. @param {number} node */
    reveal: (node) => rooms.forEach((room) => room.jump(node)),
    /** Light a node in both trees, -1: none. @param {number} node */
    point: (node) => rooms.forEach((room) => room.point(node)),
    stop() {
      unfollow();
      for (const room of rooms) room.stop();
    },
  };
}
