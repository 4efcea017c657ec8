import assert from "node:assert/strict";
import test from "node:test";
import { frameAt, timeline } from "../../widgets/ratchet_tree/frame.js";
import * as words from "../../widgets/ratchet_tree/words.js";
import { briefName, few, fitting, grouped, textWidth, upperFirst } from "../../widgets/shared/words.js";
import { sample } from "./sample.js";

const view = sample();

/** @param {number} step @param {string} viewer @param {number} [beat] */
function at(step, viewer, beat = -1) {
  return frameAt(timeline(view), { step, viewer, beat });
}

/** @param {number} step @param {string} viewer @param {number} node */
function label(step, viewer, node) {
  const frame = at(step, viewer);
  return words.nodeLabel(frame.marks[node], frame.viewer.name);
}

test("nodes have a label each", () => {
  assert.equal(label(0, "alice", 1), "node 1, parent, blank, resolution: leaves 0 and 1");
  assert.equal(label(0, "alice", 3), "node 3, parent, public key 0004, private key held, unmerged: leaf 2");
  assert.equal(label(0, "alice", 4), "node 4, leaf 2, Carol, public key 0003");
  assert.equal(label(0, "alice", 6), "node 6, leaf 3, blank");
  assert.equal(label(0, "server", 3), "node 3, parent, unknown to the server");
  assert.equal(label(1, "alice", 0), "node 0, leaf 0, Alice, public key 0005, private key held, new in this epoch");
  assert.equal(label(2, "attacker", 2), "node 2, leaf 1, Bob, public key 0002, private key leaked");
  assert.equal(
    label(3, "attacker", 1),
    "node 1, parent, public key 0009, private key computed from what leaked, new in this epoch",
  );
});

test("nodes are listed in words, many are counted", () => {
  assert.equal(words.nodesInWords([]), "");
  assert.equal(words.nodesInWords([1]), "node 1");
  assert.equal(words.nodesInWords([1, 5, 8]), "nodes 1 and 5 and leaf 4");
  assert.equal(words.nodesInWords([0, 2, 4]), "leaves 0, 1 and 2");
  assert.equal(words.nodesInWords([0, 2, 4, 6, 8, 10, 12, 14, 16]), "9 nodes");
});

test("a sentence says no more than the viewer knows", () => {
  assert.equal(words.sentence(view, at(3, "alice")), "Bob removed Carol.");
  assert.equal(words.sentence(view, at(3, "carol")), "This step is unknown to Carol.");
  assert.equal(words.stepTitle(view, at(3, "carol")), "Step 4 of 5: unknown to Carol");
  assert.equal(words.sentence(view, at(1, "server", 1)), "This step is unknown to the server.");
  assert.equal(words.sentence(view, at(1, "bob", 1)), "To node 1.");
  assert.equal(words.sentence(view, at(1, "carol", 1)), "Unknown to Carol: this path secret.");
});

test("a message is read aloud only to those who could read it", () => {
  assert.equal(words.sentence(view, at(4, "attacker")), "Bob sent a message. The attacker reads: “hello”");
  assert.equal(words.sentence(view, at(4, "server")), "Bob sent a message. The server cannot read it.");
});

test("how an epoch stands is said to the attacker alone, and not before the epoch turns", () => {
  const told = sample();
  for (const [step, words] of [[2, "the attacker can read epoch 5"], [3, "the attacker is locked out"]])
    told.steps[Number(step)].padlock = { state: step === 2 ? "open" : "healed", badge: "", words: String(words) };
  /** @param {number} step @param {string} viewer @param {number} [beat] */
  const frame = (step, viewer, beat = -1) => frameAt(timeline(told), { step, viewer, beat });
  assert.match(words.sentence(told, frame(2, "attacker")), / The attacker can read epoch 5\.$/);
  assert.match(words.sentence(told, frame(3, "attacker")), / The attacker is locked out\.$/);
  assert.doesNotMatch(words.sentence(told, frame(3, "bob")), /locked out/);
  assert.equal(words.padlockOf(told, frame(3, "attacker"))?.state, "healed");
  assert.equal(words.padlockOf(told, { epoch: 5, step: 3, viewer: frame(3, "attacker").viewer })?.state, "open");
  assert.equal(words.padlockOf(told, frame(1, "attacker")), null);
});

test("bytes are grouped and words are not", () => {
  assert.equal(grouped("00112233445566778899"), "00112233 44556677 8899");
  assert.equal(grouped("decade"), "decade");
  assert.equal(grouped("basic: alice"), "basic: alice");
});

test("names in sentences are cut and counted as in Python, and keep their first letter", () => {
  assert.equal(briefName("a".repeat(61)), `${"a".repeat(60)}… (61 characters)`);
  assert.equal(briefName(`“the ${"a".repeat(70_000)}”`), `“the ${"a".repeat(56)}… (70004 characters)”`);
  assert.equal(briefName("👩".repeat(60)), "👩".repeat(60));
  assert.deepEqual(few(["a", "b", "c", "d", "e"]), ["a", "b", "c", "2 others"]);
  assert.equal(upperFirst("bob's leaf key leaked"), "bob's leaf key leaked");
  assert.equal(upperFirst("what a device drew and bob's leaf key give"), "What a device drew and bob's leaf key give");
});

test("a text that is cut is no wider than its place, with the dots that say so", () => {
  const uuid = "9b810e30-d8f1-4adf-91b7-584a2265b1f5";
  for (let width = 30; width < 280; width += 7) assert.ok(textWidth(fitting(uuid, width)) <= width, `${width}`);
  assert.equal(fitting(uuid, 41.7), "9b8…", "on a phone, in a tree of eight leaves");
});
