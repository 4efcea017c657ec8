import assert from "node:assert/strict";
import { test } from "node:test";
import { countsOf, enlargement, votesOf, withOwnKeys } from "../../widgets/app/room.js";
import { layout } from "../../widgets/ratchet_tree/geometry.js";

const VIEW = /** @type {any} */ ({
  viewers: [{ id: "server", name: "an observer", kind: "server" }],
  keyframe: { nodes: { 0: { kind: "leaf", key: "k0" }, 1: { kind: "parent", key: "k1" }, 2: { kind: "leaf", key: "k2" } } },
  steps: [{ sentence: "A tree.", keys_learned: {} }],
});

test("the tree of a person shows the keys of the person's own device, and a blank node has none", () => {
  const view = withOwnKeys({ kind: "tree", own: 2, held: [1, 2, 3], view: VIEW });
  const [me, other] = view.viewers;
  assert.equal(me.name, "You");
  assert.equal(other.id, "server");
  assert.deepEqual(view.steps[0].keys_learned[me.id].map(({ key }) => key), ["k1", "k2"]);
});

test("the own leaf is lit, and the sentence says which it is", () => {
  const [beat] = withOwnKeys({ kind: "tree", own: 2, held: [2], view: VIEW }).steps[0].beats;
  assert.deepEqual(beat.nodes, [2]);
  assert.equal(beat.sentence, "You are leaf 1, which is lit. A tree.");
  const [removed] = withOwnKeys({ kind: "tree", own: 6, held: [], view: VIEW }).steps[0].beats;
  assert.deepEqual([removed.nodes, removed.sentence], [[], "A tree."]);
});

test("the tree of the projector holds nobody's keys", () => {
  assert.equal(withOwnKeys({ kind: "tree", own: -1, held: [], view: VIEW }), VIEW);
});

test("the counts of a class name the attacker only when there is one", () => {
  const room = { story: [], epoch: 3, members: 1, away: 0, waiting: 0, messages: 2, reads: 0, reads_now: false, is_attacked: false, is_open: true, people: [] };
  assert.deepEqual(countsOf(room), ["epoch 3", "1 member", "2 messages"]);
  const attacked = { ...room, members: 4, away: 1, waiting: 2, is_attacked: true, reads: 1, reads_now: true };
  assert.deepEqual(countsOf(attacked), ["epoch 3", "4 members, 1 away", "2 waiting", "2 messages", "the attacker has read 1, and reads this epoch"]);
});

test("an open question tells how many have answered, a closed one also what is so", () => {
  const question = { text: "?", options: ["Yes", "No"], is_open: true, voters: 1, counts: null, own: -1, answer: -1 };
  assert.equal(votesOf(question), "1 answer so far");
  assert.equal(votesOf({ ...question, is_open: false, voters: 3, counts: [1, 2] }), "3 answers.");
  assert.equal(votesOf({ ...question, is_open: false, voters: 3, counts: [1, 2], answer: 1 }), "3 answers. It is: No.");
});

test("the projector draws the tree larger where there is height for it, and never too high", () => {
  const place = { clientWidth: 806, clientHeight: 639 };
  assert.equal(enlargement(8, { ...place, clientHeight: 700 }), 1.7);
  for (const leaves of [1, 2, 4, 8, 16, 32, 64, 128, 512]) {
    const scale = enlargement(leaves, place);
    const { height } = layout(leaves, { width: place.clientWidth / scale, zoom: 1, tallest: leaves });
    assert.ok(scale === 1 || height * scale < place.clientHeight, `${leaves} leaves`);
    assert.ok(leaves > 64 || scale * 12 > 14.9, `labels of ${scale * 12} pixels for ${leaves} leaves`);
  }
  assert.equal(enlargement(64, { clientWidth: 370, clientHeight: 300 }), 1);
});
