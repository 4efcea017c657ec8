/**
 * The drawing of two sides. What both have stands once, across both columns; what differs stands in two columns, with a mark
 * in front of it. The line of commits runs in the middle while it is one line, and splits where the sides part.
 */
import { briefName, fitting, textWidth } from "../shared/words.js";
import { drawnRows } from "./frame.js";
import { emptyWords, pictureLabel, rowLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Row} Row */
/** @typedef {import("./frame.js").Cell} Cell */
/** @typedef {import("./frame.js").Side} Side */
/** @typedef {import("./frame.js").Section} Section */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** How wide the picture is, and the row that a key reaches first. @typedef {{width: number, stop?: string}} Size */
/** Where the columns are: of the marks, the names, the two sides, and the middle. @typedef {{width: number, isNarrow: boolean, name: number, first: number, second: number, middle: number, room: number}} Columns */

/** Below this width the two sides of a row stand one below the other. */
export const NARROW = 560;
const HEAD = 58;
const TITLE = 40;
const ROW = 28;
const LINE = 18;
const SIDE = 12;
const MARK = 20;
const BYTE = 7.3;
const LEAF = "M-11-8a3 3 0 0 1 3-3H8a3 3 0 0 1 3 3V8a3 3 0 0 1-3 3H-8a3 3 0 0 1-3-3z";
const STEM = 8;

/** @param {number} width @returns {Columns} */
function columnsOf(width) {
  const isNarrow = width < NARROW;
  const name = 36;
  const first = isNarrow ? 58 : Math.min(236, 36 + Math.round(width * 0.23));
  const room = isNarrow ? width - first - SIDE : (width - SIDE - first - 16) / 2;
  const second = isNarrow ? first : first + room + 16;
  return { width, isNarrow, name, first, second, middle: isNarrow ? first : second - 8, room };
}

/** @param {Frame} frame @param {Size} size @returns {{shapes: Shape[], height: number}} */
export function draw(frame, { width, stop = "" }) {
  const columns = columnsOf(width);
  const heads = frame.sides.map((side, at) => headShape(side, at, headPlace(at, columns)));
  let y = columns.isNarrow ? 2 * 44 + 8 : HEAD;
  const sections = frame.sections.map((section) => {
    const [shape, height] = sectionShape(frame, section, columns, y, stop);
    y += height;
    return shape;
  });
  return {
    height: y + 10,
    shapes: [
      ["g", { class: "mls-diff-heads", "aria-hidden": "true" }, heads],
      ["g", { role: "listbox", "aria-label": pictureLabel(frame) }, sections],
    ],
  };
}

/** Where a side stands above its column. @param {number} at @param {Columns} columns */
function headPlace(at, { isNarrow, width, first, second, room }) {
  return isNarrow ? { x: SIDE, y: 8 + at * 44, width: width - 2 * SIDE } : { x: at ? second : first, y: 10, width: room };
}

/** A side: who it is, and its epoch. @param {Side} side @param {number} at @param {{x: number, y: number, width: number}} place @returns {Shape} */
export function headShape(side, at, { x, y, width }) {
  const words = side.epoch ? `epoch ${side.epoch.epoch}${side.isMoment ? "" : `, after step ${side.step + 1}`}` : "not in the group";
  return ["g", { class: `mls-diff-head${side.epoch ? "" : " is-absent"}`, transform: `translate(${x} ${y})` }, [
    ["title", {}, [`${briefName(side.name)}: ${words}`]],
    ["rect", { class: "mls-diff-card", width, height: 38, rx: 8 }],
    ["g", { transform: "translate(22 19)" }, [avatar(side)]],
    ["text", { class: "mls-diff-who", x: 42, y: 16 }, [fitting(side.name, (width - 50) / 1.15)]],
    ["text", { class: "mls-diff-epoch", x: 42, y: 31 }, [words]],
  ], at];
}

/** The leaf of a member; a circle with a number for a side that is no member. @param {Pick<Side, "member" | "mark">} side @returns {Shape} */
export function avatar({ member, mark }) {
  const look = member ? `is-leaf has-held mls-hue-${member.hue}` : "is-parent";
  return ["g", { class: `mls-node ${look}` }, [
    member ? ["path", { class: "mls-shape", d: LEAF }] : ["circle", { class: "mls-shape", r: 11 }],
    ["text", { class: "mls-inside", y: 4.5 }, [mark]],
  ]];
}

/** @param {Frame} frame @param {Section} section @param {Columns} columns @param {number} top @param {string} stop @returns {[Shape, number]} */
function sectionShape(frame, section, columns, top, stop) {
  const { rows, more } = drawnRows(section);
  const whole = columns.width - 2 * SIDE;
  const isBelow = section.words !== "" && (textWidth(section.title) * 1.2 + textWidth(section.words) > whole - 16);
  let y = top + TITLE + (isBelow ? LINE : 0);
  /** @type {Shape[]} */
  const title = [
    ["path", { class: "mls-diff-rule", d: `M${SIDE} ${top + 8}H${columns.width - SIDE}` }],
    ["text", { class: "mls-diff-title", x: SIDE, y: top + 28 }, [fitting(section.title, whole / 1.2)]],
    ["text", { class: `mls-diff-note${isBelow ? "" : " is-end"}`, x: isBelow ? SIDE : columns.width - SIDE, y: top + (isBelow ? 46 : 28) }, [fitting(section.words, whole)]],
  ];
  /** @type {Shape[]} */
  const shapes = [];
  const places = rows.map((row) => {
    const place = { y, height: heightOf(row, columns) };
    y += place.height;
    return place;
  });
  shapes.push(...rows.map((row, at) => rowShape(frame, section, row, columns, places[at], stop)));
  if (section.id === "commits" && !columns.isNarrow) shapes.push(stemShape(rows, places.map((place) => place.y + ROW / 2), columns, section.left > 0));
  if (more > 0) {
    shapes.push(["text", { class: "mls-diff-note", x: columns.isNarrow ? SIDE : columns.name, y: y + 18 }, [moreWords(section, more)], "more"]);
    y += ROW;
  }
  return [["g", { role: "group", "aria-label": `${section.title}. ${section.words}` }, [["g", { "aria-hidden": "true" }, title, "title"], ...shapes], section.id], y - top + 6];
}

/** @param {Section} section @param {number} more */
function moreWords({ id, left }, more) {
  return `and ${more} more${id === "fields" && left > 0 ? "" : ": the table has them"}`;
}

/** Whether a row stands once for both sides. @param {Row} row */
function isOnce({ state, first, second }) {
  return state === "same" || (state === "unknown" && !first && !second);
}

/** @param {Row} row @param {Columns} columns */
function heightOf(row, { isNarrow }) {
  return isNarrow ? LINE + LINE * (isOnce(row) ? 1 : 2) + 8 : ROW;
}

/**
 * The line of commits: one while the sides are one, then one for each side that goes on.
 * @param {Row[]} rows @param {number[]} middles @param {Columns} columns @param {boolean} hasEarlier @returns {Shape}
 */
function stemShape(rows, middles, columns, hasEarlier) {
  const x = { first: columns.first + STEM, second: columns.second + STEM };
  /** @type {Shape[]} */
  const lines = [];
  if (hasEarlier && rows.length) lines.push(["path", { class: "mls-diff-stem is-earlier", d: `M${x.first} ${middles[0] - ROW / 2}V${middles[0]}` }]);
  for (const [at, row] of rows.entries()) {
    if (at === 0) continue;
    const [from, to] = [middles[at - 1], middles[at]];
    const isShared = rows[at - 1].state === "same";
    for (const side of /** @type {const} */ (["first", "second"])) {
      if (!row[side] || !(isShared || rows[at - 1][side]) || (row.state === "same" && side === "second")) continue;
      const start = isShared ? x.first : x[side];
      const bend = start === x[side] ? `V${to}` : `C${start} ${to} ${start} ${from} ${x[side]} ${to}`;
      lines.push(["path", { class: `mls-diff-stem is-${row.state === "same" ? "same" : "parted"}`, d: `M${start} ${from}${bend}` }]);
    }
  }
  const dots = rows.flatMap((row, at) => dotShapes(row, x, middles[at]));
  return ["g", { class: "mls-diff-stems", "aria-hidden": "true" }, [...lines, ...dots], "stems"];
}

/** @param {Frame} frame @param {Section} section @param {Row} row @param {Columns} columns @param {{y: number, height: number}} place @param {string} stop @returns {Shape} */
function rowShape(frame, section, row, columns, { y, height }, stop) {
  const isChosen = row.id === frame.selected || (row.member && row.member === frame.member);
  const attributes = {
    class: `mls-diff-row is-${row.state}${isChosen ? " is-chosen" : ""}`,
    role: "option",
    "aria-selected": String(row.id === frame.selected),
    "aria-label": rowLabel(frame, row),
    "data-row": row.id,
    tabindex: row.id === stop ? 0 : -1,
    transform: `translate(0 ${y})`,
  };
  const middle = columns.isNarrow ? 16 : ROW / 2;
  const isCommit = section.id === "commits";
  /** @type {Shape[]} */
  const shapes = [
    ["rect", { class: "mls-diff-ground", x: 4, y: 1, width: columns.width - 8, height: height - 2, rx: 5 }],
    ["g", { class: `mls-diff-mark is-${row.state}`, transform: `translate(${MARK} ${middle})` }, markOf(row.state)],
    ["text", { class: "mls-diff-name", x: columns.name, y: middle + 4 }, [nameOf(row, columns)]],
    ...(columns.isNarrow ? stacked(frame, row, columns) : beside(frame, row, columns, isCommit)),
  ];
  return ["g", attributes, shapes, row.id];
}

/** The name of a row; of a long path its end. @param {Row} row @param {Columns} columns */
function nameOf({ id, name }, { isNarrow, name: x, first, width }) {
  const room = (isNarrow ? width - SIDE : first - 10) - x;
  if (!id.startsWith("field")) return fitting(name, room);
  const parts = name.split(".");
  while (parts.length > 1 && textWidth(`…${parts.join(".")}`) > room) parts.shift();
  const end = parts.join(".");
  return end === name ? fitting(name, room) : fitting(`…${end}`, room);
}

/** @param {Frame} frame @param {Row} row @param {Columns} columns @param {boolean} isCommit @returns {Shape[]} */
function beside(frame, row, columns, isCommit) {
  const indent = isCommit ? STEM + 14 : 0;
  if (isOnce(row)) {
    const width = columns.width - SIDE - columns.first - indent;
    return [cellShape(frame, row, 0, columns.first + indent, ROW / 2 + 4, width)];
  }
  return /** @type {(0 | 1)[]} */ ([0, 1]).flatMap((side) => {
    const x = side ? columns.second : columns.first;
    const has = Boolean(side ? row.second : row.first);
    return [cellShape(frame, row, side, x + (has ? indent : 0), ROW / 2 + 4, columns.room - indent)];
  });
}

/** The marks of the commits of a row on their lines. @param {Row} row @param {{first: number, second: number}} x @param {number} y @returns {Shape[]} */
function dotShapes(row, x, y) {
  const isSame = row.state === "same";
  return /** @type {const} */ (["first", "second"]).flatMap((side) => {
    const cell = row[side];
    if (!cell || (isSame && side === "second")) return [];
    const hue = cell.member ? ` mls-hue-${cell.member.hue}` : "";
    return [/** @type {Shape} */ (["circle", { class: `mls-diff-dot is-${isSame ? "same" : "parted"}${hue}`, cx: x[side], cy: y, r: 5.5 }])];
  });
}

/** @param {Frame} frame @param {Row} row @param {Columns} columns @returns {Shape[]} */
function stacked(frame, row, columns) {
  const width = columns.width - SIDE - columns.first;
  if (isOnce(row)) return [cellShape(frame, row, 0, columns.name, 16 + LINE + 3, columns.width - SIDE - columns.name)];
  return /** @type {(0 | 1)[]} */ ([0, 1]).flatMap((side) => {
    const y = 16 + LINE * (side + 1) + 3;
    return [/** @type {Shape} */ (["text", { class: "mls-diff-letter", x: columns.name + 7, y }, [frame.sides[side].mark]]), cellShape(frame, row, side, columns.first, y, width)];
  });
}

/** @param {Frame} frame @param {Row} row @param {0 | 1} side @param {number} x @param {number} y @param {number} width @returns {Shape} */
function cellShape(frame, row, side, x, y, width) {
  const cell = side ? row.second : row.first;
  // The marks say which side has a field: the same words in each row would only be noise.
  if (!cell && row.id.startsWith("field") && frame.relation.kind === "ahead") return ["g"];
  if (!cell) return ["text", { class: "mls-diff-cell is-nothing", x, y }, [fitting(emptyWords(frame, row, side), width)]];
  const where = cell.bytes?.replace(/^bytes? /, "").replace(" to ", "–");
  const room = where ? width - textWidth(where) - 14 : width;
  const text = cell.isBytes ? fitting(cell.text, room, BYTE) : fitting(cell.text, room);
  return ["text", { class: `mls-diff-cell${cell.isBytes ? " is-bytes" : ""}`, x, y }, [
    ["tspan", {}, [text]],
    ...(where ? [/** @type {Shape} */ (["tspan", { class: "mls-diff-where", dx: 8 }, [where]])] : []),
  ]];
}

/** How a row stands: equal, not equal, one half, or unknown. @param {import("./frame.js").State} state @returns {Shape[]} */
export function markOf(state) {
  /** @type {Record<import("./frame.js").State, Shape[]>} */
  const marks = {
    same: [["path", { class: "mls-diff-sign", d: "M-5-2.5H5M-5 2.5H5" }]],
    differs: [["circle", { class: "mls-diff-disc", r: 9 }], ["path", { class: "mls-diff-sign", d: "M-5-2.5H5M-5 2.5H5M3-6-3 6" }]],
    first: [["path", { class: "mls-diff-half", d: "M0-8A8 8 0 0 0 0 8z" }], ["circle", { class: "mls-diff-ring", r: 8 }]],
    second: [["path", { class: "mls-diff-half", d: "M0-8A8 8 0 0 1 0 8z" }], ["circle", { class: "mls-diff-ring", r: 8 }]],
    unknown: [["text", { class: "mls-diff-query", y: 5 }, ["?"]]],
  };
  return marks[state];
}
