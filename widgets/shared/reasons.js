/**
 * How the attacker knows a fact, in words: the same words as in workbench/adversary/derivation.py. Steps that only expand
 * one secret to the next are left out.
 */
import { derivation } from "./closure.js";
import { factsOf, stepOf } from "./verdict.js";
import { briefName, list, upperFirst } from "./words.js";

/** @typedef {import("./verdict.js").RecordedHistory} RecordedHistory */
/** @typedef {import("./verdict.js").Leak} Leak */
/** @typedef {import("./closure.js").Knowledge} Knowledge */

const TOLD = new Set(["open", "randomness", "read"]);

/** @param {RecordedHistory} given @param {Leak} leak @returns {string} "everything of Dave after step 5" */
export function leakWords(given, leak) {
  const named = "name" in leak && given.view.leaks.find(({ name }) => name === leak.name);
  const device = deviceOf(given, leak);
  const name = given.view.members.find(({ id }) => id === device)?.name ?? device;
  return named ? named.words : `everything of ${briefName(name)} after step ${stepOf(given, leak) + 1}`;
}

/** @param {RecordedHistory} given @param {Leak} leak @returns {string} */
export function deviceOf({ view }, leak) {
  return "device" in leak ? leak.device : (view.leaks.find(({ name }) => name === leak.name)?.device ?? "");
}

/**
 * The derivation of a known fact in words: a sentence for each step that opens something or has several premises.
 * @param {RecordedHistory} given
 * @param {Leak[]} leaks
 * @param {Knowledge} knowledge
 * @param {number} fact
 * @returns {string[]}
 */
export function sentences(given, leaks, knowledge, fact) {
  const { facts, rules, rule_kinds } = given.view;
  const steps = derivation(given.rules, knowledge, fact);
  const premisesOf = (/** @type {number} */ rule) => rules.premises.slice(rules.starts[rule], rules.starts[rule + 1]);
  const derived = new Set(steps.map((rule) => rules.conclusions[rule]));
  /** @type {Map<number, string>} */
  const sources = new Map();
  for (const needed of [fact, ...steps.flatMap(premisesOf)]) {
    const leak = derived.has(needed) ? undefined : leaks.find((each) => [...factsOf(given, each)].includes(needed));
    if (leak) sources.set(needed, leakWords(given, leak));
  }
  /** @param {number} premise */
  const withSource = (premise) => {
    const { words } = facts[premise];
    return sources.has(premise) ? `${words} (leaked with ${sources.get(premise)})` : words;
  };
  const told = steps.flatMap((rule) => {
    const kind = rule_kinds[rules.kinds[rule]];
    const premises = premisesOf(rule);
    if (!TOLD.has(kind) && premises.length === 1) return [];
    const said = `${list(premises.map(withSource))} ${verb(kind, premises.length)} ${facts[rules.conclusions[rule]].words}`;
    return [`${upperFirst(said)}.`];
  });
  if (told.length > 0) return told;
  const how = sources.has(fact) ? "leaked" : "follows from what leaked";
  const [source] = sources.values();
  return [`${upperFirst(facts[fact].words)} ${how} with ${source}.`];
}

/** @param {string} kind @param {number} count @returns {string} */
function verb(kind, count) {
  const plural = count > 1;
  if (kind === "open" || kind === "read") return plural ? "open" : "opens";
  if (kind === "randomness") return plural ? "give away" : "gives away";
  return plural ? "give" : "gives";
}
