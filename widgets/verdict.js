/**
 * The verdict on a history and its leaks, as in workbench/adversary/verdict.py: what is readable, until when, and
 * whose theft would open it again.
 */
import { close, theoryOf } from "./closure.js";

/** @typedef {import("./security.d.ts").SecurityView} View */
/** @typedef {import("./closure.js").Theory} Theory */
/** @typedef {import("./closure.js").Knowledge} Knowledge */

/**
 * A leak that was put on: all that is on a device after a step, or one that the view offers by name.
 * @typedef {{ device: string, at: number } | { name: string }} Leak
 */

/** @typedef {"closed" | "readable" | "healed"} Standing */

/**
 * A view ready to be judged. `held[step]` is what each device held after the step, as sets of facts.
 * @typedef {object} Case
 * @property {View} view
 * @property {Theory} theory
 * @property {Record<string, Set<number>>[]} held
 */

/**
 * @param {View} view
 * @returns {Case}
 */
export function caseOf(view) {
  /** @type {Record<string, Set<number>>} */
  let now = {};
  const held = view.steps.map(({ gain, lose }) => {
    now = { ...now };
    for (const device of new Set([...Object.keys(gain), ...Object.keys(lose)])) {
      const facts = new Set(now[device]);
      for (const fact of lose[device] ?? []) {
        facts.delete(fact);
      }
      for (const fact of gain[device] ?? []) {
        facts.add(fact);
      }
      now[device] = facts;
    }
    return now;
  });
  return { view, theory: theoryOf(view), held };
}

/**
 * The facts of a leak.
 * @param {Case} given
 * @param {Leak} leak
 * @returns {Iterable<number>}
 */
export function factsOf({ view, held }, leak) {
  if ("name" in leak) {
    return view.leaks.find(({ name }) => name === leak.name)?.facts ?? [];
  }
  return held[leak.at]?.[leak.device] ?? [];
}

/**
 * All that follows from some leaks.
 * @param {Case} given
 * @param {Leak[]} leaks
 * @returns {Knowledge}
 */
export function known(given, leaks) {
  return close(
    given.theory,
    leaks.flatMap((leak) => [...factsOf(given, leak)]),
  );
}

/**
 * Each epoch, and whether its secrets are known; healed is one that is not, after one that is.
 * @param {View} view
 * @param {Knowledge} knowledge
 * @returns {Map<number, Standing>}
 */
export function standings(view, knowledge) {
  /** @type {Map<number, Standing>} */
  const found = new Map();
  let otherwise = /** @type {Standing} */ ("closed");
  for (const { epoch, authenticator } of view.epochs) {
    const readable = authenticator !== null && knowledge.has(authenticator);
    otherwise = readable || otherwise === "healed" ? "healed" : "closed";
    found.set(epoch, readable ? "readable" : otherwise);
  }
  return found;
}

/**
 * The application messages that are known, as indices of the view's messages.
 * @param {View} view
 * @param {Knowledge} knowledge
 * @returns {number[]}
 */
export function readableMessages(view, knowledge) {
  return view.messages.flatMap(({ fact }, index) => (fact !== null && knowledge.has(fact) ? [index] : []));
}

/**
 * For each healed epoch the members whose theft now would open it again.
 * @param {Case} given
 * @param {Leak[]} leaks
 * @returns {Map<number, string[]>}
 */
export function reopeners(given, leaks) {
  const { view, held } = given;
  const healed = [...standings(view, known(given, leaks))].filter(([, standing]) => standing === "healed");
  /** @type {Map<number, string[]>} */
  const found = new Map(healed.map(([epoch]) => [epoch, []]));
  const at = held.length - 1;
  for (const { member } of view.epochs[view.epochs.length - 1]?.seats ?? []) {
    const alone = standings(view, known(given, [{ device: member, at }]));
    const together = standings(view, known(given, [...leaks, { device: member, at }]));
    for (const [epoch, members] of found) {
      if (together.get(epoch) === "readable" && alone.get(epoch) !== "readable") {
        members.push(member);
      }
    }
  }
  return found;
}

/**
 * The fewest of the leaks without which an epoch would not be readable; none if it is not. Those that came last are
 * the first to be left out if the others are enough.
 * @param {Case} given
 * @param {Leak[]} leaks
 * @param {number} epoch
 * @returns {Leak[]}
 */
export function leaksBehind(given, leaks, epoch) {
  /** @param {Leak[]} some */
  const opens = (some) => standings(given.view, known(given, some)).get(epoch) === "readable";
  let needed = opens(leaks) ? leaks : [];
  for (const leak of [...needed].reverse()) {
    const others = needed.filter((each) => each !== leak);
    if (opens(others)) {
      needed = others;
    }
  }
  return needed;
}
