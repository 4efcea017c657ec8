/** The words of a timeline: who did what in a step, who signed it and who checked that, and where each member stands. */
import { briefName, counted, list } from "../shared/words.js";
import { line, signed, standingAt } from "./frame.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Item} Item */

/** @type {Record<string, {short: string, text: string}>} */
export const SIGNED = {
  verified: { short: "signed ✓", text: "the signature was checked here" },
  decrypted: { short: "signed ✓", text: "the devices that decrypted it checked the signature" },
  failed: { short: "forged ✗", text: "the signature does not verify" },
  unknown: { short: "signed ?", text: "nobody here could check the signature" },
};

export const HEADS = ["Step", "Epoch", "Members", "What happened", "Who signed, and who checked it", "What else is known"];

/** @param {Frame} frame */
export function pictureLabel(frame) {
  const { view, last } = frame;
  const branches = view.branches.length > 1 ? `, ${view.branches.length} branches` : "";
  return `Timeline of ${view.title}: ${counted(last + 1, "step", "steps")}, ${counted(view.lanes.length, "member", "members")}${branches}`;
}

/** @param {Frame} frame */
export function sentence(frame) {
  const { now, last } = frame;
  const where = `Step ${now.number + 1} of ${last + 1}`;
  if (!now.isKnown) return `${where} is unknown to ${frame.viewer}.`;
  return [`${where}: ${now.step.sentence}`, ...now.step.signatures.map(({ words }) => words), ...now.step.notes.slice(0, 2).map(({ words }) => words)].join(" ");
}

/** The name of one step for who hears it. @param {Frame} frame @param {Item} item */
export function itemLabel(frame, item) {
  if (!item.isKnown) return `Step ${item.number + 1}: unknown to ${frame.viewer}`;
  const state = signed(item.step);
  const what = item.step.text === null ? item.step.title : `${item.step.title}: “${briefName(item.step.text)}”`;
  return `Step ${item.number + 1}, epoch ${item.step.epoch}: ${what}${state ? `; ${SIGNED[state].text}` : ""}`;
}

/** @param {Frame} frame */
export function othersName({ folded, lanes }) {
  return folded > 0 ? `${folded} ${lanes.length > 0 ? "others" : "members"}` : "outside, unknown";
}

const STANDS = { in: "is in the group and up to date", behind: "has not received the last commit", away: "is offline: nothing reaches the device" };

/**
 * @param {Frame} frame @param {import("./frame.js").Lane} lane
 * @param {import("./frame.js").History | undefined} history
 */
export function standingOf({ step }, { recorded }, history) {
  const standing = standingAt(history, step);
  const past = history?.spans.filter(({ start }) => start <= step) ?? [];
  const [span] = past.slice(-1);
  if (!span) return "not in the group yet";
  if (standing === "out") return `not in the group since step ${(span.end ?? 0) + 1} (${span.went})`;
  const now = recorded ? STANDS[standing] : "is in the tree; what the device holds is unknown";
  return `${now}; since step ${span.start + 1} (${span.came})`;
}

/** @param {import("./frame.js").Side} side */
export function branchTitle({ name, at, items, epochs }) {
  if (items.length === 0) return `${briefName(name)}: the same steps up to step ${at + 1}`;
  return `${briefName(name)}: ${counted(items.length, "step", "steps")} of its own after step ${at + 1}, ${epochs}`;
}

/** All steps of the line, in words. @param {Frame} frame @returns {string[][]} */
export function tableRows(frame) {
  const viewer = frame.view.viewers.find(({ name }) => name === frame.viewer)?.id ?? "";
  return line(frame.view, frame.branch, viewer).map((item) => {
    const { number, step, isKnown } = item;
    if (!isKnown) return [String(number + 1), "unknown", "unknown", `unknown to ${frame.viewer}`, "unknown", ""];
    return [
      String(number + 1),
      String(step.epoch),
      String(step.members),
      step.text === null ? step.title : `${step.title}: “${briefName(step.text)}”`,
      step.signatures.map(({ words }) => words).join(" "),
      step.notes.map(({ words }) => words).join(" "),
    ];
  });
}

/** Who is not up to date after the step, in words; "" if everybody is. @param {Frame} frame */
export function lateWords({ view, branch, step }) {
  /** @param {"behind" | "away"} kind */
  const names = (kind) => {
    const all = view.branches[branch].histories.filter((history) => standingAt(history, step) === kind).map(({ lane }) => briefName(view.lanes[lane].name));
    return all.length > 4 ? [...all.slice(0, 3), `${all.length - 3} others`] : all;
  };
  const [behind, away] = [names("behind"), names("away")];
  const parts = [...(behind.length ? [`${list(behind)} ${behind.length > 1 ? "have" : "has"} not received the last commit`] : []), ...(away.length ? [`${list(away)} ${away.length > 1 ? "are" : "is"} offline`] : [])];
  return parts.length ? `${parts.join("; ")}.` : "";
}
