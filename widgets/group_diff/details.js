/** The side panel: a row in full, on both sides. */
import { html } from "../shared/dom.js";
import { helpList } from "../shared/key.js";
import { STEP_KEYS } from "../shared/step_bar.js";
import { rowList } from "../shared/rows.js";
import { briefName } from "../shared/words.js";
import { MARKS } from "./key.js";
import { FACTS, STATES, emptyWords } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Row} Row */
/** @typedef {import("../shared/rows.js").Row} Line */

/** @type {[string, string][]} */
const KEYS = [
  ["↑ ↓", "to the row above or below"],
  ["Home End", "to the first and the last row"],
  ["Enter", "show the row in full; of a commit, show its bytes"],
  ["arrows", "in a tree: move through the tree"],
  ["f", "in a tree: fold or unfold a subtree"],
  ["+ − 0", "zoom both trees; 0: the whole trees"],
  ["x", "exchange the two sides"],
  ["t", "show as a table"],
  ["Esc", "close, and select nothing"],
  ...STEP_KEYS,
];

/** @param {Frame} frame @param {Row} row @param {((side: 0 | 1) => (() => void) | null)} bytesOf opens the bytes of the commit of one side */
export function rowDetails(frame, row, bytesOf) {
  const fact = row.id.startsWith("fact") ? FACTS[row.name] : "";
  return html(
    "div",
    {},
    html("p", { class: "mls-meaning" }, `${STATES[row.state].charAt(0).toUpperCase()}${STATES[row.state].slice(1)}.${fact ? ` ${fact}` : ""}`),
    rowList(/** @type {(0 | 1)[]} */ (row.state === "same" ? [0] : [0, 1]).flatMap((side) => sideLines(frame, row, side))),
    html("div", { class: "mls-diff-acts" }, .../** @type {(0 | 1)[]} */ (row.state === "same" ? [0] : [0, 1]).flatMap((side) => {
      const open = bytesOf(side);
      if (!open) return [];
      const whose = row.state === "same" ? "Show the bytes of the commit" : `Show the bytes of the commit of ${briefName(frame.sides[side].name)}`;
      return [html("button", { type: "button", class: "mls-reveal", click: open }, whose)];
    })),
  );
}

/** @param {Frame} frame @param {Row} row @param {0 | 1} side @returns {Line[]} */
function sideLines(frame, row, side) {
  const cell = side ? row.second : row.first;
  const name = row.state === "same" ? "both sides" : briefName(frame.sides[side].name);
  const section = row.section || undefined;
  if (!cell) return [{ name, value: emptyWords(frame, row, side), section, unknown: true }];
  const commit = row.commits && frame.view.commits[row.commits[side]];
  return [
    { name, value: cell.text, section },
    ...(cell.bytes ? [{ name: "place", value: cell.bytes }] : []),
    ...(commit ? [{ name: "the commit", value: `${commit.size} bytes on the wire, ${commit.is_private ? "private" : "public"}; fingerprint ${commit.digest}` }] : []),
  ];
}

/** @param {string[]} said */
export function helpDetails(said) {
  return html(
    "div",
    {},
    html("p", {}, "Two sides are compared: two members, two steps, or two histories. What both have stands once; what differs stands in two columns. Above the columns both ratchet trees stand in the same places."),
    helpList(MARKS, KEYS, said),
  );
}
