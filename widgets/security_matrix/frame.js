/**
 * The frame of the security matrix after a step and with some leaks: columns are epochs, rows are members. The frame is
 * a pure function of the view. A test compares it with the verdict in Python.
 */
import { deviceOf } from "../shared/reasons.js";
import { recordedHistory, factsOf, known, readableMessages, reopened, reopeners, standings, stepOf, until } from "../shared/verdict.js";

/** @typedef {import("../shared/security.d.ts").SecurityView} View */
/** @typedef {import("../shared/security.d.ts").SeatView} Seat */
/** @typedef {import("../shared/verdict.js").RecordedHistory} RecordedHistory */
/** @typedef {import("../shared/verdict.js").Leak} Leak */
/** @typedef {import("../shared/closure.js").Knowledge} Knowledge */

/**
 * An epoch, and whether the attacker can read it. `end` is its last step so far. `reopeners` are the members whose
 * compromise would open it again, and `by` is the device whose leak has opened it again.
 * @typedef {object} Column
 * @property {number} epoch
 * @property {string} sentence what began it
 * @property {number} begin
 * @property {number} end
 * @property {"later" | "closed" | "readable" | "reopened" | "healed"} standing
 * @property {string[]} reopeners
 * @property {string} by
 */

/**
 * A member in an epoch. `starts` means that its leaf key is new in this epoch, `ends` that the next epoch has another.
 * @typedef {object} Cell
 * @property {"later" | "absent" | "seated"} state
 * @property {"" | "derived" | "leaked"} key what the attacker has of its leaf key
 * @property {boolean} starts
 * @property {boolean} ends
 * @property {boolean} forgeable whether the attacker can sign as it
 * @property {number} sent how many messages it sent
 * @property {number} read how many of these the attacker reads
 * @property {boolean} compromise whether something of its device leaked then
 * @property {boolean} open whether the attacker reads the epoch
 */

/**
 * A view prepared for drawing: the members of each epoch by their leaves, the messages that each member sent, and the
 * owners of each signature key, with the first column in which they own it.
 * @typedef {object} Opening
 * @property {RecordedHistory} given
 * @property {Map<string, Seat>[]} seats
 * @property {Map<string, number[]>[]} sent
 * @property {Map<number, Map<string, number>>} signers
 */

/**
 * @typedef {object} Frame
 * @property {Opening} opening
 * @property {RecordedHistory} now the history up to the step
 * @property {number} step
 * @property {Leak[]} leaks those that have leaked by then
 * @property {Knowledge} knowledge
 * @property {Column[]} columns
 * @property {Set<number>} leaked
 * @property {Set<number>} read the messages that the attacker reads
 * @property {Map<number, number>} signatureKeys the signature keys that it has, each with the step since when
 * @property {Map<string, Leak[]>} compromises the leaks of a device in an epoch
 */

/** @param {View} view @returns {Opening} */
export function opened(view) {
  const sent = view.epochs.map(() => /** @type {Map<string, number[]>} */ (new Map()));
  const places = new Map(view.epochs.map(({ epoch }, column) => [epoch, column]));
  for (const [index, { epoch, sender }] of view.messages.entries()) {
    const by = sent[places.get(epoch) ?? -1];
    if (by && sender !== null) by.set(sender, [...(by.get(sender) ?? []), index]);
  }
  const seats = view.epochs.map((epoch) => new Map(epoch.seats.map((seat) => [seat.member, seat])));
  /** @type {Map<number, Map<string, number>>} */
  const signers = new Map();
  for (const [column, epoch] of view.epochs.entries()) {
    for (const { member, signature_key: key } of epoch.seats) {
      if (key === null || signers.get(key)?.has(member)) continue;
      signers.set(key, (signers.get(key) ?? new Map()).set(member, column));
    }
  }
  return { given: recordedHistory(view), seats, sent, signers };
}

/** @param {View} view @param {number} step @returns {number} the column of the epoch that a step is in; -1 before all */
export function columnOf(view, step) {
  const next = view.epochs.findIndex((epoch) => epoch.step > step);
  return (next < 0 ? view.epochs.length : next) - 1;
}

/** @param {Opening} opening @param {Leak[]} chosen @param {number} step @returns {Frame} */
export function frameAt(opening, chosen, step) {
  const now = until(opening.given, step);
  const leaks = chosen.filter((leak) => stepOf(opening.given, leak) <= step);
  const knowledge = known(now, leaks);
  const leaked = new Set(leaks.flatMap((leak) => [...factsOf(now, leak)]));
  return {
    opening,
    now,
    step,
    leaks,
    knowledge,
    columns: columnsOf(opening.given.view, now, leaks, knowledge),
    leaked,
    read: new Set(readableMessages(now.view, knowledge)),
    signatureKeys: signatureKeysOf(opening, leaks, knowledge),
    compromises: compromisesOf(now, leaks),
  };
}

/** @param {View} view @param {RecordedHistory} now @param {Leak[]} leaks @param {Knowledge} knowledge @returns {Column[]} */
function columnsOf(view, now, leaks, knowledge) {
  const found = standings(now.view, knowledge);
  const again = reopened(now, leaks);
  const would = reopeners(now, leaks);
  return view.epochs.map(({ epoch, step }, index) => {
    const by = again.get(epoch);
    return {
      epoch,
      sentence: view.steps[step].sentence,
      begin: step,
      end: Math.min(now.held.length, view.epochs[index + 1]?.step ?? view.steps.length) - 1,
      standing: by ? "reopened" : (found.get(epoch) ?? "later"),
      reopeners: would.get(epoch) ?? [],
      by: by ? deviceOf(now, by) : "",
    };
  });
}

/** @param {Opening} opening @param {Leak[]} leaks @param {Knowledge} knowledge @returns {Map<number, number>} */
function signatureKeysOf({ given, signers }, leaks, knowledge) {
  const leaked = [...signers.keys()].filter((key) => knowledge.has(key));
  const sets = leaks.map((leak) => ({ at: stepOf(given, leak), facts: new Set(factsOf(given, leak)) }));
  return new Map(
    leaked.map((key) => {
      const holding = sets.filter(({ facts }) => facts.has(key));
      return [key, Math.min(...(holding.length > 0 ? holding : sets).map(({ at }) => at))];
    }),
  );
}

/** @param {RecordedHistory} now @param {Leak[]} leaks @returns {Map<string, Leak[]>} */
function compromisesOf(now, leaks) {
  /** @type {Map<string, Leak[]>} */
  const compromises = new Map();
  for (const leak of leaks) {
    const place = `${columnOf(now.view, stepOf(now, leak))} ${deviceOf(now, leak)}`;
    compromises.set(place, [...(compromises.get(place) ?? []), leak]);
  }
  return compromises;
}

/** The leaks of a device in the epoch of a column. @param {Frame} frame @param {string} member @param {number} column */
export function leaksIn(frame, member, column) {
  return frame.compromises.get(`${column} ${member}`) ?? [];
}

/** @param {Frame} frame @param {string} member @param {number} column @returns {Cell} */
export function cellAt(frame, member, column) {
  const { opening, knowledge, columns } = frame;
  const { standing, end } = columns[column];
  const seat = opening.seats[column].get(member);
  const { messages } = opening.given.view;
  const sent = (opening.sent[column].get(member) ?? []).filter((index) => messages[index].step <= frame.step);
  const isLater = standing === "later";
  const isSeated = seat !== undefined && !isLater;
  const isKnown = isSeated && knowledge.has(seat.key);
  const since = isSeated && seat.signature_key !== null ? frame.signatureKeys.get(seat.signature_key) : undefined;
  /** @param {number} other */
  const differs = (other) => opening.seats[other]?.get(member)?.key !== seat?.key;
  const isLast = columns[column + 1] === undefined || columns[column + 1].standing === "later";
  return {
    state: isLater ? "later" : isSeated ? "seated" : "absent",
    key: !isKnown ? "" : frame.leaked.has(seat.key) ? "leaked" : "derived",
    starts: isSeated && differs(column - 1),
    ends: isSeated && !isLast && differs(column + 1),
    forgeable: since !== undefined && since <= end,
    sent: sent.length,
    read: sent.filter((index) => frame.read.has(index)).length,
    compromise: leaksIn(frame, member, column).length > 0,
    open: standing === "readable" || standing === "reopened",
  };
}
