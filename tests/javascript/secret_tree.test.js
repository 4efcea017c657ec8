import assert from "node:assert/strict";
import test from "node:test";
import { cellsOf, frameAt, leavesBelow, nodeOver, pathTo, readIn } from "../../widgets/secret_tree/frame.js";
import { layout, neighbour } from "../../widgets/secret_tree/geometry.js";
import { draw } from "../../widgets/secret_tree/picture.js";
import { messageSentence, ratchetWords, sentence, tableRows } from "../../widgets/secret_tree/words.js";
import { secretTree } from "./secrets.js";

/** @param {Partial<import("../../widgets/secret_tree/frame.js").Place>} [place] */
function at(place = {}) {
  return frameAt(secretTree(), { step: 3, viewer: "alice", epoch: -1, message: -1, leaf: -1, selected: "", ...place });
}

/** What the viewer has at the seven nodes. @param {Partial<import("../../widgets/secret_tree/frame.js").Place>} place */
function nodes(place) {
  const { standing } = at(place);
  return [0, 1, 2, 3, 4, 5, 6].map(standing);
}

test("an unopened tree is one secret, from which all others can be derived", () => {
  assert.deepEqual(nodes({ step: 0 }), ["below", "below", "below", "held", "below", "below", "below"]);
  assert.deepEqual(nodes({ step: 3, viewer: "carol" }), ["below", "below", "below", "held", "below", "below", "below"]);
});

test("a sent message opens the way to its leaf, and the secrets on the way are deleted", () => {
  assert.deepEqual(nodes({ step: 1 }), ["deleted", "deleted", "held", "deleted", "below", "held", "below"]);
  assert.deepEqual([...at({ step: 1 }).opened], [[0, 0]]);
});

test("after the epoch nothing is left, and nothing can be derived again", () => {
  assert.deepEqual(nodes({ step: 4, epoch: 1 }), ["deleted", "deleted", "deleted", "deleted", "gone", "deleted", "gone"]);
  assert.match(sentence(at({ step: 4, epoch: 1 }), 0), /has deleted the whole tree/);
  assert.equal(at({ step: 4 }).epoch, 2, "the viewer's own epoch");
});

test("who was never in the epoch never had a secret; what leaked is marked", () => {
  assert.ok(nodes({ step: 2, viewer: "attacker" }).every((each) => each === "never"));
  assert.deepEqual(nodes({ step: 3, viewer: "attacker" }), ["deleted", "deleted", "leaked", "deleted", "below", "leaked", "below"]);
});

/** @param {Partial<import("../../widgets/secret_tree/frame.js").Place>} place @param {number} [room] */
function application(place, room = 6) {
  const frame = at({ leaf: 0, ...place });
  return cellsOf(frame, frame.ratchets[1], room).map(({ state }) => state);
}

test("a generation is used, skipped and kept, pending, or gone", () => {
  assert.deepEqual(application({}), ["used", "used", "next", "next", "next", "next"]);
  assert.deepEqual(application({ viewer: "bob" }), ["kept", "used", "next", "next", "next", "next"]);
  assert.deepEqual(application({ viewer: "carol" }), ["next", "next", "next", "next", "next", "next"]);
  assert.deepEqual(application({ step: 4, epoch: 1, viewer: "carol" }).slice(0, 2), ["next", "next"], "Carol has not read the commit");
  assert.deepEqual(application({ step: 4, epoch: 1, viewer: "bob" }), ["gone", "used", "gone", "gone", "gone", "gone"]);
});

test("a generation beyond the limit of the device is refused", () => {
  const frame = at({ leaf: 0 });
  const far = cellsOf(frame, frame.ratchets[1], 20).filter(({ state }) => state === "refused");
  assert.equal(far[0].generation, 2 + 10 + 1);
});

test("where the limits of the devices are unknown, no generation is refused, and the words say so", () => {
  const known = at({ leaf: 0 });
  const frame = { ...known, view: { ...known.view, limits: null } };
  assert.deepEqual(cellsOf(frame, frame.ratchets[1], 20).filter(({ state }) => state === "refused"), []);
  assert.match(sentence(frame, 0), /The record does not say how many keys a message may skip\.$/);
  assert.equal(ratchetWords(frame, frame.ratchets[1]), "next key: 2");
  assert.equal(ratchetWords(known, known.ratchets[1]), "next key: 2, up to 12");
});

test("a message lights up its way and its generation, and shows the ratchets of its leaf", () => {
  const frame = at({ message: 0, viewer: "bob" });
  assert.deepEqual([...frame.lit], [3, 1, 0]);
  assert.equal(frame.leaf, 0);
  assert.equal(readIn(frame, 0), null);
  assert.equal(readIn(frame, 1), 2);
  assert.match(messageSentence(frame), /application key 0 of leaf 0 in epoch 1\. Bob has not used the key\. Alice used the key\./);
  assert.equal(at({ message: 1, step: 1 }).message, -1, "it is not sent yet");
  const { shapes } = draw(frame, { layout: layout(4, 0, 720), width: 720, stop: "" });
  assert.equal(JSON.stringify(shapes).split("mls-generation is-kept mls-hue-1 is-path").length, 2);
});

test("nodes, leaves and ways fit together", () => {
  assert.deepEqual([leavesBelow(3), leavesBelow(5), leavesBelow(6)], [[0, 4], [2, 2], [3, 1]]);
  for (let leaf = 0; leaf < 16; leaf += 1) {
    const path = pathTo(leaf, 16);
    assert.deepEqual([path[0], path.at(-1), path.length], [nodeOver(0, 16), 2 * leaf, 5]);
    assert.ok(path.every((node) => leavesBelow(node)[0] <= leaf && leaf < leavesBelow(node)[0] + leavesBelow(node)[1]));
  }
});

for (const [count, width] of [[1, 320], [4, 320], [8, 320], [64, 1100], [1024, 320], [1024, 1100]]) {
  test(`${count} leaves at ${width} pixels: every leaf is drawn or folded, once, and nothing is cut off`, () => {
    const leaf = count - 1;
    const now = layout(count, leaf, width);
    const ends = now.spots.filter(({ node, isFolded }) => isFolded || leavesBelow(node)[1] === 1);
    const covered = ends.flatMap(({ node }) => Array.from({ length: leavesBelow(node)[1] }, (_, place) => leavesBelow(node)[0] + place));
    assert.deepEqual(covered.sort((one, other) => one - other), Array.from({ length: count }, (_, place) => place));
    assert.ok(now.spots.every(({ x, y }) => x >= 18 && x <= width - 18 && y < now.height));
    assert.ok(now.spots.length <= 32);
  });
}

test("the arrow keys reach every node, also of a folded tree", () => {
  for (const now of [layout(8, 3, 1000), layout(64, 20, 320)]) {
    const reached = new Set([now.spots[0].node]);
    for (const here of reached) {
      for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]) reached.add(neighbour(now, here, key));
    }
    assert.deepEqual([...reached].sort(), now.spots.map(({ node }) => node).sort());
  }
});

test("the table has each node of the picture, both ratchets, and each key that is not simply pending", () => {
  const frame = at({ viewer: "bob", leaf: 0 });
  const rows = tableRows(frame, layout(4, 0, 720)).map(([place]) => place);
  assert.deepEqual(rows.slice(-4), ["handshake ratchet of Alice", "application ratchet of Alice", "application key 0", "application key 1"]);
});
