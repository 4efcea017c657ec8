import assert from "node:assert/strict";
import { test } from "node:test";
import { factLabel, neighbour, sentences, wayTo } from "../../widgets/derivation_graph/walk.js";

/** @param {number} conclusion @param {number[]} premises */
function arrow(conclusion, ...premises) {
  const lines = premises.map((premise) => ({ premise, path: "" }));
  return { conclusion, lines, sealed: false, label: "", calls: [], sentence: `${premises} give ${conclusion}.`, x: 0, y: 0 };
}

/** @param {string} words @param {string} [leak] */
function fact(words, leak) {
  const from = leak ? { words: leak, brief: "" } : null;
  return { kind: "secret", name: "", place: "", words, value: null, leak: from, source: `${words} leaked.` };
}

// 0 and 1 leaked; 0 gives 2; 1 and 2 give 3; 3 gives 4, the goal; 1 alone gives 5
const shown = {
  width: 0,
  height: 0,
  places: [
    [0, 0],
    [1, 1],
    [2, 1],
    [3, 2],
    [5, 2],
    [4, 3],
  ].map(([fact, rank]) => ({ fact, rank, x: 0, y: 0 })),
  arrows: [arrow(2, 0), arrow(3, 1, 2), arrow(5, 1), arrow(4, 3)],
};

test("the way to a fact holds all that it needs and nothing else", () => {
  assert.deepEqual([...wayTo(shown, 3)].sort(), [0, 1, 2, 3]);
  assert.deepEqual([...wayTo(shown, 5)].sort(), [1, 5]);
  assert.deepEqual([...wayTo(shown, 0)], [0]);
});

test("arrow keys go to a premise, to a conclusion, and sideways in the row", () => {
  assert.equal(neighbour(shown, 4, "ArrowUp", 4), 3);
  assert.equal(neighbour(shown, 0, "ArrowUp", 4), 0);
  assert.equal(neighbour(shown, 2, "ArrowDown", 4), 3);
  assert.equal(neighbour(shown, 4, "ArrowDown", 4), 4);
  assert.equal(neighbour(shown, 1, "ArrowRight", 4), 2);
  assert.equal(neighbour(shown, 2, "ArrowRight", 4), 2);
  assert.equal(neighbour(shown, 1, "ArrowLeft", 4), 1);
  assert.equal(neighbour(shown, 3, "Home", 4), 0);
  assert.equal(neighbour(shown, 0, "End", 4), 4);
});

test("a fact says whether it leaked or was derived", () => {
  assert.equal(factLabel(fact("a key", "everything of Bob")), "a key, leaked with everything of Bob");
  assert.equal(factLabel(fact("a key")), "a key, derived by the attacker");
});

test("the sentences tell the leaks first, then each arrow", () => {
  const facts = [fact("zero", "x"), fact("one", "x"), ...[2, 3, 4, 5].map((number) => fact(String(number)))];
  const view = { format: "", version: 1, title: "", goal: 4, facts, summary: "", folded: shown, full: shown };
  assert.deepEqual(sentences(view, shown).slice(0, 3), ["zero leaked.", "one leaked.", "0 give 2."]);
});
