/** The words of the security matrix: labels, sentences and the table. */
import { cellAt } from "./frame.js";
import { briefName, counted, list, upperFirst } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Column} Column */
/** @typedef {import("./frame.js").Cell} Cell */

const NAMED_AT_MOST = 4;
const RUNS_AT_MOST = 4;

const KEYS = {
  "": "leaf key unknown to the attacker",
  derived: "leaf key derived from what leaked",
  leaked: "leaf key leaked",
};

/** @param {string[]} words @returns {string} "a, b or c" */
function either(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words[words.length - 1]}`;
}

/** A member's name for a sentence. @param {Frame} frame @param {string} member @returns {string} */
export function nameOf({ opening }, member) {
  return briefName(opening.given.view.members.find(({ id }) => id === member)?.name ?? member);
}

/** @param {number[]} epochs @returns {string} "epochs 3 to 6 and 8" */
export function epochsInWords(epochs) {
  /** @type {number[][]} */
  const runs = [];
  for (const epoch of epochs) {
    const run = runs[runs.length - 1];
    if (run && run[run.length - 1] === epoch - 1) run.push(epoch);
    else runs.push([epoch]);
  }
  const [first, last] = [epochs[0], epochs[epochs.length - 1]];
  if (runs.length > RUNS_AT_MOST) return `${epochs.length} of the epochs ${first} to ${last}`;
  const words = runs.flatMap((run) => (run.length > 2 ? `${run[0]} to ${run[run.length - 1]}` : run.map(String)));
  return `${epochs.length === 1 ? "epoch" : "epochs"} ${list(words)}`;
}

/** @param {Frame} frame @param {string[]} members @returns {string} "the compromise of Carol or Dave" */
export function compromiseOf(frame, members) {
  const names = members.map((member) => nameOf(frame, member));
  return `the compromise of ${names.length > NAMED_AT_MOST ? `any of ${names.length} members` : either(names)}`;
}

/** Whether the attacker can read an epoch, in words. @param {Frame} frame @param {Column} column @returns {string} */
export function standingWords(frame, { standing, reopeners, by }) {
  switch (standing) {
    case "later":
      return "not yet";
    case "closed":
      return "closed to the attacker";
    case "readable":
      return "read by the attacker";
    case "reopened":
      return `had healed, and is open again by what leaked from ${nameOf(frame, by)}`;
    case "healed":
      if (reopeners.length > 0) return `healed so far: ${compromiseOf(frame, reopeners)} would reopen it`;
      return frame.now.view.unrecorded ? "healed so far: what other devices would open is unknown" : "healed";
  }
}

/** @param {Frame} frame @param {Column} column @returns {string} "epoch 3, healed" */
export function columnLabel(frame, column) {
  return `epoch ${column.epoch}, ${standingWords(frame, column)}`;
}

/** @param {number} sent @param {number} read @returns {string} "2 messages, 1 of them read" */
export function messagesInWords(sent, read) {
  if (sent === 0) return "";
  if (sent === 1) return read === 1 ? "1 message, read" : "1 message, not read";
  const some = read === 0 ? "none of them" : read === sent ? "all of them" : `${read} of them`;
  return `${sent} messages, ${some} read`;
}

/** @param {Frame} frame @param {string} member @param {number} column @param {Cell} cell @returns {string} */
export function cellLabel(frame, member, column, cell) {
  const name = nameOf(frame, member);
  const where = `${name} in epoch ${frame.columns[column].epoch}`;
  if (cell.state === "later") return `${where}: not yet`;
  const parts = [
    cell.state === "absent" ? "not a member" : KEYS[cell.key],
    messagesInWords(cell.sent, cell.read),
    cell.forgeable ? `the attacker can sign as ${name}` : "",
    cell.compromise ? "compromised in this epoch" : "",
  ];
  return `${where}: ${parts.filter(Boolean).join("; ")}`;
}

/** @param {Frame} frame @returns {string} the verdict */
export function verdictSentence(frame) {
  const { columns, leaks, read, now } = frame;
  if (leaks.length === 0) return "Nothing has leaked: the attacker reads nothing.";
  const open = columns.filter(({ standing }) => standing === "readable" || standing === "reopened");
  const sent = now.view.messages.length;
  const epochs = open.length > 0 ? epochsInWords(open.map(({ epoch }) => epoch)) : "no epoch";
  const said = [`The attacker reads ${epochs}${sent > 0 ? ` and ${read.size} of ${messages(sent)}` : ""}.`];
  for (const device of new Set(open.flatMap(({ by }) => by || []))) {
    const again = open.filter(({ by }) => by === device).map(({ epoch }) => epoch);
    const had = again.length === 1 ? "had healed and is open again" : "had healed and are open again";
    said.push(`${upperFirst(epochsInWords(again))} ${had} by what leaked from ${nameOf(frame, device)}.`);
  }
  said.push(...healing(frame, open), ...forgery(frame), ...unknown(frame));
  return said.join(" ");
}

/** A sentence about devices that were not recorded, if there are any. @param {Frame} frame @returns {string[]} */
function unknown({ now }) {
  const { length } = now.view.unrecorded ?? [];
  return length === 0 ? [] : [`What ${counted(length, "other device", "other devices")} would open is unknown.`];
}

/** Whether it is known what the device of a member holds. @param {Frame} frame @param {string} member @returns {boolean} */
export function isRecorded({ now }, member) {
  return !now.view.unrecorded?.includes(member);
}

/** @param {number} count */
function messages(count) {
  return count === 1 ? "1 message" : `${count} messages`;
}

/** Sentences that say whether the group has healed, since when, and whose compromise would undo it. @param {Frame} frame @param {Column[]} open */
function healing(frame, open) {
  const columns = frame.columns.filter(({ standing }) => standing !== "later");
  const last = columns[columns.length - 1];
  if (open.length === 0 || !last) return [];
  if (open.includes(last)) return ["The group has not healed."];
  const healed = columns.filter(({ epoch }) => epoch > open[open.length - 1].epoch);
  const when = `in epoch ${healed[0].epoch}, when ${frame.now.view.steps[healed[0].begin].title}`;
  const shaky = healed.filter(({ reopeners }) => reopeners.length > 0);
  if (shaky.length === 0) return [`Healed${frame.now.view.unrecorded ? " so far" : ""} ${when}.`];
  const whose = compromiseOf(frame, [...new Set(shaky.flatMap(({ reopeners }) => reopeners))]);
  const which = shaky.map(({ epoch }) => epoch);
  const what = which.length === 1 && which[0] === healed[0].epoch ? "it" : epochsInWords(which);
  const said = [`Healed so far ${when}: ${whose} would reopen ${what}.`];
  if (shaky.includes(last)) return said;
  const firm = healed.filter((column) => !shaky.includes(column)).map(({ epoch }) => epoch);
  if (frame.now.view.unrecorded) return said;
  return [...said, `No member's compromise would reopen ${epochsInWords(firm)}.`];
}

/** @param {Frame} frame @returns {string[]} */
function forgery(frame) {
  const names = signedAs(frame);
  if (names.length === 0) return [];
  const whom = names.length > NAMED_AT_MOST ? `${names.length} members` : either(names);
  return [`The attacker can sign as ${whom}.`];
}

/** The names of the members whose signature keys the attacker has by now. @param {Frame} frame @returns {string[]} */
function signedAs({ opening, columns, signatureKeys }) {
  const leaked = new Set(
    [...signatureKeys.keys()].flatMap((key) =>
      [...(opening.signers.get(key) ?? [])].flatMap(([member, column]) =>
        columns[column].standing === "later" ? [] : member,
      ),
    ),
  );
  return opening.given.view.members.filter(({ id }) => leaked.has(id)).map(({ name }) => briefName(name));
}

/** @param {Frame} frame @returns {string} the name of the whole picture */
export function matrixLabel({ opening, step }) {
  const { view } = opening.given;
  return (
    `Security of ${view.title} after step ${step + 1} of ${view.steps.length}: ` +
    `${counted(view.members.length, "member", "members")}, ${counted(view.epochs.length, "epoch", "epochs")}`
  );
}

/** The number and the title of the step. @param {Frame} frame @returns {string} */
export function stepTitle({ opening, step }) {
  const { steps } = opening.given.view;
  return `After step ${step + 1} of ${steps.length}: ${steps[step].title}`;
}

export const HEADS = ["Epoch", "What began it", "How it stands", "Known leaf keys", "Messages", "Forgeable", "Compromised"];

/** The picture as a table, a row for each epoch so far. @param {Frame} frame @returns {string[][]} */
export function tableRows(frame) {
  const { members } = frame.opening.given.view;
  return frame.columns.flatMap((column, index) => {
    if (column.standing === "later") return [];
    const cells = members.map(({ id, name }) => ({ name, cell: cellAt(frame, id, index) }));
    /** @param {(cell: Cell) => boolean} has */
    const those = (has) => list(cells.filter(({ cell }) => has(cell)).map(({ name }) => name));
    /** @param {(cell: Cell) => number} count */
    const sum = (count) => cells.reduce((total, { cell }) => total + count(cell), 0);
    return [
      [
        String(column.epoch),
        column.sentence,
        standingWords(frame, column),
        those(({ key }) => key !== ""),
        messagesInWords(sum(({ sent }) => sent), sum(({ read }) => read)),
        those(({ forgeable }) => forgeable),
        those(({ compromise }) => compromise),
      ],
    ];
  });
}
