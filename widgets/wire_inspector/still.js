/** The still picture of the inspector: the first bytes, and the first fields. */
import { frameOf } from "./frame.js";
import { ROW, drawBytes, drawFields } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {import("./wire.d.ts").WireView} List */
/** @typedef {import("./wire.d.ts").WireObjectView} View */

const COLUMNS = 8;
const ROWS = 22;

/** @param {{view: List, shown: View, selected: number}} traits @param {string} style @returns {import("../shared/still.js").Still} */
export function still({ view, shown, selected }, style) {
  const sheet = selected < 0 ? 0 : shown.fields.sheet[selected];
  const frame = frameOf(shown, { selected, hovered: -1, cursor: -1, value: -1, sheet, toggled: new Map(), unfolded: new Set(), columns: COLUMNS });
  const first = { first: 0, end: ROWS };
  const rows = Math.max(Math.min(frame.lines.length, ROWS), Math.min(frame.rows.length, ROWS));
  const height = rows * ROW + 16;
  /** @type {Shape} */
  const both = [
    "div",
    { xmlns: "http://www.w3.org/1999/xhtml", class: "mls-wire-body is-still" },
    [
      ["div", { class: "mls-wire-bytes" }, drawBytes(frame, first, "")],
      ["div", { class: "mls-wire-fields" }, drawFields(frame, first, "")],
    ],
  ];
  return {
    label: pictureLabel(view, frame.own),
    sentence: sentence(view, frame.own),
    picture: image({ width: STILL_WIDTH, height, name: "mls-wire" }, style, [["foreignObject", { width: STILL_WIDTH, height }, [both]]]),
    words: table("The fields of the message as a table", HEADS, tableRows(frame.own)),
  };
}
