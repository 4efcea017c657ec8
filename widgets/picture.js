/** The drawn tree: one element per node and edge, kept and updated, never rebuilt. */
import { attribute, svg } from "./dom.js";
import { ROOM_FOR_NAMES, edge, level, nodeCount, radius, root, x, y } from "./tree_geometry.js";
import { nodeLabel, pictureLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Mark} Mark */
/** @typedef {import("./tree_geometry.js").Layout} Layout */

/** Marks are drawn at this half width, and scaled down where there is less room. */
const SIZE = 16;
/** Where parents stand closer than this, there is no room for a fingerprint between them. */
const ROOM_FOR_PRINT = 88;
const FLAG = "M-15-13v-13l10 4-10 4";

/**
 * @typedef {object} Drawn
 * @property {SVGGElement} group
 * @property {SVGPathElement | null} edge
 * @property {string} look what is drawn now, so that an unchanged node costs nothing
 */

/** @param {string} name a name for ids that is unique on the page */
export function picture(name) {
  const edges = svg("g", { class: "mls-edges" });
  const links = svg("g", { class: "mls-links" });
  const nodes = svg("g", { class: "mls-nodes", role: "tree" });
  const cursor = svg("g", { class: "mls-cursors" });
  const callouts = svg("g", { class: "mls-callouts", "aria-hidden": "true" });
  const tokens = svg("g", { class: "mls-tokens", "aria-hidden": "true" });
  const canvas = svg("svg", { class: "mls-picture" }, edges, links, nodes, cursor, callouts, tokens);
  /** @type {Drawn[]} */
  const drawn = [];
  /** @type {Set<number>} */
  let pointed = new Set();
  let pinned = -1;
  let stop = 0;

  /** @param {number} count */
  function keep(count) {
    while (drawn.length > count) {
      const gone = /** @type {Drawn} */ (drawn.pop());
      gone.group.remove();
      gone.edge?.remove();
    }
    for (let node = drawn.length; node < count; node += 1) {
      const group = svg("g", {
        "data-node": node,
        role: "treeitem",
        "aria-selected": "false",
        tabindex: -1,
        id: `${name}-${node}`,
      });
      nodes.append(group);
      drawn.push({ group, edge: edges.appendChild(svg("path")), look: "" });
    }
  }

  /**
   * Draw a frame; only nodes that look different are touched.
   * @param {Frame} frame @param {import("./view.d.ts").RatchetTreeView} view @param {Layout} places
   */
  function draw(frame, view, places) {
    keep(nodeCount(frame.leafCount));
    nodes.setAttribute("aria-label", pictureLabel(view, frame));
    const top = root(frame.leafCount);
    for (const mark of frame.marks) {
      const one = drawn[mark.node];
      const room = roomFor(places, mark.node);
      const look = [mark.state, room, mark.hold, mark.fresh, mark.print, mark.unmerged.length, mark.member?.id].join();
      if (look !== one.look) {
        one.look = look;
        one.group.replaceChildren(...shapes(mark, room));
      }
      attribute(one.group, "class", nodeClass(mark, room));
      attribute(one.group, "aria-label", nodeLabel(mark, frame.viewer.name));
      attribute(one.group, "aria-level", String(level(top) - level(mark.node) + 1));
      if (one.edge && mark.node !== top) attribute(one.edge, "class", `mls-edge ${edgeClass(frame, mark)}`);
    }
    if (stop > top) stop = top;
    rove(stop);
  }

  /** Put everything where it belongs. @param {Layout} places */
  function place(places) {
    canvas.setAttribute("width", String(Math.round(places.width)));
    canvas.setAttribute("height", String(places.height));
    drawn.forEach(({ group, edge: line }, node) => {
      group.setAttribute(
        "transform",
        `translate(${round(x(places, node))} ${round(y(places, node))})${scaling(places, node)}`,
      );
      if (node === root(places.leafCount)) line?.setAttribute("d", "");
      else if (node < nodeCount(places.leafCount)) line?.setAttribute("d", edge(places, node));
    });
  }

  /** Make a node the tree's one tab stop. @param {number} node */
  function rove(node) {
    drawn[stop]?.group.setAttribute("tabindex", "-1");
    stop = node;
    drawn[stop]?.group.setAttribute("tabindex", "0");
  }

  /**
   * Draw thin lines from a node to its resolution and its unmerged leaves.
   * @param {Mark | undefined} mark @param {Layout} places
   */
  function point(mark, places) {
    const told = new Set(mark && (mark.state === "blank" || mark.unmerged.length) ? mark.resolution : []);
    if (mark) told.delete(mark.node);
    for (const node of pointed) if (!told.has(node)) drawn[node]?.group.classList.remove("is-told");
    for (const node of told) drawn[node]?.group.classList.add("is-told");
    pointed = told;
    links.replaceChildren(
      ...[...told].map((node) =>
        svg("path", {
          class: mark?.unmerged.includes(node) ? "mls-link is-unmerged" : "mls-link",
          d: mark ? link(places, mark.node, node) : "",
        }),
      ),
    );
  }

  /** Show where the focus and the pin are. @param {{focus: number, pin: number}} at @param {Layout} places */
  function mark({ focus, pin }, places) {
    /** @param {number} node @param {string} kind */
    const frame = (node, kind) => {
      const half = Math.max(6, radius(places, node)) + 6;
      return svg("rect", {
        class: kind,
        x: round(x(places, node) - half),
        y: round(y(places, node) - half),
        width: 2 * half,
        height: 2 * half,
        rx: level(node) ? half : 9,
      });
    };
    cursor.replaceChildren(
      ...(pin >= 0 && pin < drawn.length ? [frame(pin, "mls-pin")] : []),
      ...(focus >= 0 && focus < drawn.length ? [frame(focus, "mls-focus")] : []),
    );
    if (pinned !== pin) drawn[pinned]?.group.setAttribute("aria-selected", "false");
    drawn[pin]?.group.setAttribute("aria-selected", "true");
    pinned = pin;
  }

  /** Name leaves that have no room for a name of their own. @param {Mark[]} marks @param {Layout} places */
  function callOut(marks, places) {
    const nameless = marks.filter(({ member, node }) => member && roomFor(places, node) !== "full");
    callouts.replaceChildren(
      ...nameless.map(({ member, node }) => {
        const foot = places.base + (roomFor(places, node) === "tiny" ? 9 : radius(places, node) + 6);
        const at = Math.max(30, Math.min(places.width - 30, x(places, node)));
        return svg(
          "g",
          {},
          svg("path", { class: "mls-callout-line", d: `M${round(x(places, node))} ${foot}v6` }),
          svg("text", { x: round(at), y: foot + 17 }, member?.name ?? ""),
        );
      }),
    );
  }

  /** @param {number} node */
  function element(node) {
    return drawn[node]?.group;
  }

  return { canvas, nodes, tokens, draw, place, rove, point, mark, callOut, element, stop: () => stop };
}

/** @typedef {ReturnType<typeof picture>} Picture */

/** @param {number} value */
function round(value) {
  return Math.round(value * 100) / 100;
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
 * What a node has room for.
 * @param {Layout} places @param {number} node @returns {"full" | "some" | "small" | "tiny"}
 */
function roomFor(places, node) {
  const size = radius(places, node);
  const space = places.gap * 2 ** level(node);
  if (size < 5) return "tiny";
  if (size < 11 || space < ROOM_FOR_NAMES) return "small";
  return space < ROOM_FOR_PRINT && level(node) > 0 ? "some" : "full";
}

/** @param {Mark} mark @param {string} room @returns {string} */
export function nodeClass(mark, room) {
  return [
    `mls-node is-${mark.kind} is-${mark.state} is-${room}`,
    mark.hold && `has-${mark.hold}`,
    mark.member && `mls-hue-${mark.member.hue}`,
    mark.fresh && "is-fresh",
    mark.changed && "is-changed",
    mark.lit && "is-lit",
  ]
    .filter(Boolean)
    .join(" ");
}

/** @param {Frame} frame @param {Mark} mark */
function edgeClass(frame, mark) {
  return [frame.path.has(mark.node) && `is-${frame.path.get(mark.node)}`, mark.state === "unknown" && "is-unknown"]
    .filter(Boolean)
    .join(" ");
}

/** The shapes of one node, from the bottom up. @param {Mark} mark @param {string} room @returns {SVGElement[]} */
function shapes(mark, room) {
  const parts = [];
  if (mark.fresh && room !== "tiny") parts.push(outline(mark, "mls-ring", SIZE + 4.5));
  parts.push(outline(mark, "mls-shape", SIZE));
  if (mark.hold === "stolen" || mark.hold === "computed")
    parts.push(svg("path", { class: "mls-hatch", d: hatching(mark) }));
  if (mark.hold === "stolen") parts.push(svg("path", { class: "mls-flag", d: FLAG }));
  if (room === "tiny") return parts;
  const inside =
    mark.state === "unknown" ? "?" : (mark.member?.initial ?? (mark.kind === "parent" ? String(mark.node) : ""));
  if (room !== "small" || mark.kind === "leaf") parts.push(svg("text", { class: "mls-inside", y: 4.5 }, inside));
  if (room === "full" && mark.member) parts.push(svg("text", { class: "mls-name", y: SIZE + 17 }, mark.member.name));
  if (room === "full" && mark.print) {
    const where =
      mark.kind === "leaf"
        ? { class: "mls-print", x: 0, y: SIZE + 32 }
        : { class: "mls-print is-beside", x: SIZE + 8, y: 4 };
    parts.push(svg("text", where, mark.print));
  }
  if (mark.unmerged.length) parts.push(chip(`+${mark.unmerged.length}`));
  return parts;
}

/** One mark by itself, for the legend. @param {Partial<Mark>} traits */
export function specimen(traits) {
  /** @type {Mark} */
  const mark = {
    node: 0,
    kind: "parent",
    state: "keyed",
    member: null,
    key: null,
    print: "",
    hold: "",
    unmerged: [],
    resolution: [],
    fresh: false,
    changed: false,
    lit: false,
    ...traits,
  };
  return svg(
    "svg",
    { class: "mls-specimen", viewBox: "-27 -27 54 54", "aria-hidden": "true" },
    svg("g", { class: nodeClass(mark, "full") }, ...shapes(mark, "full")),
  );
}

/** A rounded square for a leaf, a circle for a parent. @param {Mark} mark @param {string} name @param {number} half */
function outline(mark, name, half) {
  if (mark.kind === "parent") return svg("circle", { class: name, r: half });
  return svg("rect", { class: name, x: -half, y: -half, width: 2 * half, height: 2 * half, rx: half * 0.42 });
}

/** Diagonal lines across a mark: narrow for stolen keys, wide for keys computed from them. @param {Mark} mark */
function hatching({ kind, hold }) {
  const step = hold === "stolen" ? 6 : 12;
  let lines = "";
  for (let at = -18; at <= 18; at += step) {
    const half = kind === "parent" ? Math.sqrt(2 * SIZE ** 2 - at ** 2) / 2 : SIZE - Math.abs(at) / 2;
    lines += `M${round(at / 2 - half)} ${round(at / 2 + half)}L${round(at / 2 + half)} ${round(at / 2 - half)}`;
  }
  return lines;
}

/** @param {string} text */
function chip(text) {
  const half = 5 + 3 * text.length;
  return svg(
    "g",
    { class: "mls-chip", transform: "translate(15 -14)" },
    svg("rect", { x: -half, y: -8, width: 2 * half, height: 16, rx: 8 }),
    svg("text", { y: 4 }, text),
  );
}

/** @param {Layout} places @param {number} from @param {number} to */
function link(places, from, to) {
  const [ax, ay, bx, by] = [x(places, from), y(places, from), x(places, to), y(places, to)].map(round);
  return `M${ax} ${ay}Q${bx} ${round(ay + (by - ay) * 0.35)} ${bx} ${by}`;
}
