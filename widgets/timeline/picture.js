/**
 * The drawing of a timeline: a column for each step, a lane for each member, the epochs above, other branches below. In a
 * narrow place it is a list of the steps instead.
 */
import { lineIn } from "../shared/shapes.js";
import { briefName, shortened } from "../shared/words.js";
import { signed, standingAt } from "./frame.js";
import { SIGNED, branchTitle, itemLabel, othersName, standingOf } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Item} Item */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** How much room there is in pixels, and how far the picture is scrolled to the right. @typedef {{width: number, scroll?: number}} Size */

/** Below this width the steps are a list. */
export const NARROW = 520;
const HEAD = 40;
const LANE = 34;
const SIDE = 34;
const LEFT = 132;
const RIGHT = 14;
const COLUMN = { least: 17, most: 64 };
const ROOMY = 25;
const LEAF = "M-9-6a3 3 0 0 1 3-3H6a3 3 0 0 1 3 3V6a3 3 0 0 1-3 3H-6a3 3 0 0 1-3-3z";
const ROWS = 61;

/** How wide and high the picture is. @param {Frame} frame @param {Size} size */
export function extent({ items, lanes, hasOthers, sides }, { width }) {
  const column = Math.min(COLUMN.most, Math.max(COLUMN.least, (width - LEFT - RIGHT) / items.length));
  const rows = lanes.length + (hasOthers ? 1 : 0);
  return {
    column,
    width: Math.max(width, Math.round(LEFT + RIGHT + items.length * column)),
    bottom: HEAD + rows * LANE + 8,
    height: HEAD + rows * LANE + 8 + sides.length * SIDE,
  };
}

/** The middle of a step's column. @param {Frame} frame @param {Size} size @param {number} number */
export function columnOf(frame, size, number) {
  const { column } = extent(frame, size);
  return LEFT + (number - frame.items[0].number + 0.5) * column;
}

/** The step at a place of the picture; null beside the columns. @param {Frame} frame @param {Size} size @param {number} x */
export function stepAt(frame, size, x) {
  const index = Math.floor((x - LEFT) / extent(frame, size).column);
  return frame.items[index]?.number ?? null;
}

/** @param {Frame} frame @param {Size} size @returns {Shape[]} */
export function draw(frame, size) {
  const room = extent(frame, size);
  const x = (/** @type {number} */ number) => columnOf(frame, size, number);
  const y = (/** @type {number} */ row) => HEAD + (row + 0.5) * LANE;
  const rowOf = new Map(frame.lanes.map(({ index }, row) => [index, row]));
  const half = room.column / 2;
  const [others, scroll] = [frame.lanes.length, size.scroll ?? 0];
  return [
    ["rect", { class: "mls-now", x: x(frame.step) - half, y: 4, width: room.column, height: room.bottom - 6, rx: 5 }],
    ["g", { class: "mls-epochs", "aria-hidden": "true" }, frame.epochs.flatMap((epoch) => epochShapes(epoch, { x, half, room }))],
    ["g", { class: "mls-lanes", role: "list", "aria-label": "Members" }, [
      ...frame.lanes.map((lane, row) => laneShape(frame, lane, { x, y: y(row), half })),
      ...(frame.hasOthers ? [/** @type {Shape} */ (["path", { class: "mls-others-line", d: `M${LEFT} ${y(others)}H${room.width - RIGHT}` }, [], "others"])] : []),
    ]],
    ["g", { class: "mls-acts", role: "list", "aria-label": "Steps" },
      frame.items.map((item) => actShape(frame, item, { x: x(item.number), y, rowOf, isRoomy: room.column >= ROOMY }))],
    ["g", { class: "mls-sides", role: "list", "aria-label": "Other branches" },
      frame.sides.map((side, row) => sideShape(frame, side, { x, y: room.bottom + (row + 0.5) * SIDE, half, room }))],
    ["g", { class: "mls-heads", "aria-hidden": "true", transform: `translate(${scroll} 0)` }, [
      ["rect", { class: "mls-heads-ground", x: 0, y: 0, width: LEFT - 4, height: room.height }],
      ...frame.lanes.map((lane, row) => headShape(frame, lane, y(row))),
      ...(frame.hasOthers ? [nameShape(othersName(frame), y(others), "others")] : []),
      ...frame.sides.map((side, row) => nameShape(side.name, room.bottom + (row + 0.5) * SIDE, `side ${side.branch}`, side.branch)),
    ]],
  ];
}

/** @param {import("./frame.js").Epoch} epoch @param {{x: (number: number) => number, half: number, room: ReturnType<typeof extent>}} at @returns {Shape[]} */
function epochShapes({ epoch, label, from, to }, { x, half, room }) {
  const [left, right] = [x(from) - half, x(to) + half];
  const fits = right - left >= 14 + 6 * label.length;
  const words = right - left > 76 ? `epoch ${label}` : label;
  return [
    ["path", { class: "mls-epoch-edge", d: `M${left} 8V${room.bottom - 4}` }, [], `edge ${label}`],
    ["path", { class: `mls-epoch-band${epoch % 2 ? " is-odd" : ""}`, d: `M${left} 8H${right}V26H${left}z` }, [], `band ${label}`],
    ...(fits ? [/** @type {Shape} */ (["text", { class: "mls-epoch-name", x: (left + right) / 2, y: 21 }, [words], `name ${label}`])] : []),
  ];
}

/**
 * @param {Frame} frame @param {Frame["lanes"][number]} row @param {{x: (number: number) => number, y: number, half: number}} at
 * @returns {Shape}
 */
function laneShape(frame, { lane, history, isChosen }, { x, y, half }) {
  const [first, last] = [frame.items[0].number, frame.items[frame.items.length - 1].number];
  /** A piece of the lane, cut where the shown steps begin and end. @param {number} start @param {number | null} end @param {string} name @returns {Shape[]} */
  const piece = (start, end, name) => {
    const to = end === null ? last + 1 : Math.min(end, last + 1);
    const from = Math.max(start, first);
    return from < to ? [["path", { class: name, d: `M${from === start ? x(from) : x(from) - half} ${y}H${end === null || end > last ? x(last) + half : x(to)}` }, [], `${name} ${start}`]] : [];
  };
  const unknown = lane.recorded ? "" : " is-unknown";
  const spans = (history?.spans ?? []).flatMap(({ start, end }) => [
    ...piece(start, end, `mls-membership${unknown}`),
    ...(end !== null && end >= first && end <= last ? [/** @type {Shape} */ (["path", { class: "mls-left-group", d: `M${x(end)} ${y - 7}V${y + 7}` }, [], `end ${end}`])] : []),
  ]);
  const gaps = (history?.gaps ?? []).flatMap(({ kind, start, end }) => piece(start, end, `mls-gap is-${kind}`));
  const name = briefName(lane.name);
  const label = `${name}: ${standingOf(frame, lane, history)}`;
  return ["g", { class: `mls-lane mls-hue-${lane.hue}${isChosen ? " is-chosen" : ""}`, role: "listitem", "aria-label": label }, [
    ["title", {}, [label]],
    ...spans,
    ...gaps,
  ], lane.id];
}

/** The head of a lane stays in sight when the steps are scrolled. @param {Frame} frame @param {Frame["lanes"][number]} row @param {number} y @returns {Shape} */
function headShape(frame, { lane, history, isChosen }, y) {
  return ["g", { class: `mls-lane-head mls-hue-${lane.hue}${isChosen ? " is-chosen" : ""}`, "data-member": lane.id }, [
    ["title", {}, [briefName(lane.name)]],
    ["rect", { class: "mls-lane-ground", x: 2, y: y - LANE / 2 + 2, width: LEFT - 10, height: LANE - 4, rx: 6 }],
    ["g", { class: `mls-node is-leaf is-keyed has-held mls-hue-${lane.hue}${standingAt(history, frame.step) === "out" ? " is-out" : ""}`, transform: `translate(18 ${y})` }, [
      ["path", { class: "mls-shape", d: LEAF }],
      ["text", { class: "mls-inside", y: 4.5 }, [lane.initial]],
    ]],
    lineIn(shortened(lane.name, 13), "mls-lane-name", { x: 34, y: y + 4, width: LEFT - 42 }),
  ], lane.id];
}

/** @param {string} name @param {number} y @param {string} key @param {number} [branch] @returns {Shape} */
function nameShape(name, y, key, branch) {
  const attributes = { class: "mls-lane-head is-others", "data-branch": branch };
  return ["g", attributes, [["title", {}, [briefName(name)]], lineIn(shortened(name, 17), "mls-lane-name", { x: 10, y: y + 4, width: LEFT - 18 })], key];
}

/** The rows in which a step has marks: that of who acted, and those of members who came, went or were compromised. @param {Frame} frame @param {Item} item @param {Map<number, number>} rowOf */
function rowsOf(frame, { step, isKnown }, rowOf) {
  const others = frame.lanes.length;
  if (!isKnown) return { act: others, touched: [] };
  const act = step.lane === null ? others : (rowOf.get(step.lane) ?? others);
  const touched = step.touched.flatMap((lane) => (lane !== step.lane && rowOf.has(lane) ? [/** @type {number} */ (rowOf.get(lane))] : []));
  return { act, touched };
}

/**
 * @param {Frame} frame @param {Item} item
 * @param {{x: number, y: (row: number) => number, rowOf: Map<number, number>, isRoomy: boolean}} at @returns {Shape}
 */
function actShape(frame, item, { x, y, rowOf, isRoomy }) {
  const { act, touched } = rowsOf(frame, item, rowOf);
  const { number, step, isKnown } = item;
  const label = itemLabel(frame, item);
  const lane = isKnown && step.lane !== null ? frame.view.lanes[step.lane] : null;
  const all = [act, ...touched];
  const isChosen = frame.message === number;
  /** @type {Shape[]} */
  const shapes = [["title", {}, [label]]];
  if (touched.length) shapes.push(["path", { class: "mls-reach", d: `M${x} ${y(Math.min(...all))}V${y(Math.max(...all))}` }]);
  for (const row of touched) {
    const history = frame.lanes[row].history;
    const kind = step.kind === "compromise" ? "compromise" : standingAt(history, number) === "out" ? "went" : "came";
    shapes.push(["g", { class: `mls-touch is-${kind}`, transform: `translate(${x} ${y(row)})` }, touchMark(kind)]);
  }
  shapes.push(["g", { class: `mls-act is-${isKnown ? step.kind : "unknown"}${isChosen ? " is-chosen" : ""}${lane ? ` mls-hue-${lane.hue}` : ""}`, transform: `translate(${x} ${y(act)})` }, [
    ...actMark(isKnown ? step.kind : "unknown"),
    ...(isKnown ? signatureMark(signed(step), isRoomy) : []),
  ]]);
  return ["g", { class: `mls-step${number === frame.step ? " is-now" : ""}`, role: "listitem", "aria-label": label, "data-step": number }, shapes, number];
}

/** What somebody did, as a mark of about 20 pixels. @param {string} kind @returns {Shape[]} */
export function actMark(kind) {
  /** @type {Record<string, Shape[]>} */
  const marks = {
    create: [["path", { class: "mls-mark", d: LEAF }], ["path", { class: "mls-stroke", d: "M-4 0H4M0-4V4" }]],
    found: [["path", { class: "mls-mark", d: LEAF }], ["path", { class: "mls-stroke", d: "M-4 0H4M0-4V4" }]],
    commit: [["circle", { class: "mls-mark", r: 9 }], ["circle", { class: "mls-dot", r: 3.5 }]],
    propose: [["circle", { class: "mls-mark", r: 6.5 }]],
    message: [["rect", { class: "mls-mark", x: -9, y: -6.5, width: 18, height: 13, rx: 2 }], ["path", { class: "mls-flap", d: "M-9-6.5 0 1.5 9-6.5" }]],
    join: [["path", { class: "mls-mark", d: "M-8 0 0-8 8 0 0 8z" }], ["path", { class: "mls-stroke", d: "M-3 0H3M0-3V3" }]],
    process: [["path", { class: "mls-mark", d: "M-7-6 1 0-7 6zM1-6 8 0 1 6z" }]],
    compromise: [["path", { class: "mls-flag", d: "M-5 9V-8L7-4-5 0" }]],
    unknown: [["circle", { class: "mls-mark", r: 8 }], ["text", { class: "mls-inside", y: 4.5 }, ["?"]]],
  };
  return marks[kind] ?? [["path", { class: "mls-mark", d: "M-6 0 0-6 6 0 0 6z" }]];
}

/** What happened to a member. @param {string} kind @returns {Shape[]} */
export function touchMark(kind) {
  if (kind === "compromise") return actMark("compromise");
  const lines = kind === "came" ? "M-3.5 0H3.5M0-3.5V3.5" : "M-3-3 3 3M-3 3 3-3";
  return [["circle", { class: "mls-mark", r: 7 }], ["path", { class: "mls-stroke", d: lines }]];
}

/** Whether the signatures of a step were checked, beside its mark; without room only a fault. @param {string} state @param {boolean} [isRoomy] @returns {Shape[]} */
export function signatureMark(state, isRoomy = true) {
  if (!isRoomy && state !== "failed" && state !== "unknown") return [];
  /** @type {Record<string, string>} */
  const lines = { verified: "M5-9 7.5-6.5 12-12", decrypted: "M5-9 7.5-6.5 12-12", failed: "M6-12 12-6M12-12 6-6", unknown: "M8.5-12.5v.1M8.5-9.5v3" };
  return state in lines ? [["g", { class: `mls-signed is-${state}` }, [["path", { class: "mls-stroke", d: lines[state] }]]]] : [];
}

/**
 * @param {Frame} frame @param {import("./frame.js").Side} side
 * @param {{x: (number: number) => number, y: number, half: number, room: ReturnType<typeof extent>}} at @returns {Shape}
 */
function sideShape(frame, side, { x, y, half, room }) {
  const label = branchTitle(side);
  const [first, edge] = [frame.items[0].number, room.width - RIGHT];
  const inSight = side.items.filter(({ number }) => number >= first && x(number) <= edge);
  const marks = inSight.map((item) =>
    /** @type {Shape} */ (["g", { class: `mls-act is-small is-${item.isKnown ? item.step.kind : "unknown"}`, transform: `translate(${x(item.number)} ${y}) scale(0.8)` }, actMark(item.isKnown ? item.step.kind : "unknown"), item.number]));
  const end = Math.min(edge, Math.max(x(Math.max(first, side.at)) + 2 * half, ...inSight.map(({ number }) => x(number))));
  // A branch that shares no step with this one, or none in sight, comes from nowhere.
  const start = x(Math.max(first, side.at));
  const way = side.at >= first ? `M${start} ${room.bottom - 6}C${start} ${y} ${start} ${y} ${start + half} ${y}H${end}` : `M${start} ${y}H${end}`;
  return ["g", { class: "mls-side", role: "listitem", "aria-label": label, "data-branch": side.branch }, [
    ["title", {}, [label]],
    ["rect", { class: "mls-lane-ground", x: 0, y: y - SIDE / 2, width: room.width, height: SIDE }],
    ["path", { class: "mls-fork", d: way }],
    ...marks,
  ], side.branch];
}

// The list of a narrow place

/** @param {Frame} frame @param {string} prefix of the ids of its rows @returns {Shape[]} */
export function drawList(frame, prefix) {
  const at = frame.items.findIndex(({ number }) => number === frame.step);
  const begin = Math.max(0, Math.min(at - (ROWS - 1) / 2, frame.items.length - ROWS));
  const rows = frame.items.slice(begin, begin + ROWS);
  const [before, after] = [frame.earlier + begin, frame.later + frame.items.length - begin - rows.length];
  /** @param {number} count @param {string} where @returns {Shape[]} */
  const more = (count, where) => (count > 0 ? [["li", { class: "mls-tl-more", role: "presentation" }, [`${count} ${where} steps: move the slider`], where]] : []);
  return [...more(before, "earlier"), ...rows.map((item, index) => rowShape(frame, item, rows[index - 1], prefix)), ...more(after, "later")];
}

/** @param {Frame} frame @param {Item} item @param {Item | undefined} before @param {string} prefix @returns {Shape} */
function rowShape(frame, item, before, prefix) {
  const { number, step, isKnown } = item;
  const state = isKnown ? signed(step) : "";
  const epoch = frame.epochs.find(({ from, to }) => from <= number && number <= to);
  const isNew = before === undefined || before.step.epoch !== step.epoch;
  const lane = isKnown && step.lane !== null ? frame.view.lanes[step.lane] : null;
  const isNow = number === frame.step;
  return ["li", { id: `${prefix}-${number}`, class: `mls-tl-row${isNow ? " is-now" : ""}${isNew ? " is-first" : ""}`, role: "option", "aria-selected": String(isNow), "aria-label": itemLabel(frame, item), "data-step": number }, [
    ["span", { class: "mls-tl-epoch" }, [isNew ? (epoch?.label ?? "") : ""]],
    ["svg", { class: "mls-tl-mark", viewBox: "-14 -14 28 28", "aria-hidden": "true" }, [
      ["g", { class: `mls-act is-${isKnown ? step.kind : "unknown"}${lane ? ` mls-hue-${lane.hue}` : ""}` }, actMark(isKnown ? step.kind : "unknown")],
    ]],
    ["span", { class: "mls-tl-words" }, [isKnown ? step.title : "unknown to this viewer"]],
    ["span", { class: `mls-tl-signed is-${state || "none"}` }, [state ? SIGNED[state].short : ""]],
  ], number];
}
