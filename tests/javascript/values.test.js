import assert from "node:assert/strict";
import test from "node:test";
import { frameAt, isUnseen, timeline } from "../../widgets/ratchet_tree/frame.js";
import { groupRows, nodeRows } from "../../widgets/ratchet_tree/values.js";
import { sample } from "./sample.js";

const time = timeline(sample());

/** @param {number} step @param {string} viewer @param {number} node @param {number} [beat] */
function values(step, viewer, node, beat = -1) {
  return Object.fromEntries(
    nodeRows(time, frameAt(time, { step, viewer, beat }), node).map(({ name, value }) => [name, value]),
  );
}

test("a node shows its real values, the private key only to whoever holds it", () => {
  assert.equal(values(1, "alice", 1).encryption_key, `0006${"0".repeat(60)}`);
  assert.equal(values(1, "alice", 1)["private key"], `0006${"f".repeat(60)}`);
  assert.equal(values(1, "carol", 1)["private key"], "unknown to Carol");
  assert.equal(values(1, "alice", 3).tree_hash, "b3");
  assert.equal(values(0, "alice", 4).signature_key, "5161");
});

test("a path secret is shown only to those who learned it", () => {
  assert.equal(values(1, "bob", 1).path_secret, "51");
  assert.equal(values(1, "carol", 1).path_secret, "unknown to Carol");
});

test("a ciphertext is shown at both its ends, and says if the viewer opened it", () => {
  assert.equal(values(1, "bob", 2).ciphertext, "02");
  assert.ok("sealed at node 1 to node 2, opened by Bob" in values(1, "bob", 1));
  assert.ok("sealed at node 1 to node 2" in values(1, "carol", 1));
});

test("a blank node has a resolution, an unknown one has nothing to show", () => {
  assert.deepEqual(values(0, "alice", 5), { resolution: "leaf 2" });
  assert.deepEqual(values(0, "server", 5), { content: "unknown to the server" });
});

test("in the middle of a step an old node shows its old value", () => {
  assert.equal(values(1, "alice", 3, 0).encryption_key, `0004${"0".repeat(60)}`);
});

test("secrets of an epoch are shown to its members only", () => {
  const secret = (/** @type {string} */ viewer) =>
    groupRows(time, frameAt(time, { step: 2, viewer, beat: -1 })).find(({ name }) => name === "epoch_secret");
  assert.equal(secret("carol")?.value, "e5");
  assert.equal(secret("attacker")?.value, "unknown to the attacker");
});

test("values of an epoch are unknown to those who did not see it begin, until they are handed the tree", () => {
  const hash = (/** @type {import("../../widgets/ratchet_tree/view.d.ts").RatchetTreeView} */ view) =>
    groupRows(timeline(view), frameAt(timeline(view), { step: 2, viewer: "server", beat: -1 })).find(
      ({ name }) => name === "tree_hash",
    );
  const view = sample();
  assert.equal(hash(view)?.value, "unknown to the server");
  view.steps[2].tree_to = ["server"];
  assert.equal(hash(view)?.value, "bb");
});

test("who did not see a step is shown nothing of the group", () => {
  assert.deepEqual(groupRows(time, frameAt(time, { step: 3, viewer: "carol", beat: -1 })), [
    { name: "content", value: "unknown to Carol", unknown: true },
  ]);
});

test("a lean view has the values of a node only when Python has sent them", () => {
  const lean = timeline({ ...sample(), lean: true });
  const frame = frameAt(lean, { step: 1, viewer: "alice", beat: -1 });
  assert.match(nodeRows(lean, frame, 1)[0].value, /stay with Python/);
  const keys = { [frame.marks[1].key ?? ""]: { public: "aa", private: "bb" } };
  const given = { step: 1, node: 1, keys, nodes: [], hash: "cc", path: [] };
  const rows = Object.fromEntries(nodeRows(lean, frame, 1, given).map(({ name, value }) => [name, value]));
  assert.deepEqual([rows.encryption_key, rows["private key"], rows.tree_hash], ["aa", "bb", "cc"]);
  assert.match(nodeRows(lean, frame, 3, given)[0].value, /stay with Python/, "those of another node do not count");
});

test("who sees a step can be listed, or who does not", () => {
  const [step] = sample().steps;
  assert.equal(isUnseen({ ...step, unseen_by: ["alice"] }, "alice"), true);
  assert.equal(isUnseen({ ...step, unseen_by: undefined, seen_by: ["alice"] }, "alice"), false);
  assert.equal(isUnseen({ ...step, unseen_by: undefined, seen_by: ["alice"] }, "bob"), true);
});
