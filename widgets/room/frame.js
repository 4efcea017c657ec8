/** What is on the screens of a room after a step, and who can read the message that is chosen. */

/** @typedef {import("./view.d.ts").RoomView} View */
/** @typedef {import("./view.d.ts").ScreenView} ScreenView */
/** @typedef {import("./view.d.ts").SituationView} Situation */
/** @typedef {import("./view.d.ts").ScreenLineView} Line */
/** @typedef {import("./view.d.ts").RoomMessageView} Message */

/**
 * How a device stands to the chosen message: its keys open it now; they opened it when it was sent, or at some time; or
 * they never did.
 * @typedef {"now" | "then" | "once" | "never"} Reading
 *
 * @typedef {object} Screen
 * @property {number} index
 * @property {ScreenView} view
 * @property {Situation} situation
 * @property {Line[]} lines
 * @property {Reading | null} reading null while no message is chosen
 * @property {string[]} archives the names of the archives on its list of devices
 *
 * @typedef {object} Frame
 * @property {View} view
 * @property {number} step
 * @property {boolean} isNewest whether the step is the newest: warnings and pens are of that step
 * @property {Screen[]} screens those that are shown
 * @property {number} message -1 for none
 * @property {Message | null} chosen
 * @property {"full" | "medium" | "small"} density
 * @property {boolean} live whether buttons can act
 */

/** Above so many screens they get smaller. */
const FULL = 4;
const MEDIUM = 12;

/**
 * @param {View} view
 * @param {{step: number, message: number, focus: number, live: boolean}} traits a step below 0 is the newest
 * @returns {Frame}
 */
export function frameOf(view, { step, message, focus, live }) {
  const last = view.steps.length - 1;
  const at = step < 0 ? last : Math.min(step, last);
  const chosen = view.messages[message]?.step <= at ? view.messages[message] : null;
  const shown = view.screens.map((screen, index) => screenOf(view, screen, { index, at, chosen }));
  const screens = focus in view.screens ? [shown[focus]] : shown;
  const count = screens.length;
  return {
    view,
    step: at,
    isNewest: at === last,
    screens,
    message: chosen ? message : -1,
    chosen,
    density: count <= FULL ? "full" : count <= MEDIUM ? "medium" : "small",
    live,
  };
}

/**
 * @param {View} view @param {ScreenView} screen @param {{index: number, at: number, chosen: Message | null}} place
 * @returns {Screen}
 */
function screenOf(view, screen, { index, at, chosen }) {
  const past = screen.situations.filter((each) => each.step <= at);
  const situation = past[past.length - 1] ?? { step: 0, status: "outside", epoch: -1, people: 0, devices: 0, code: "" };
  const archives = screen.members.filter(({ device, since }) => view.devices[device].archive && since <= situation.epoch);
  return {
    index,
    view: screen,
    situation,
    lines: screen.lines.filter((each) => each.step <= at),
    reading: chosen ? readingOf(chosen, index) : null,
    archives: situation.status === "removed" ? [] : archives.map(({ device }) => view.devices[device].name),
  };
}

/** @param {Message} message @param {number} index @returns {Reading} */
export function readingOf(message, index) {
  if (message.now.includes(index)) return "now";
  if (message.then.includes(index)) return "then";
  return message.ever.includes(index) ? "once" : "never";
}

/** The names of the screens with a reading of a message. @param {View} view @param {Message} message @param {Reading[]} readings */
export function withReading(view, message, ...readings) {
  return view.screens.filter((_, index) => readings.includes(readingOf(message, index))).map(({ name }) => name);
}

/**
 * The group codes of the screens that are in one epoch, if they differ: two sides of a fork.
 * @param {Screen[]} screens @returns {{epoch: number, sides: string[][]} | null}
 */
export function forkIn(screens) {
  /** @type {Map<number, Map<string, string[]>>} */
  const epochs = new Map();
  for (const { situation, view } of screens) {
    if (!situation.code || situation.status === "removed") continue;
    const codes = epochs.get(situation.epoch) ?? new Map();
    codes.set(situation.code, [...(codes.get(situation.code) ?? []), view.name]);
    epochs.set(situation.epoch, codes);
  }
  for (const [epoch, codes] of epochs) if (codes.size > 1) return { epoch, sides: [...codes.values()] };
  return null;
}
