/** The drawing: the bytes as rows of a grid, and the fields as rows of a tree. */
import { isOpen } from "./frame.js";
import { hasInside, standing, word } from "./prepared.js";
import { bytesIn } from "./words.js";

/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Line} Line */
/** @typedef {import("./prepared.js").Prepared} Prepared */
/** @typedef {{first: number, end: number}} Range */

/** The height of a row, in pixels: of bytes and of fields. */
export const ROW = 22;

/** Everything, for the key and for tests. @param {Frame} frame @param {string} [id] @returns {Shape[]} */
export function draw(frame, id = "") {
  return [...drawBytes(frame, { first: 0, end: frame.lines.length }, id), ...drawFields(frame, { first: 0, end: frame.rows.length }, id)];
}

/** The rows of bytes in a range. `id` begins the ids of the cells. @param {Frame} frame @param {Range} range @param {string} id @returns {Shape[]} */
export function drawBytes(frame, { first, end }, id) {
  const lit = litIn(frame);
  return frame.lines.slice(first, end).map((line, number) => (line.fold < 0 ? bytesRow(frame, line, first + number, lit, id) : foldRow(frame, line, first + number, id)));
}

/** @typedef {{start: number, body: number, end: number, covered: {start: number, end: number}[], stop: number}} Lit */

/** The bytes of the sheet that are lit: those of a field, and those that a computed value covers. @param {Frame} frame @returns {Lit} */
function litIn({ own, chosen, lit, covered }) {
  const { fields, faults } = own.view;
  const isHere = lit >= 0 && fields.sheet[lit] === chosen.sheet;
  const start = isHere ? fields.start[lit] : 0;
  const stops = faults.filter(({ sheet }) => sheet === chosen.sheet).map(({ offset }) => offset);
  return {
    start,
    body: isHere ? start + fields.header[lit] : 0,
    end: isHere ? start + fields.length[lit] : 0,
    covered: covered.filter(({ sheet }) => sheet === chosen.sheet),
    stop: stops.length ? Math.min(...stops) : Infinity,
  };
}

/** @param {Frame} frame @param {Line} line @param {number} number @param {Lit} lit @param {string} id @returns {Shape} */
function bytesRow({ own, chosen }, { start, end }, number, lit, id) {
  const data = own.bytes[chosen.sheet];
  const owner = own.owner[chosen.sheet];
  /** @type {Shape[]} */
  const cells = [];
  /** @type {Shape[]} */
  const letters = [];
  for (let at = start; at < start + chosen.columns; at++) {
    if (at >= end) {
      cells.push(["span", { class: "mls-byte is-none" }, ["  "]]);
      continue;
    }
    const marks = marksOf(own, owner[at], at, lit, chosen.cursor);
    cells.push(["span", { class: `mls-byte ${marks}`, role: "gridcell", id: `${id}b${at}`, "data-at": at }, [data[at].toString(16).padStart(2, "0")]]);
    letters.push(["span", { class: `mls-letter ${marks}`, "data-at": at }, [letter(data[at])]]);
  }
  return [
    "div",
    { class: "mls-bytes-row", role: "row", "aria-rowindex": number + 1 },
    [
      ["span", { class: "mls-offset", role: "rowheader" }, [start.toString(16).padStart(4, "0")]],
      ["span", { class: "mls-cells", role: "presentation" }, cells],
      ["span", { class: "mls-letters", "aria-hidden": "true" }, letters],
    ],
    `r${start}`,
  ];
}

/** @param {Prepared} own @param {number} field @param {number} at @param {Lit} lit @param {number} cursor */
function marksOf(own, field, at, lit, cursor) {
  const { seal } = standing(own, field);
  const names = [`is-band-${field % 2}`];
  if (seal) names.push(`is-sealed is-${seal}`);
  if (at >= lit.start && at < lit.end) names.push(at < lit.body ? "is-lit is-header" : "is-lit");
  if (lit.covered.some(({ start, end }) => at >= start && at < end)) names.push("is-covered");
  if (at >= lit.stop) names.push("is-behind");
  if (at === cursor) names.push("is-cursor");
  return names.join(" ");
}

/** @param {number} byte */
function letter(byte) {
  return byte > 0x20 && byte < 0x7f ? String.fromCharCode(byte) : byte === 0x20 ? " " : "·";
}

/** @param {Frame} frame @param {Line} line @param {number} number @param {string} id @returns {Shape} */
function foldRow({ own, lit }, { start, end, fold }, number, id) {
  const isLit = lit >= 0 && (fold === lit || (fold > lit && fold < own.end[lit]));
  return [
    "div",
    { class: "mls-bytes-row is-fold", role: "row", "aria-rowindex": number + 1 },
    [
      ["span", { class: "mls-offset", role: "rowheader" }, ["…"]],
      ["span", { class: `mls-fold ${isLit ? "is-lit" : ""}`, role: "gridcell", id: `${id}b${start}`, "data-fold": fold, "data-at": start }, [`${bytesIn(end - start)} of ${word(own, fold, "name")}`]],
    ],
    `f${start}`,
  ];
}

/** The rows of fields in a range. @param {Frame} frame @param {Range} range @param {string} id @returns {Shape[]} */
export function drawFields(frame, { first, end }, id) {
  return frame.rows.slice(first, end).map((field) => fieldRow(frame, field, id));
}

/** @param {Frame} frame @param {number} field @param {string} id @returns {Shape} */
function fieldRow({ own, chosen, lit, covered }, field, id) {
  const { fields, sheets } = own.view;
  const depth = fields.depth[field];
  const isParent = hasInside(own, field);
  const isOpened = isParent && isOpen(own, chosen.toggled, field);
  const isSheet = own.opened.has(field);
  const text = isSheet ? `opened: ${sheets[fields.sheet[field]].words}` : word(own, field, "text");
  const names = ["mls-field-row"];
  if (field === lit) names.push("is-lit");
  if (field === chosen.selected) names.push("is-selected");
  if (isSheet) names.push("is-opened-part");
  if (covered.some(({ sheet, start, end: stop }) => sheet === fields.sheet[field] && fields.start[field] >= start && fields.start[field] + fields.length[field] <= stop)) names.push("is-covered");
  return [
    "div",
    {
      ...{ class: names.join(" "), role: "treeitem", id: `${id}t${field}`, "data-field": field, "aria-level": depth + 1 },
      ...{ "aria-selected": String(field === chosen.selected), "aria-expanded": isParent ? String(isOpened) : null },
      style: `padding-inline-start: ${6 + Math.min(depth, 12) * 12}px`,
    },
    [
      ["span", { class: `mls-twist ${isParent ? (isOpened ? "is-open" : "is-shut") : ""}`, "data-twist": isParent ? field : null, "aria-hidden": "true" }, []],
      ["span", { class: "mls-field-name" }, [word(own, field, "name")]],
      ...(text ? [/** @type {Shape} */ (["span", { class: "mls-field-text" }, [text]])] : []),
      ...marksBeside(own, field),
    ],
    `t${field}`,
  ];
}

/** The marks of a field: verified, failed, encrypted, opened, stopped here. @param {Prepared} own @param {number} field @returns {Shape[]} */
function marksBeside(own, field) {
  const { verdict, seal, isFault } = standing(own, field);
  const marks = [];
  if (seal) marks.push(lock(seal));
  if (verdict) marks.push(check(verdict));
  if (isFault) marks.push(fault());
  return marks;
}

/** @param {string} name @param {string} label @param {string} path @returns {Shape} */
function mark(name, label, path) {
  return ["svg", { class: `mls-mark ${name}`, viewBox: "0 0 16 16", role: "img", "aria-label": label }, [["path", { d: path }]], name];
}

/** @param {"passed" | "failed" | "unknown"} verdict */
export function check(verdict) {
  if (verdict === "passed") return mark("is-passed", "verified", "M3 8.5 6.5 12 13 4.5");
  if (verdict === "failed") return mark("is-failed", "wrong", "M4 4l8 8M12 4l-8 8");
  return mark("is-unknown", "cannot be checked here", "M5.5 6a2.5 2.5 0 1 1 3.6 2.2C8.3 8.6 8 9 8 10M8 12.4v.2");
}

/** @param {"open" | "closed"} seal */
export function lock(seal) {
  const bow = seal === "open" ? "M5 7V5a3 3 0 0 1 5.8-1" : "M5 7V5a3 3 0 0 1 6 0v2";
  return mark(`is-lock is-${seal}`, seal === "open" ? "encrypted, and opened here" : "encrypted", `${bow}M3.5 7h9v6.5h-9z`);
}

/** @returns {Shape} */
export function fault() {
  return mark("is-fault", "decoding stopped here", "M8 2.5 14 13H2zM8 6.5v3M8 11.2v.2");
}
