/** The drawing of a tree: a shape for each node and each edge. */
import { ROOM_FOR_NAMES, WIDEST_GAP, copath, directPath, edge, isThere, level, radius, root, round, space, x, y } from "./geometry.js";
import { blankMark } from "./frame.js";
import { folds, labelOf } from "./subtrees.js";
import { fitting, shortened } from "../shared/words.js";

/** @typedef {import("./frame.js").Drawn} Frame */
/** @typedef {import("./frame.js").Mark} Mark */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {import("./geometry.js").Layout} Layout */

/** How wide a letter of a callout is. */
const LETTER = 6.6;
/** How large the letters of a name are, compared with letters of 13 pixels. */
const NAME = 12 / 13;
const CALLOUT = 24;
/** Marks are drawn at this half width, and scaled down where there is less room. */
const SIZE = 16;
/** Where parents stand closer than this, there is no room for a fingerprint between them. */
const ROOM_FOR_PRINT = 88;
/** The sign "is not equal", beside a mark. */
const UNEQUAL = "M-26-17h9M-26-12h9M-24-8l5-13";
const FLAG = "M-15-13v-13l10 4-10 4";

/**
 * Where the reader is in the picture, and which leaves are named for the reader.
 * @typedef {object} Attention
 * @property {string} label the name of the whole picture
 * @property {number} stop the one tab stop
 * @property {number} focus the node that has the keyboard's focus, or -1
 * @property {number} pin the node whose values are open, or -1
 * @property {number} pointed the node whose resolution is shown, or -1
 * @property {Mark[]} named leaves that are named even without room for it
 * @property {number[]} found leaves whose members were searched for
 */

/** @type {Attention} */
export const NOBODY = { label: "", stop: 0, focus: -1, pin: -1, pointed: -1, named: [], found: [] };

/**
 * The tree: edges below, nodes above them, and what points at nodes on top.
 * @param {Frame} frame @param {Layout} places @param {Attention} [attention] @returns {Shape[]}
 */
export function draw(frame, places, { label, stop, focus, pin, pointed, named, found } = NOBODY) {
  const told = toldBy(frame.marks[pointed]);
  const there = frame.marks.filter(({ node }) => isThere(places, node));
  return [
    ["g", { class: "mls-edges" }, edges(frame, places, there), "edges"],
    ...group("mls-way", way(frame, places, frame.marks[pointed] ? pointed : pin)),
    ["g", { class: "mls-links" }, [...told].filter((node) => isThere(places, node)).map((node) => link(places, frame.marks[pointed], node)), "links"],
    [
      "g",
      { class: "mls-nodes", role: "tree", "aria-label": label },
      there.map((mark) => node(frame, places, mark, { told, stop, pin })),
      "nodes",
    ],
    ...group("mls-folds", folds(frame, places)),
    ...pointers(frame, places, { focus, pin, named, found: found.filter((leaf) => isThere(places, leaf)) }),
  ];
}

/**
 * What points at nodes: marks of found members, cursors, and names.
 * @param {Frame} frame @param {Layout} places @param {Pick<Attention, "focus" | "pin" | "named" | "found">} at @returns {Shape[]}
 */
export function pointers(frame, places, { focus, pin, named, found }) {
  return [
    ...group("mls-finds", found.map((leaf) => find(places, leaf))),
    [
      "g",
      { class: "mls-cursors" },
      [
        ...(frame.marks[pin] && isThere(places, pin) ? [cursor(places, pin, "mls-pin")] : []),
        ...(frame.marks[focus] ? [cursor(places, focus, "mls-focus")] : []),
      ],
      "cursors",
    ],
    ["g", { class: "mls-callouts", "aria-hidden": "true" }, callouts(named, places), "callouts"],
  ];
}

/** A group of shapes, if there are any. @param {string} name @param {Shape[]} shapes @returns {Shape[]} */
function group(name, shapes) {
  return shapes.length ? [["g", { class: name }, shapes, name]] : [];
}

/** A mark beside the foot of a leaf whose member was searched for. @param {Layout} places @param {number} leaf @returns {Shape} */
function find(places, leaf) {
  const below = roomFor(places, leaf) === "full" ? SIZE + 36 : radius(places, leaf) + 3;
  const foot = round(places.base + below);
  return ["path", { class: "mls-found", d: `M${round(x(places, leaf))} ${foot}l5 8h-10z` }, [], leaf];
}

/** @param {Frame} frame @param {Layout} places @param {Mark[]} there the nodes that are not folded away @returns {Shape[]} */
function edges(frame, places, there) {
  return there
    .filter(({ node }) => node !== root(frame.leafCount))
    .map((mark) => ["path", { class: edgeClass(frame, mark), d: edge(places, mark.node) }, [], mark.node]);
}

/**
 * @param {Frame} frame @param {Layout} places @param {Mark} mark
 * @param {{told: Set<number>, stop: number, pin: number}} at @returns {Shape}
 */
function node(frame, places, mark, { told, stop, pin }) {
  const [tag, attributes, shapes, key] = bareNode(frame, places, mark, told);
  const words = {
    "data-node": mark.node,
    ...attributes,
    role: "treeitem",
    "aria-label": labelOf(frame, places, mark.node),
    ...(mark.kind === "parent" ? { "aria-expanded": String(!places.folded.has(mark.node)) } : {}),
    "aria-level": level(root(frame.leafCount)) - level(mark.node) + 1,
    "aria-selected": String(mark.node === pin),
    tabindex: mark.node === stop ? 0 : -1,
  };
  return [tag, words, shapes, key];
}

/** A node without its words. @param {Frame} frame @param {Layout} places @param {Mark} mark @param {Set<number>} told @returns {Shape} */
export function bareNode({ indices }, places, mark, told) {
  const room = roomFor(places, mark.node);
  const at = `translate(${round(x(places, mark.node))} ${round(y(places, mark.node))})`;
  const attributes = { class: nodeClass(mark, room, told.has(mark.node)), transform: `${at}${scaling(places, mark.node)}` };
  return ["g", attributes, nodeShapes(mark, room, indices, places.gap - 4), mark.node];
}

/** The nodes to which a mark has thin lines: its resolution and its unmerged leaves. @param {Mark | undefined} mark */
export function toldBy(mark) {
  const told = new Set(mark && (mark.state === "blank" || mark.unmerged.length) ? mark.resolution : []);
  if (mark) told.delete(mark.node);
  return told;
}

/**
 * The direct path and the copath of a leaf: a commit of its member makes the keys of the path anew, and seals to the copath.
 * @param {Frame} frame @param {Layout} places @param {number} leaf @returns {Shape[]}
 */
export function way({ marks, leafCount }, places, leaf) {
  if (marks[leaf]?.kind !== "leaf") return [];
  const path = [leaf, ...directPath(leaf, leafCount)].slice(0, -1).filter((node) => isThere(places, node));
  return [
    ...path.map((child) => /** @type {Shape} */ (["path", { class: "mls-direct", d: edge(places, child) }, [], child])),
    ...copath(leaf, leafCount).filter((node) => isThere(places, node)).map((node) => brackets(places, node)),
  ];
}

/** Brackets around a node of a copath. @param {Layout} places @param {number} node @returns {Shape} */
function brackets(places, node) {
  const [across, down, half] = [round(x(places, node)), round(y(places, node)), Math.max(4, round(radius(places, node) + 5))];
  const side = (/** @type {number} */ sign) => `M${across + sign * (half - 4)} ${down - half}h${sign * 4}v${2 * half}h${sign * -4}`;
  return ["path", { class: "mls-copath", d: side(-1) + side(1) }, [], `copath ${node}`];
}

/** Where the focus or the pin is. @param {Layout} places @param {number} node @param {string} name @returns {Shape} */
function cursor(places, node, name) {
  const half = Math.max(6, radius(places, node)) + 6;
  const [left, top] = [round(x(places, node) - half), round(y(places, node) - half)];
  const rounding = level(node) ? half : 9;
  return ["rect", { class: name, x: left, y: top, width: 2 * half, height: 2 * half, rx: rounding }, [], name];
}

/** Names of leaves that have no room for a name of their own. @param {Mark[]} named @param {Layout} places @returns {Shape[]} */
function callouts(named, places) {
  const nameless = named.filter(({ member, node }) => member && isThere(places, node) && roomFor(places, node) !== "full");
  return nameless.map(({ member, node }) => {
    const foot = places.base + (roomFor(places, node) === "tiny" ? 9 : radius(places, node) + 6);
    const words = shortened(member?.name ?? "", CALLOUT);
    const half = Math.max(30, ([...words].length * LETTER) / 2 + 4);
    const at = Math.max(half, Math.min(places.width - half, x(places, node)));
    return [
      "g",
      {},
      [
        ["path", { class: "mls-callout-line", d: `M${round(x(places, node))} ${foot}v6` }],
        ["text", { x: round(at), y: foot + 17 }, [words]],
      ],
    ];
  });
}

/**
 * Marks shrink with their room; leaves without any become upright strokes.
 * @param {Layout} places @param {number} node
 */
function scaling(places, node) {
  const scale = Math.min(1, radius(places, node) / SIZE);
  if (scale === 1) return "";
  return ` scale(${round(scale)}${level(node) === 0 && roomFor(places, node) === "tiny" ? " 0.4" : ""})`;
}

/**
 * How much of a node there is room for.
 * @param {Layout} places @param {number} node @returns {"full" | "some" | "small" | "tiny"}
 */
export function roomFor(places, node) {
  const size = radius(places, node);
  const room = space(places, node);
  if (size < 5) return "tiny";
  if (size < 11 || room < ROOM_FOR_NAMES) return "small";
  return room < ROOM_FOR_PRINT && level(node) > 0 ? "some" : "full";
}

/** @param {Mark} mark @param {string} room @param {boolean} isTold @returns {string} */
export function nodeClass(mark, room, isTold) {
  return [
    `mls-node is-${mark.kind} is-${mark.state} is-${room}`,
    mark.hold && `has-${mark.hold}`,
    mark.member && `mls-hue-${mark.member.hue}`,
    mark.fresh && "is-fresh",
    mark.changed && "is-changed",
    mark.lit && "is-lit",
    mark.differs && "is-different",
    isTold && "is-told",
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {Frame} frame @param {Mark} mark */
export function edgeClass(frame, mark) {
  const kind = frame.path.get(mark.node);
  return ["mls-edge", kind && `is-${kind}`, mark.state === "unknown" && "is-unknown"].filter(Boolean).join(" ");
}

/**
 * The shapes of one node, from the bottom up.
 * @param {Mark} mark @param {string} room @param {boolean} indices whether a leaf shows its node index
 * @param {number} [width] of the room for a name @returns {Shape[]}
 */
function nodeShapes(mark, room, indices, width = WIDEST_GAP) {
  const shapes = [];
  if (mark.fresh && room !== "tiny") shapes.push(outline(mark, "mls-ring", SIZE + 4.5));
  shapes.push(outline(mark, "mls-shape", SIZE));
  if (mark.hold === "leaked" || mark.hold === "computed") shapes.push(path("mls-hatch", hatching(mark)));
  if (mark.hold === "leaked") shapes.push(path("mls-flag", FLAG));
  if (room === "tiny") return shapes;
  const inside =
    mark.state === "unknown" ? "?" : (mark.member?.initial ?? (mark.kind === "parent" ? String(mark.node) : ""));
  if (room !== "small" || mark.kind === "leaf") shapes.push(text({ class: inside.length > 4 ? "mls-inside is-long" : "mls-inside", y: 4.5 }, inside));
  if (room === "full" && mark.member) shapes.push(text({ class: "mls-name", y: SIZE + 17 }, fitting(mark.member.name, width / NAME)));
  if (room === "full" && mark.print) {
    const isLeaf = mark.kind === "leaf";
    const where = isLeaf ? { x: 0, y: SIZE + 32 } : { x: SIZE + 8, y: 4 };
    shapes.push(text({ class: isLeaf ? "mls-print" : "mls-print is-beside", ...where }, mark.print));
  }
  if (indices && mark.kind === "leaf") {
    // beside the edge, which comes from the other side, and beside the flag
    const x = mark.node % 4 === 0 && mark.hold !== "leaked" ? -9 : 9;
    shapes.push(text({ class: "mls-index", x, y: -SIZE - 7 }, String(mark.node)));
  }
  if (mark.differs) shapes.push(path("mls-differs", UNEQUAL));
  if (mark.unmerged.length) shapes.push(chip(`+${mark.unmerged.length}`));
  return shapes;
}

/** One mark by itself, for the legend. @param {Partial<Mark>} traits @param {boolean} [indices] @returns {Shape} */
export function markAlone(traits, indices = false) {
  /** @type {Mark} */
  const mark = { ...blankMark(0), kind: "parent", state: "keyed", ...traits };
  return ["g", { class: nodeClass(mark, "full", false) }, nodeShapes(mark, "full", indices)];
}

/** @param {string} name @param {string} d @returns {Shape} */
function path(name, d) {
  return ["path", { class: name, d }, [], name];
}

/** @param {{class: string, x?: number, y: number}} attributes @param {string} words @returns {Shape} */
function text(attributes, words) {
  return ["text", attributes, [words], attributes.class];
}

/**
 * A rounded square for a leaf, a circle for a parent. A new key gives a new element, so that it can be animated.
 * @param {Mark} mark @param {string} name @param {number} half @returns {Shape}
 */
function outline(mark, name, half) {
  const key = `${name} ${mark.key}`;
  if (mark.kind === "parent") return ["circle", { class: name, r: half }, [], key];
  return ["rect", { class: name, x: -half, y: -half, width: 2 * half, height: 2 * half, rx: half * 0.42 }, [], key];
}

/** Diagonal lines across a mark: narrow for leaked keys, wide for keys computed from them. @param {Mark} mark */
function hatching({ kind, hold }) {
  const step = hold === "leaked" ? 6 : 12;
  let lines = "";
  for (let at = -18; at <= 18; at += step) {
    const half = kind === "parent" ? Math.sqrt(2 * SIZE ** 2 - at ** 2) / 2 : SIZE - Math.abs(at) / 2;
    lines += `M${round(at / 2 - half)} ${round(at / 2 + half)}L${round(at / 2 + half)} ${round(at / 2 - half)}`;
  }
  return lines;
}

/** @param {string} words @returns {Shape} */
function chip(words) {
  const half = 5 + 3 * words.length;
  return [
    "g",
    { class: "mls-chip", transform: "translate(15 -14)" },
    [
      ["rect", { x: -half, y: -8, width: 2 * half, height: 16, rx: 8 }],
      ["text", { y: 4 }, [words]],
    ],
    "mls-chip",
  ];
}

/**
 * A thin line from a node to a node of its resolution, or to an unmerged leaf.
 * @param {Layout} places @param {Mark} from @param {number} to @returns {Shape}
 */
export function link(places, from, to) {
  const [ax, ay, bx, by] = [x(places, from.node), y(places, from.node), x(places, to), y(places, to)].map(round);
  const d = `M${ax} ${ay}Q${bx} ${round(ay + (by - ay) * 0.35)} ${bx} ${by}`;
  return ["path", { class: from.unmerged.includes(to) ? "mls-link is-unmerged" : "mls-link", d }, [], to];
}
