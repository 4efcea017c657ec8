/** A room in words. */
import { forkIn, withReading } from "./frame.js";
import { counted, list, shortened } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Screen} Screen */
/** @typedef {import("./frame.js").Reading} Reading */

export const HEADS = ["Step", "Epoch", "From", "Message", "Keys open it now", "Opened it when it was sent", "Never could"];

/** How a device stands to the chosen message. @type {Record<Reading, string>} */
export const READINGS = {
  now: "can decrypt it now",
  then: "could decrypt it when it was sent; the key is deleted",
  once: "could decrypt it later; the key is deleted",
  never: "never could decrypt it",
};

/** How far a device is trusted. @type {Record<string, string>} */
export const STANDINGS = {
  own: "this device",
  compared: "safety code compared",
  approved: "approved",
  first: "first device of its user; code not compared",
  unapproved: "no other device of its user has approved it",
  rejected: "the safety code differs",
};

/** @type {Record<string, string>} */
export const STATUSES = { outside: "not in the group", in: "", behind: "has missed a change", away: "not connected", removed: "removed" };

/** How many names stand in a sentence. */
const NAMED = 6;

/** @param {Frame} frame */
export function pictureLabel({ view, step }) {
  const users = new Set(view.screens.map(({ user }) => user)).size;
  return `${view.title}: ${counted(view.screens.length, "screen", "screens")} of ${counted(users, "person", "people")}, step ${step + 1} of ${view.steps.length}`;
}

/** @param {Frame} frame @returns {string} */
export function sentence(frame) {
  const { view, step, chosen, screens, isNewest } = frame;
  if (chosen) return `${verdict(frame)} This is computed from the keys of each device.`;
  const warned = isNewest ? screens.filter((screen) => screen.view.alerts.length > 0).length : 0;
  const warnings = warned > 0 ? ` ${counted(warned, "screen shows", "screens show")} a warning.` : "";
  const fork = forkIn(screens);
  const forked = fork ? ` The group codes of epoch ${fork.epoch} differ: ${fork.sides.map((names) => several(names)).join(" | ")}. The group has split.` : "";
  return `${view.steps[step] ?? "Nothing has happened yet"}.${forked}${warnings}`;
}

/** Who can read the chosen message. @param {Frame} frame */
function verdict({ view, chosen }) {
  if (!chosen) return "";
  const groups = [
    { names: withReading(view, chosen, "now"), words: "can decrypt it now" },
    { names: withReading(view, chosen, "then"), words: "could decrypt it when it was sent, and cannot now, because the key is deleted" },
    { names: withReading(view, chosen, "once"), words: "could decrypt it later, and cannot now" },
    { names: withReading(view, chosen, "never"), words: "never could decrypt it" },
  ];
  const said = groups.filter(({ names }) => names.length > 0).map(({ names, words }) => `${several(names)} ${words}`);
  return `${said.join(". ")}.`;
}

/** @param {string[]} names */
export function several(names) {
  const few = names.length > NAMED ? [...names.slice(0, NAMED - 1), `${names.length - NAMED + 1} others`] : names;
  return list(few.map((name) => shortened(name, 32)));
}

/** @param {Frame} frame @returns {string[][]} a row for each message until the step */
export function tableRows({ view, step }) {
  return view.messages
    .filter((message) => message.step <= step)
    .map((message) => [
      String(message.step + 1),
      String(message.epoch),
      senderOf(view, message),
      message.text,
      several(withReading(view, message, "now")) || "nobody",
      several(message.then.map((index) => view.screens[index].name)) || "nobody",
      several(withReading(view, message, "never")) || "nobody",
    ]);
}

/** @param {import("./frame.js").View} view @param {import("./frame.js").Message} message */
export function senderOf(view, { sender }) {
  return sender === null ? "an unknown device" : view.screens[sender].name;
}

/** The first groups of a safety code. @param {string} code */
export function codeStart(code) {
  return code.split(" ").slice(0, 2).join(" ");
}
