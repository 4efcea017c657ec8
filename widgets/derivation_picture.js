/** The drawn derivation: secrets as diamonds, arrows that open or derive, and the way to one of them lit up. */
import { attribute, svg } from "./dom.js";
import { factLabel } from "./derivation_walk.js";

/** @typedef {import("./derivation.d.ts").DerivationView} View */
/** @typedef {import("./derivation.d.ts").Arrangement} Arrangement */
/** @typedef {import("./derivation.d.ts").Arrow} Arrow */
/** @typedef {import("./derivation.d.ts").DerivedFact} DerivedFact */

const HALF = 15;
const DIAMOND = "M0-15 15 0 0 15-15 0z";
const LETTER = "M-15-4 0-14 15-4V12H-15zM15-4 0 5-15-4";
const FLAG = "M-15-13v-13l10 4-10 4";
const ENVELOPE = "M-9-6H9V6H-9zM9-6 0 1-9-6";
const HEAD = "m-4-6 4 6 4-6";

/** @param {string} name a name for ids that is unique on the page */
export function derivationPicture(name) {
  const lines = svg("g", { class: "mls-arrows", "aria-hidden": "true" });
  const nodes = svg("g", { class: "mls-nodes", role: "listbox" });
  const canvas = svg("svg", { class: "mls-picture mls-derivation-picture" }, lines, nodes);
  /** @type {Map<number, SVGGElement>} */
  let drawn = new Map();
  /** @type {[Arrow, SVGGElement][]} */
  let arrows = [];

  /** Draw an arrangement. @param {View} view @param {Arrangement} arrangement */
  function draw(view, arrangement) {
    const places = new Map(arrangement.places.map((place) => [place.fact, place]));
    attribute(canvas, "width", String(arrangement.width));
    attribute(canvas, "height", String(arrangement.height));
    attribute(nodes, "aria-label", view.title);
    drawn = new Map(
      arrangement.places.map(({ fact, x, y }) => {
        const one = view.facts[fact];
        const traits = {
          class: factClass(one, fact === view.goal),
          "data-fact": fact,
          id: `${name}-${fact}`,
          role: "option",
          "aria-label": factLabel(one),
          tabindex: -1,
          transform: `translate(${x} ${y})`,
        };
        return [fact, svg("g", traits, ...factShapes(one))];
      }),
    );
    arrows = arrangement.arrows.map((arrow) => {
      const end = (places.get(arrow.conclusion)?.y ?? arrow.y) - HALF - 2;
      return [arrow, svg("g", { class: "mls-arrow" }, ...arrowShapes(arrow, end))];
    });
    nodes.replaceChildren(...drawn.values());
    lines.replaceChildren(...arrows.map(([, group]) => group));
  }

  /**
   * Light up a fact and the way to it; the rest steps back.
   * @param {number} selected a fact, or -1 @param {Set<number>} way @param {number} stop the one tab stop
   */
  function light(selected, way, stop) {
    const hasWay = selected >= 0;
    for (const [fact, group] of drawn) {
      group.classList.toggle("is-dim", hasWay && !way.has(fact));
      group.classList.toggle("is-lit", fact === selected);
      attribute(group, "aria-selected", String(fact === selected));
      attribute(group, "tabindex", fact === stop ? "0" : "-1");
    }
    for (const [{ conclusion }, group] of arrows) {
      group.classList.toggle("is-dim", hasWay && !way.has(conclusion));
      group.classList.toggle("is-lit", hasWay && way.has(conclusion));
    }
  }

  return { canvas, nodes, draw, light, element: (/** @type {number} */ fact) => drawn.get(fact) };
}

/** @param {DerivedFact} fact @param {boolean} isGoal @returns {string} */
export function factClass({ leak }, isGoal) {
  return `mls-node mls-fact has-${leak ? "stolen" : "computed"}${isGoal ? " is-goal" : ""}`;
}

/** @param {DerivedFact} fact @returns {SVGElement[]} */
export function factShapes({ kind, name, place, leak }) {
  const longest = Math.max(name.length, place.length, leak ? leak.brief.length : 0);
  return [
    svg("rect", { class: "mls-hit", x: -21, y: -16, width: 56 + 7 * longest, height: leak ? 50 : 36, rx: 8 }),
    svg("path", { class: "mls-shape", d: kind === "message" ? LETTER : DIAMOND }),
    ...(kind === "message" ? [] : [svg("path", { class: "mls-hatch", d: hatching(leak !== null) })]),
    ...(leak ? [svg("path", { class: "mls-flag", d: FLAG })] : []),
    svg("text", { class: "mls-fact-name", x: 24, y: place ? -3 : 4 }, name),
    svg("text", { class: "mls-fact-place", x: 24, y: 12 }, place),
    ...(leak ? [svg("text", { class: "mls-fact-leak", x: 24, y: 27 }, leak.brief)] : []),
  ];
}

/** Diagonal lines across a diamond: narrow for what leaked, wide for what was computed. @param {boolean} isLeaked */
function hatching(isLeaked) {
  let lines = "";
  for (const at of isLeaked ? [-10, -5, 0, 5, 10] : [-7.5, 0, 7.5]) {
    lines += `M${at / 2 - HALF / 2} ${at / 2 + HALF / 2}L${at / 2 + HALF / 2} ${at / 2 - HALF / 2}`;
  }
  return lines;
}

/** @param {Arrow} arrow @param {number} end where the stem ends @returns {SVGElement[]} */
function arrowShapes({ lines, sealed, label, x, y }, end) {
  return [
    ...lines.map(({ path }) => svg("path", { class: "mls-line", d: path })),
    svg("path", { class: "mls-line", d: `M${x} ${y}V${end}${HEAD}` }),
    ...(lines.length > 1 ? [svg("circle", { class: "mls-meet", cx: x, cy: y, r: 3.5 })] : []),
    ...(sealed ? [svg("path", { class: "mls-paper", d: ENVELOPE, transform: `translate(${x} ${y + 17})` })] : []),
    svg("text", { class: "mls-arrow-label", x: x + (sealed ? 15 : 9), y: y + 21 }, label),
  ];
}
