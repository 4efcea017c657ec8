/** The drawing of lifetimes: epochs and steps at the top, and lanes of secrets that replace each other below. */
import { FOOT, HEAD, ROW, epochSpans, extent, short, compromiseX, x } from "./geometry.js";
import { fate, instant, nameOf, outcome, pictureLabel } from "./compromise.js";

/** @typedef {import("./geometry.js").Row} Row */
/** @typedef {import("./geometry.js").Scale} Scale */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** @typedef {import("./frame.js").Frame} Frame */
/** Where it is: `name` is a prefix for ids, unique on the page. @typedef {{scale: Scale, name: string}} Size */

const EVENTS = 37;
export const ENVELOPE = "M-7-5h14v10h-14zM-7-5 0 1 7-5";
export const OPENED = "M-7-4h14v9h-14zM-7-4 0-9 7-4";
export const DIAMOND = "M0-5.5 5.5 0 0 5.5-5.5 0z";
export const STRIKE = "M-4 7 4-7";
export const FLAG = "M0 5v-10l7 2.5-7 2.5";
const ROOM_FOR_EPOCH = 66;
const ROOM_FOR_NUMBER = 14;
const ROOM_FOR_COUNT = 11;

/** The flag of what leaked, beside words. @type {Shape} */
export const SMALL_FLAG = [
  "svg",
  { class: "mls-small-flag", viewBox: "0 0 10 12", "aria-hidden": "true" },
  [["path", { d: "M1.5 11.5V1.5l7 2.75-7 2.75" }]],
];

/** How high the picture is. @param {Row[]} rows */
export function heightOf(rows) {
  return HEAD + ROW * rows.length + FOOT;
}

/** @param {Frame} frame @param {Size} size @returns {Shape[]} */
export function draw(frame, size) {
  const { view, rows } = frame;
  return [
    ["defs", {}, [hatching(`${size.name}-taken`, 4.5, 1.3), hatching(`${size.name}-known`, 9, 1)]],
    ["g", { class: "mls-axis" }, [...epochs(frame, size), ...view.security.steps.map((_, step) => event(frame, size, step))]],
    ["g", { class: "mls-lanes" }, rows.map((_, index) => lane(frame, size, index))],
  ];
}

/** @param {Frame} frame @param {Size} size @returns {Shape[]} */
function epochs({ view, rows, compromise }, { scale, name }) {
  return epochSpans(view, scale).map(({ epoch, from, to }) => {
    const width = Math.max(0, to - from - 3);
    const place = { x: short(from + 2), y: 2, width: short(width), height: 20, rx: 5 };
    const words = width >= ROOM_FOR_EPOCH ? `epoch ${epoch}` : width >= ROOM_FOR_NUMBER ? String(epoch) : "";
    return [
      "g",
      { class: compromise.epochs.includes(epoch) ? "mls-era is-open" : "mls-era" },
      [
        ["path", { class: "mls-era-line", d: `M${short(from + 0.5)} 24V${heightOf(rows) - FOOT}` }],
        ["rect", { class: "mls-era-box", ...place }],
        ["rect", { class: "mls-era-hatch", ...place, fill: `url(#${name}-taken)` }],
        ["text", { x: short(from + 2 + width / 2), y: 16.5 }, [words]],
      ],
    ];
  });
}

/** @param {Frame} frame @param {Size} size @param {number} step @returns {Shape} */
function event({ view, compromise }, { scale }, step) {
  const { kind, title, sentence } = view.security.steps[step];
  const index = view.security.messages.findIndex((message) => message.step === step);
  const transform = `translate(${short(x(scale, step))} ${EVENTS})`;
  if (index < 0) {
    /** @type {Shape} */
    const mark = kind === "compromise" ? ["path", { d: FLAG }] : ["circle", { r: kind === "commit" ? 4 : 2.5 }];
    return ["g", { class: `mls-tick is-${kind}`, transform }, [["title", {}, [`${step + 1}. ${title}`]], mark]];
  }
  const isOpen = compromise.messages.includes(index);
  const said = isOpen ? `${title}, which is read: “${view.security.messages[index].text}”` : sentence;
  return [
    "g",
    { class: isOpen ? "mls-tick is-message is-open" : "mls-tick is-message", transform },
    [
      ["title", {}, [`${step + 1}. ${said}`]],
      ["path", { d: isOpen ? OPENED : ENVELOPE }],
    ],
  ];
}

/** @param {Frame} frame @param {Size} size @param {number} index of the row @returns {Shape} */
function lane(frame, size, index) {
  const row = frame.rows[index];
  return [
    "g",
    { class: "mls-lane", "data-kind": row.kind, transform: `translate(0 ${middleOf(index)})` },
    [
      ["path", { class: "mls-lane-line", d: `M0 0H${short(size.scale.width)}` }],
      ...row.bars.map((bar) => life(frame, size, bar)),
      ...row.band.map((span) => folded(frame, size, row, span)),
    ],
  ];
}

/** @param {number} index of a row */
function middleOf(index) {
  return HEAD + ROW * index + ROW / 2;
}

/** @param {Frame} frame @param {Size} size @param {import("./lifetimes.d.ts").BarView} bar @returns {Shape} */
function life({ view, compromise }, size, bar) {
  const [from, to] = extent(size.scale, bar.born, bar.died);
  const what = fate(bar, compromise.step);
  const looks = { "is-taken": what === "taken", "is-deleted": what === "deleted", "is-known": what !== "taken" && compromise.knowledge.has(bar.fact) };
  return [
    "g",
    { class: spanClass(looks), "data-fact": bar.fact },
    [
      ["title", {}, [`${view.security.facts[bar.fact].words}: ${outcome(bar, compromise)}`]],
      ...body({ x: short(from), y: -4.5, width: short(to - from), height: 9 }, size),
      ["path", { class: "mls-birth", d: DIAMOND, transform: `translate(${short(from)} 0)` }],
      ...(bar.died === null ? [] : [strike(to)]),
    ],
  ];
}

/** @param {Frame} frame @param {Size} size @param {Row} row @param {import("./lifetimes.d.ts").SpanView} span @returns {Shape} */
function folded({ compromise }, size, row, span) {
  const [from, to] = extent(size.scale, span.first, span.end);
  const bars = row.all.filter((bar) => fate(bar, span.first) === "taken");
  const isCut = fate({ fact: -1, born: span.first, died: span.end }, compromise.step) === "taken";
  const leaked = bars.filter((bar) => fate(bar, compromise.step) === "taken").length;
  const known = bars.filter((bar) => compromise.knowledge.has(bar.fact)).length;
  const isDeleted = bars.every((bar) => fate(bar, compromise.step) === "deleted");
  const words = `${row.name}: ${span.count}, of which ${leaked} leaked and ${known - leaked} can be computed`;
  return [
    "g",
    { class: spanClass({ "is-band": true, "is-taken": isCut, "is-deleted": isDeleted, "is-known": !isCut && known > 0 }) },
    [
      ["title", {}, [words]],
      ...body({ x: short(from), y: -7.5, width: short(Math.max(2, to - from)), height: 15, rx: 3 }, size),
      ["text", { x: short((from + to) / 2), y: 4.5 }, [to - from >= ROOM_FOR_COUNT ? String(span.count) : ""]],
      ...(span.deleted > 0 ? [strike(to)] : []),
    ],
  ];
}

/** @param {Record<string, boolean>} looks */
function spanClass(looks) {
  return ["mls-span", ...Object.keys(looks).filter((name) => looks[name])].join(" ");
}

/** @param {import("../shared/shapes.js").Attributes} place @param {Size} size @returns {Shape[]} */
function body(place, { name }) {
  return [
    ["rect", { class: "mls-span-body", ...place }],
    ["rect", { class: "mls-span-taken", ...place, fill: `url(#${name}-taken)` }],
    ["rect", { class: "mls-span-known", ...place, fill: `url(#${name}-known)` }],
  ];
}

/** @param {string} id @param {number} gap @param {number} width @returns {Shape} */
function hatching(id, gap, width) {
  return [
    "pattern",
    { id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    [["path", { class: "mls-hatch-line", d: `M${gap / 2} 0V${gap}`, "stroke-width": width }]],
  ];
}

/** The strike at the end of a deleted secret. @param {number} at @returns {Shape} */
function strike(at) {
  return ["path", { class: "mls-strike", d: STRIKE, transform: `translate(${short(at)} 0)` }];
}

/** Whether a compromise after a step gets a secret of a row. @param {Row} row @param {number} step */
export function isTaken({ all, fold }, step) {
  return fold !== "open" && all.some((bar) => fate(bar, step) === "taken");
}

/**
 * The picture with its line, which is a slider.
 * @param {Frame} frame @param {Size} size @returns {Shape[]}
 */
export function drawPlot(frame, size) {
  const { view, device, rows, compromise } = frame;
  const [width, height] = [size.scale.width, heightOf(rows)];
  return [
    [
      "svg",
      { class: "mls-plot", role: "img", "aria-label": pictureLabel(view, device), width, height, viewBox: `0 0 ${width} ${height}` },
      draw(frame, size),
    ],
    [
      "div",
      {
        class: "mls-compromise",
        role: "slider",
        tabindex: 0,
        style: `left: ${compromiseX(size.scale, compromise.step)}px`,
        "aria-label": `Compromise of ${nameOf(view, device)}'s device`,
        "aria-valuemin": 1,
        "aria-valuemax": view.security.steps.length,
        "aria-valuenow": compromise.step + 1,
        "aria-valuetext": instant(view, compromise.step),
      },
    ],
  ];
}

/** The names of the rows; those of kinds that fold are buttons, one of which is the tab stop. @param {Frame} frame @param {string} stop @returns {Shape[]} */
export function drawRowNames({ rows, compromise }, stop) {
  return rows.map((row, index) => {
    const { name, kind, fold } = row;
    const taken = isTaken(row, compromise.step) ? " is-taken" : "";
    /** @type {(Shape | string)[]} */
    const children = [SMALL_FLAG, name];
    if (fold === "") return ["div", { class: `mls-row-name${row.inner ? " is-inner" : ""}${taken}`, title: name }, children, index];
    const button = { type: "button", tabindex: kind === stop ? 0 : -1, "data-kind": kind, "aria-expanded": String(fold === "open") };
    return ["button", { class: `mls-row-name${taken}`, ...button }, children, kind];
  });
}

/** The names of the rows, for a picture without buttons. @param {Frame} frame @param {number} width @returns {Shape[]} */
export function drawNames({ rows, compromise }, width) {
  return rows.flatMap((row, index) => {
    /** @type {Shape[]} */
    const shapes = [["text", { x: row.inner ? 38 : 26, y: middleOf(index) + 4 }, [row.name]]];
    if (isTaken(row, compromise.step))
      shapes.push(["path", { class: "mls-flag", d: FLAG, transform: `translate(${width - 14} ${middleOf(index)})` }]);
    return shapes;
  });
}

/** The line of the compromise, for a picture in which the line cannot move. @param {Frame} frame @param {Size} size @returns {Shape} */
export function drawLine({ rows, compromise }, { scale }) {
  const height = heightOf(rows);
  return [
    "g",
    { class: "mls-compromise-line", transform: `translate(${short(compromiseX(scale, compromise.step))} 0)` },
    [
      ["path", { d: `M0 25V${height - 14}` }],
      ["circle", { cy: height - 10, r: 7 }],
      ["circle", { class: "is-inner", cy: height - 10, r: 4 }],
    ],
  ];
}
