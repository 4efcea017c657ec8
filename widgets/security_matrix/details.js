/** The words of the side panel of the security matrix: how the attacker knows the secrets of a cell or an epoch. */
import { leakWords, sentences } from "../shared/reasons.js";
import { html } from "../shared/dom.js";
import { cellAt, leaksIn } from "./frame.js";
import { MARKS } from "./key.js";
import { HEADS, isRecorded, nameOf, standingWords, verdictSentence } from "./words.js";
import { helpList } from "../shared/key.js";
import { panel } from "../shared/side_details.js";
import { leaksBehind } from "../shared/verdict.js";
import { list, upperFirst } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** A part of the panel. @typedef {{head: string, text: string, steps: string[]}} Part */
/** What is selected: an epoch, and in it a member or nobody. @typedef {{column: number, member: string}} Choice */

/** @param {Frame} frame @param {Choice} choice @returns {Part[]} */
export function parts(frame, { column, member }) {
  const all = [epochPart(frame, column)];
  return member === "" ? all : [...cellParts(frame, member, column), ...all];
}

/** @param {Frame} frame @param {number} column @returns {Part} */
function epochPart(frame, column) {
  const own = frame.columns[column];
  const { authenticator } = frame.opening.given.view.epochs[column];
  const isOpen = own.standing === "readable" || own.standing === "reopened";
  const needed = isOpen ? leaksBehind(frame.now, frame.leaks, own.epoch).map((leak) => leakWords(frame.now, leak)) : [];
  const how = needed.length > 0 ? ` For this the attacker needs ${list(needed)}.` : "";
  return {
    head: `Epoch ${own.epoch}`,
    text: own.standing === "later" ? "This epoch has not begun." : `${own.sentence} ${upperFirst(standingWords(frame, own))}.${how}`,
    steps: isOpen && authenticator !== null ? sentences(frame.now, frame.leaks, frame.knowledge, authenticator) : [],
  };
}

/** @param {Frame} frame @param {string} member @param {number} column @returns {Part[]} */
function cellParts(frame, member, column) {
  const { opening, now, leaks, knowledge } = frame;
  const cell = cellAt(frame, member, column);
  const seat = opening.seats[column].get(member);
  if (cell.state !== "seated" || !seat) return [];
  const name = nameOf(frame, member);
  const known = cell.key === "" ? "unknown to the attacker" : cell.key === "leaked" ? "leaked" : "derived from what leaked";
  const unknown = "Its secrets were not recorded. What its compromise would open is unknown.";
  const found = [
    ...(isRecorded(frame, member) ? [] : [{ head: "Device", text: unknown, steps: [] }]),
    {
      head: "Leaf key",
      text: `${upperFirst(known)}; ${lifetime(frame, member, column)}.`,
      steps: cell.key === "derived" ? sentences(now, leaks, knowledge, seat.key) : [],
    },
  ];
  if (cell.forgeable && seat.signature_key !== null) {
    const how = sentences(now, leaks, knowledge, seat.signature_key);
    found.push({ head: "Signature key", text: `The attacker can sign as ${name}. Fresh leaf keys do not change that.`, steps: how });
  }
  for (const index of (opening.sent[column].get(member) ?? []).filter((each) => now.view.messages.length > each)) {
    const { text, fact } = opening.given.view.messages[index];
    const isRead = frame.read.has(index) && fact !== null;
    const steps = isRead ? sentences(now, leaks, knowledge, fact) : [];
    found.push({ head: "Message", text: isRead ? `“${text}”, read by the attacker.` : "Not read by the attacker.", steps });
  }
  return found;
}

/** @param {Frame} frame @param {string} member @param {number} column @returns {string} "the same from epoch 1 to 4" */
function lifetime(frame, member, column) {
  const { seats } = frame.opening;
  const key = seats[column].get(member)?.key;
  const isSame = (/** @type {number} */ other) => seats[other]?.get(member)?.key === key && frame.columns[other].standing !== "later";
  let [first, last] = [column, column];
  while (isSame(first - 1)) first -= 1;
  while (isSame(last + 1)) last += 1;
  const epochOf = (/** @type {number} */ other) => frame.columns[other].epoch;
  return first === last ? "of this epoch only" : `the same in epochs ${epochOf(first)} to ${epochOf(last)}`;
}

/**
 * The side panel.
 * @param {() => void} close @param {(choice: Choice) => void} compromise
 */
export function details(close, compromise) {
  const side = panel(close);

  /** @param {Frame} frame @param {Choice | null} choice @param {boolean} isHelp */
  function show(frame, choice, isHelp) {
    if (isHelp) return side.show(JSON.stringify(saidBy(frame)), "Marks and keys", () => helpList(MARKS, KEYS, saidBy(frame)));
    if (!choice) return side.show("", "", () => html("div"));
    const name = choice.member && nameOf(frame, choice.member);
    const { epoch, standing } = frame.columns[choice.column];
    const told = parts(frame, choice);
    const isCompromised = leaksIn(frame, choice.member, choice.column).length > 0;
    const canCompromise = name !== "" && standing !== "later" && isRecorded(frame, choice.member);
    const title = name ? `${name} in epoch ${epoch}` : `Epoch ${epoch}`;
    side.show(JSON.stringify([title, told, isCompromised, canCompromise]), title, () =>
      html("div", { class: "mls-why" }, ...(canCompromise ? [button(name, choice, isCompromised)] : []), ...told.map(section)),
    );
  }

  /** @param {string} name @param {Choice} choice @param {boolean} isCompromised */
  function button(name, choice, isCompromised) {
    const text = isCompromised ? `Take back the compromise of ${name}` : `Compromise ${name}'s device at the end of this epoch`;
    return html("button", { type: "button", class: "mls-chip-button", click: () => compromise(choice) }, text);
  }

  return { element: side.element, show };
}

/** @param {Part} part */
function section({ head, text, steps }) {
  return html(
    "div",
    { class: "mls-part" },
    html("div", { class: "mls-part-head" }, head),
    html("p", {}, text),
    ...(steps.length > 0 ? [html("ol", {}, ...steps.map((step) => html("li", {}, step)))] : []),
  );
}

/** @type {[string, string][]} */
const KEYS = [
  ["arrows", "move through the epochs and members"],
  ["Home End", "first or last epoch"],
  ["space", "add a compromise, or take it back"],
  ["Enter", "how the attacker knows"],
  ["[ ]", "one step back or forward"],
  ["Esc", "close the panel"],
  ["?", "this help"],
];

/** What the matrix says now. @param {Frame} frame @returns {string[]} */
function saidBy(frame) {
  const { steps } = frame.opening.given.view;
  const begun = frame.columns.filter(({ standing }) => standing !== "later");
  return [verdictSentence(frame), steps[frame.step].sentence, ...begun.map(({ sentence }) => sentence), ...HEADS];
}
