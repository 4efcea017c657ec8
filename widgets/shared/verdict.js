/**
 * The verdict on a history and its leaks, as in workbench/adversary/verdict.py: the epochs and messages that are
 * readable, and the members whose compromise would open a healed epoch again.
 */
import { deductiveClosure, extensibleClosure, deductionRulesOf } from "./closure.js";
import { own } from "./words.js";

/** @typedef {import("./security.d.ts").SecurityView} View */
/** @typedef {import("./closure.js").DeductionRules} DeductionRules */
/** @typedef {import("./closure.js").Knowledge} Knowledge */

/**
 * A chosen leak: everything on a device after a step, or a named leak of the view.
 * @typedef {{ device: string, at: number } | { name: string }} Leak
 */

/** @typedef {"closed" | "readable" | "healed"} Standing */

/**
 * A view prepared to be judged. `held[step]` has the set of facts that each device held after the step.
 * @typedef {object} RecordedHistory
 * @property {View} view
 * @property {DeductionRules} rules
 * @property {Map<string, Set<number>>[]} held
 * @property {Map<string, Set<number>>} alone the epochs that the compromise of one device opens, by its name and the step
 */

/**
 * @param {View} view
 * @returns {RecordedHistory}
 */
export function recordedHistory(view) {
  /** @type {Map<string, Set<number>>} */
  let now = new Map();
  const held = view.steps.map(({ keys_learned, keys_deleted }) => {
    now = new Map(now);
    for (const device of new Set([...Object.keys(keys_learned), ...Object.keys(keys_deleted)])) {
      const facts = new Set(now.get(device));
      for (const fact of own(keys_deleted, device) ?? []) {
        facts.delete(fact);
      }
      for (const fact of own(keys_learned, device) ?? []) {
        facts.add(fact);
      }
      now.set(device, facts);
    }
    return now;
  });
  return { view, rules: deductionRulesOf(view), held, alone: new Map() };
}

/**
 * The history as it was after a step.
 * @param {RecordedHistory} given
 * @param {number} step
 * @returns {RecordedHistory}
 */
export function until({ view, rules, held, alone }, step) {
  const past = {
    ...view,
    epochs: view.epochs.filter((epoch) => epoch.step <= step),
    messages: view.messages.filter((message) => message.step <= step),
  };
  return { view: past, rules, held: held.slice(0, step + 1), alone };
}

/**
 * The facts of a leak.
 * @param {RecordedHistory} given
 * @param {Leak} leak
 * @returns {Iterable<number>}
 */
export function factsOf({ view, held }, leak) {
  if ("name" in leak) {
    return view.leaks.find(({ name }) => name === leak.name)?.facts ?? [];
  }
  return held[leak.at]?.get(leak.device) ?? [];
}

/**
 * All facts that follow from some leaks.
 * @param {RecordedHistory} given
 * @param {Leak[]} leaks
 * @returns {Knowledge}
 */
export function known(given, leaks) {
  return deductiveClosure(given.rules, allFacts(given, leaks));
}

/** @param {RecordedHistory} given @param {Leak[]} leaks @returns {number[]} */
function allFacts(given, leaks) {
  return leaks.flatMap((leak) => [...factsOf(given, leak)]);
}

/**
 * Each epoch, and whether its secrets are known. If not, it is healed if an earlier epoch is known, else closed.
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
 * For each healed epoch, the members whose compromise now would open it again. A member counts if its leaf key opens the
 * epoch, or if its device opens the epoch together with the leaks but not without them.
 * @param {RecordedHistory} given
 * @param {Leak[]} leaks
 * @returns {Map<number, string[]>}
 */
export function reopeners(given, leaks) {
  const { view, held } = given;
  const { knowledge, beyond } = extensibleClosure(given.rules, allFacts(given, leaks));
  const healed = [...standings(view, knowledge)].filter(([, standing]) => standing === "healed");
  /** @type {Map<number, string[]>} */
  const found = new Map(healed.map(([epoch]) => [epoch, []]));
  const closed = view.epochs.filter(({ epoch }) => found.has(epoch));
  const at = held.length - 1;
  for (const { member, key } of view.epochs[view.epochs.length - 1]?.seats ?? []) {
    const byLeaf = beyond([key]);
    const together = beyond(held[at].get(member) ?? []);
    for (const { epoch, authenticator } of closed) {
      if (authenticator === null) continue;
      const again = () => together.has(authenticator) && !openedAlone(given, member, at).has(epoch);
      if (byLeaf.has(authenticator) || again()) found.get(epoch)?.push(member);
    }
  }
  return found;
}

/**
 * The epochs that the compromise of one device opens by itself.
 * @param {RecordedHistory} given
 * @param {string} device
 * @param {number} at
 * @returns {Set<number>}
 */
function openedAlone({ view, rules, held, alone }, device, at) {
  const name = `${at} ${device}`;
  const known = alone.get(name);
  if (known) return known;
  const knowledge = deductiveClosure(rules, held[at].get(device) ?? []);
  const open = view.epochs.filter(({ authenticator }) => authenticator !== null && knowledge.has(authenticator));
  const epochs = new Set(open.map(({ epoch }) => epoch));
  alone.set(name, epochs);
  return epochs;
}

/**
 * The step after which a leak leaked.
 * @param {RecordedHistory} given
 * @param {Leak} leak
 * @returns {number}
 */
export function stepOf({ view }, leak) {
  return "at" in leak ? leak.at : (view.leaks.find(({ name }) => name === leak.name)?.at ?? 0);
}

/**
 * The healed epochs that a later leak opened again, each with that leak. An epoch that the later leak opens without the
 * earlier leaks does not count.
 * @param {RecordedHistory} given
 * @param {Leak[]} leaks
 * @returns {Map<number, Leak>}
 */
export function reopened(given, leaks) {
  const { view } = given;
  /** @type {Map<number, Leak>} */
  const found = new Map();
  const inTime = [...leaks].sort((a, b) => stepOf(given, a) - stepOf(given, b));
  let before = standings(view, new Map());
  for (const [number, leak] of inTime.entries()) {
    const after = standings(view, known(given, inTime.slice(0, number + 1)));
    const alone = standings(view, known(given, [leak]));
    for (const { epoch, step } of view.epochs) {
      const hadHealed = step <= stepOf(given, leak) && before.get(epoch) === "healed";
      const isOpen = after.get(epoch) === "readable" && alone.get(epoch) !== "readable";
      if (hadHealed && isOpen) found.set(epoch, leak);
    }
    before = after;
  }
  return new Map([...found].sort(([a], [b]) => a - b));
}

/**
 * A smallest set of leaks that makes an epoch readable; empty if it is not readable. From the last to the first, each
 * leak is dropped if the others are enough.
 * @param {RecordedHistory} given
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
