import assert from "node:assert/strict";
import test from "node:test";
import * as words from "../../widgets/key_lifetimes/compromise.js";
import { recordedHistory } from "../../widgets/shared/verdict.js";
import { lifetimes } from "./lifetimes.js";

const view = lifetimes();
const given = recordedHistory(view.security);

/** @param {number} step @param {string[]} others */
function compromise(step, ...others) {
  return words.compromiseOf(view, given, { device: "alice", step, others });
}

test("a compromise gets what is there after its step, and not what comes or has gone", () => {
  const bar = { fact: 0, born: 1, died: 4 };
  assert.deepEqual(
    [0, 1, 3, 4].map((step) => words.fate(bar, step)),
    ["to come", "taken", "taken", "deleted"],
  );
  assert.deepEqual(compromise(2).taken, { leaf: 1, init: 1, epoch: 1 });
});

test("what follows from the leaked secrets is open, before and after the compromise", () => {
  assert.deepEqual([compromise(2).epochs, compromise(2).messages], [[1, 2], [0]]);
  assert.deepEqual([compromise(5).epochs, compromise(5).messages], [[2], []]);
});

test("other leaks give back what was deleted", () => {
  assert.equal(compromise(5).regained, 0);
  assert.equal(compromise(5, "the old secret").regained, 1);
  assert.deepEqual(compromise(5, "the old secret").epochs, [1, 2]);
});

test("a compromise is told in words", () => {
  assert.equal(words.instant(view, 1), "after step 2 of 6, in epoch 1: Alice added Bob");
  assert.deepEqual(words.leakedWords(view, compromise(0)), ["1 leaf key", "1 init secret"]);
  assert.equal(
    words.compromiseSentence(view, compromise(0)),
    "The compromise of Alice's device after step 1 gets 2 secrets. They open epoch 0. Nothing had been deleted before.",
  );
  assert.equal(
    words.compromiseSentence(view, compromise(2)),
    "The compromise of Alice's device after step 3 gets 3 secrets. They open epochs 1 and 2 and 1 message. " +
      "1 secret had been deleted before: the attacker cannot compute it.",
  );
  assert.equal(
    words.compromiseSentence(view, compromise(5, "the old secret")),
    "The compromise of Alice's device after step 6 gets 3 secrets. Together with the leak of the old secret they open " +
      "epochs 1 and 2. 3 secrets had been deleted before: the attacker can compute 1 of them again.",
  );
});

test("each secret has a row that says what becomes of it", () => {
  assert.deepEqual(words.tableRows(view, compromise(2)), [
    ["Leaf key", "step 1", "still there", "leaked"],
    ["Init secret", "step 1", "step 2", "deleted before"],
    ["Init secret", "step 2", "step 5", "leaked"],
    ["Init secret", "step 5", "still there", "not there yet, but can be computed"],
    ["Epoch secrets: A", "step 2", "step 5", "leaked"],
    ["Epoch secrets: A", "step 5", "still there", "not there yet"],
  ]);
});

test("numbers in a row are joined", () => {
  assert.deepEqual(words.runs([]), []);
  assert.deepEqual(words.runs([1, 3, 4, 6, 7, 8]), ["1", "3", "4", "6 to 8"]);
});
