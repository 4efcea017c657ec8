/**
 * What an attacker knows: the closure of what leaked under the rules of a history. It is the same computation as in
 * workbench/adversary/knowledge.py, so that leaks can be put on and taken off without a kernel.
 */

/** @typedef {import("./security.d.ts").SecurityView} View */
/** @typedef {import("./security.d.ts").RuleArraysView} Rules */

/** In place of a rule: the fact leaked. */
export const LEAKED = -1;

/**
 * The rules of a history, ready for many questions.
 * @typedef {object} DeductionRules
 * @property {Rules} rules
 * @property {Int32Array} needs how many premises each rule has
 * @property {Int32Array} usesFrom where the rules that use a fact begin in `uses`
 * @property {Int32Array} uses
 */

/**
 * The known facts in the order in which they were found, each with the rule that gave it first.
 * @typedef {Map<number, number>} Knowledge
 */

/**
 * @param {View} view
 * @returns {DeductionRules}
 */
export function deductionRulesOf({ rules, facts }) {
  const { starts, premises, conclusions } = rules;
  const needs = Int32Array.from(conclusions, (_, rule) => starts[rule + 1] - starts[rule]);
  const usesFrom = new Int32Array(facts.length + 1);
  for (const premise of premises) {
    usesFrom[premise + 1] += 1;
  }
  for (let fact = 0; fact < facts.length; fact += 1) {
    usesFrom[fact + 1] += usesFrom[fact];
  }
  const next = usesFrom.slice();
  const uses = new Int32Array(premises.length);
  for (let rule = 0; rule < conclusions.length; rule += 1) {
    for (let at = starts[rule]; at < starts[rule + 1]; at += 1) {
      uses[next[premises[at]]] = rule;
      next[premises[at]] += 1;
    }
  }
  return { rules, needs, usesFrom, uses };
}

/**
 * All facts that follow from the leaked facts, whatever their order.
 * @param {DeductionRules} rules
 * @param {Iterable<number>} leaked
 * @returns {Knowledge}
 */
export function deductiveClosure(rules, leaked) {
  return extensibleClosure(rules, leaked).knowledge;
}

/**
 * All facts that follow from the leaked facts, and a function that gives what follows in addition if more facts leak.
 * @param {DeductionRules} rules
 * @param {Iterable<number>} leaked
 * @returns {{ knowledge: Knowledge, beyond: (more: Iterable<number>) => Knowledge }}
 */
export function extensibleClosure(rules, leaked) {
  const missing = rules.needs.slice();
  const knowledge = spread(rules, leaked, missing, new Map());
  return { knowledge, beyond: (more) => spread(rules, more, missing.slice(), knowledge) };
}

/**
 * The facts that follow from some facts and are not known yet.
 * @param {DeductionRules} rules
 * @param {Iterable<number>} facts
 * @param {Int32Array} missing the number of unknown premises of each rule; this function counts it down
 * @param {Knowledge} known
 * @returns {Knowledge}
 */
function spread({ rules, usesFrom, uses }, facts, missing, known) {
  /** @type {Knowledge} */
  const byRule = new Map();
  for (const fact of [...facts].sort((a, b) => a - b)) {
    if (!known.has(fact)) byRule.set(fact, LEAKED);
  }
  for (const fact of byRule.keys()) {
    // The loop goes on over the facts that it adds.
    for (let at = usesFrom[fact]; at < usesFrom[fact + 1]; at += 1) {
      const rule = uses[at];
      const conclusion = rules.conclusions[rule];
      missing[rule] -= 1;
      if (missing[rule] === 0 && !known.has(conclusion) && !byRule.has(conclusion)) {
        byRule.set(conclusion, rule);
      }
    }
  }
  return byRule;
}

/**
 * The rules that lead to a known fact, each after the rules that give its premises; none for a fact that leaked.
 * @param {DeductionRules} rules
 * @param {Knowledge} knowledge
 * @param {number} fact
 * @returns {number[]}
 */
export function derivation({ rules }, knowledge, fact) {
  const steps = new Set();
  const waiting = [fact];
  while (waiting.length > 0) {
    const rule = knowledge.get(/** @type {number} */ (waiting.pop()));
    if (rule === undefined || rule === LEAKED || steps.has(rule)) {
      continue;
    }
    steps.add(rule);
    waiting.push(...rules.premises.slice(rules.starts[rule], rules.starts[rule + 1]));
  }
  return [...knowledge.values()].filter((rule) => steps.delete(rule));
}
