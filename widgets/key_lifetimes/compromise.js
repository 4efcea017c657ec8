/** What a compromise gets, and what the attacker can read with it, in numbers and in words. */
import { known, readableMessages, standings } from "../shared/verdict.js";
import { briefName, counted, few, list } from "../shared/words.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("./lifetimes.d.ts").BarView} Bar */
/** @typedef {import("../shared/verdict.js").RecordedHistory} RecordedHistory */

/**
 * The state of a secret at the time of a compromise.
 * @typedef {"taken" | "deleted" | "to come"} Fate
 */

/**
 * A compromise after a step, and what follows from it and from the other chosen leaks.
 * @typedef {object} Compromise
 * @property {string} device
 * @property {number} step
 * @property {string[]} others the names of the other chosen leaks
 * @property {Record<string, number>} taken how many secrets of each kind the compromise gets
 * @property {import("../shared/closure.js").Knowledge} knowledge
 * @property {number[]} epochs that are readable
 * @property {number[]} messages that are readable, as indices
 * @property {number} deleted how many secrets had been deleted before
 * @property {number} regained how many of the deleted secrets the attacker can compute all the same
 */

/** @param {Bar} bar @param {number} step @returns {Fate} */
export function fate({ born, died }, step) {
  if (step < born) return "to come";
  return died === null || step < died ? "taken" : "deleted";
}

/**
 * @param {View} view @param {RecordedHistory} given that of its security view
 * @param {{device: string, step: number, others: string[]}} place
 * @returns {Compromise}
 */
export function compromiseOf(view, given, { device, step, others }) {
  const knowledge = known(given, [{ device, at: step }, ...others.map((name) => ({ name }))]);
  const found = standings(given.view, knowledge);
  /** @type {Record<string, number>} */
  const taken = {};
  let deleted = 0;
  let regained = 0;
  for (const { kind, lanes } of view.devices[device] ?? []) {
    for (const bar of lanes.flatMap(({ bars }) => bars)) {
      const what = fate(bar, step);
      if (what === "taken") taken[kind] = (taken[kind] ?? 0) + 1;
      if (what === "deleted") deleted += 1;
      if (what === "deleted" && knowledge.has(bar.fact)) regained += 1;
    }
  }
  return {
    device,
    step,
    others,
    taken,
    knowledge,
    epochs: [...found].filter(([, standing]) => standing === "readable").map(([epoch]) => epoch),
    messages: readableMessages(given.view, knowledge),
    deleted,
    regained,
  };
}

/** @param {View} view @param {string} device */
export function nameOf(view, device) {
  return briefName(view.security.members.find(({ id }) => id === device)?.name ?? device);
}

/** @param {View} view @param {string} device @returns {string} the name of the whole picture */
export function pictureLabel(view, device) {
  return `How long each secret was on ${nameOf(view, device)}'s device`;
}

/** The time of a compromise: "after step 5 of 6, in epoch 4: Alice updated by a commit". @param {View} view @param {number} step */
export function instant(view, step) {
  const { steps } = view.security;
  return `after step ${step + 1} of ${steps.length}, in epoch ${steps[step].epoch}: ${steps[step].title}`;
}

/** @param {View} view @param {Compromise} compromise @returns {string[]} "1 leaf key", "2 node keys" */
export function leakedWords(view, { taken }) {
  return Object.entries(taken).map(([kind, number]) => counted(number, view.kinds[kind].one, view.kinds[kind].many));
}

/** @param {Compromise} compromise @returns {string} "epochs 4 and 5 and 2 messages" */
export function openedWords({ epochs, messages }) {
  const said = [
    ...(epochs.length ? [`${epochs.length === 1 ? "epoch" : "epochs"} ${list(runs(epochs))}`] : []),
    ...(messages.length ? [counted(messages.length, "message", "messages")] : []),
  ];
  return list(said) || "nothing";
}

/** What a compromise gets, what that opens and what stays deleted, in three sentences. @param {View} view @param {Compromise} compromise */
export function compromiseSentence(view, compromise) {
  const { device, step, others, deleted, regained } = compromise;
  const number = Object.values(compromise.taken).reduce((sum, one) => sum + one, 0);
  const together = others.length ? `Together with the leak of ${list(few(others))} they` : "They";
  const gone =
    deleted === 0
      ? "Nothing had been deleted before."
      : `${counted(deleted, "secret", "secrets")} had been deleted before: ${comeback(deleted, regained)}.`;
  return (
    `The compromise of ${nameOf(view, device)}'s device after step ${step + 1} gets ` +
    `${counted(number, "secret", "secrets")}. ${together} open ${openedWords(compromise)}. ${gone}`
  );
}

/** @param {number} deleted @param {number} regained */
function comeback(deleted, regained) {
  if (regained === 0) return deleted === 1 ? "the attacker cannot compute it" : "the attacker cannot compute any of them";
  if (regained === deleted) return deleted === 1 ? "the attacker can compute it again" : "the attacker can compute all of them again";
  return `the attacker can compute ${regained} of them again`;
}

export const HEADS = ["Secret", "Got in", "Deleted in", "In this compromise"];

/**
 * The table that says what the picture shows: a row for each secret of the device.
 * @param {View} view @param {Compromise} compromise
 * @returns {string[][]} its name, the steps in which the device got and deleted it, and its state in the compromise
 */
export function tableRows(view, compromise) {
  return (view.devices[compromise.device] ?? []).flatMap(({ kind, lanes }) =>
    lanes.flatMap(({ name, bars }) =>
      bars.map((bar) => [
        lanes.length > 1 && name !== view.kinds[kind].name ? `${view.kinds[kind].name}: ${name}` : name,
        `step ${bar.born + 1}`,
        bar.died === null ? "still there" : `step ${bar.died + 1}`,
        outcome(bar, compromise),
      ]),
    ),
  );
}

/** The state of a secret in a compromise, in words. @param {Bar} bar @param {Compromise} compromise */
export function outcome(bar, { step, knowledge }) {
  const what = fate(bar, step);
  if (what === "taken") return "leaked";
  const already = what === "deleted" ? "deleted before" : "not there yet";
  return knowledge.has(bar.fact) ? `${already}, but can be computed` : already;
}

/** Numbers in a row, neighbours joined: "1, 3 to 5". @param {number[]} numbers @returns {string[]} */
export function runs(numbers) {
  /** @type {[number, number][]} */
  const found = [];
  for (const number of numbers) {
    const last = found[found.length - 1];
    if (last && last[1] === number - 1) last[1] = number;
    else found.push([number, number]);
  }
  return found.flatMap(([from, to]) => {
    if (to - from > 1) return [`${from} to ${to}`];
    return from === to ? [String(from)] : [String(from), String(to)];
  });
}
