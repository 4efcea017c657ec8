/** The side panel of a timeline: the step in full, who signed what and who checked it, and who is not up to date. */
import { html } from "../shared/dom.js";
import { helpList } from "../shared/key.js";
import { rowList } from "../shared/rows.js";
import { STEP_KEYS } from "../shared/step_bar.js";
import { MARKS } from "./key.js";
import { SIGNED, lateWords } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../shared/rows.js").Row} Row */

/** @type {[string, string][]} */
const KEYS = [
  ...STEP_KEYS,
  ["← →", "one step back or forward, in the picture"],
  ["Home End", "the first and the last step"],
  ["↑ ↓", "the member above or below"],
  ["/", "search a member"],
  ["t", "show as a table"],
];

/** @param {Frame} frame */
export function stepDetails(frame) {
  const { now, view } = frame;
  const { step, isKnown } = now;
  if (!isKnown) return html("p", {}, `This step is unknown to ${frame.viewer}. Choose another viewer above.`);
  const late = lateWords(frame);
  /** @type {Row[]} */
  const rows = [
    { name: "what happened", value: step.sentence },
    ...(step.text === null ? [] : [{ name: "the message", value: step.text }]),
    ...step.signatures.flatMap((one) => [
      { name: `${one.kind}: ${SIGNED[one.state].text}`, value: one.words, section: one.section, unknown: one.state === "unknown" },
      ...(one.key ? [{ name: `signature key of ${one.by}`, value: one.key }] : []),
    ]),
    ...step.notes.map(({ state, words }) => ({ name: state === "told" ? "also" : state, value: words, unknown: state === "unknown" })),
    { name: "the group", value: `epoch ${step.epoch}, ${step.members} member${step.members === 1 ? "" : "s"}` },
    ...(late ? [{ name: "not up to date", value: late }] : []),
    ...(view.left_out ? [{ name: "left out", value: view.left_out }] : []),
  ];
  return rowList(rows);
}

/** @param {string[]} said */
export function helpDetails(said) {
  return html(
    "div",
    {},
    html("p", {}, "Each column is a step of the group's history, each lane a member. A commit ends an epoch and begins the next one."),
    helpList(MARKS, KEYS, said),
  );
}
