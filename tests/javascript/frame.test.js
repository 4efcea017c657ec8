import assert from "node:assert/strict";
import test from "node:test";
import { frameAt, timeline, witness } from "../../widgets/ratchet_tree/frame.js";
import { sample } from "./sample.js";

/** @param {number} step @param {string} viewer @param {number} [beat] */
function at(step, viewer, beat = -1) {
  return frameAt(timeline(sample()), { step, viewer, beat });
}

/** @param {number} step @param {string} viewer @param {number} [beat] */
function holds(step, viewer, beat) {
  return at(step, viewer, beat).marks.map(({ hold }) => hold);
}

test("a frame has a mark for every node, blank ones included", () => {
  assert.deepEqual(
    at(0, "alice").marks.map(({ state }) => state),
    ["keyed", "blank", "keyed", "keyed", "keyed", "blank", "blank"],
  );
});

test("resolutions go through blank nodes and name unmerged leaves", () => {
  const { marks } = at(0, "alice");
  assert.deepEqual(marks[1].resolution, [0, 2]);
  assert.deepEqual(marks[3].resolution, [3, 4]);
  assert.deepEqual(marks[5].resolution, [4]);
  assert.deepEqual(marks[6].resolution, []);
});

test("each viewer holds its own private keys", () => {
  assert.deepEqual(holds(1, "alice"), ["held", "held", "", "held", "", "", ""]);
  assert.deepEqual(holds(1, "bob"), ["", "held", "held", "held", "", "", ""]);
  assert.deepEqual(holds(1, "carol"), ["", "", "", "held", "held", "", ""]);
  assert.deepEqual(holds(1, "server"), ["", "", "", "", "", "", ""]);
});

test("an attacker has what it compromised, and beside it what it computed from that", () => {
  assert.deepEqual(holds(2, "attacker"), ["", "leaked", "leaked", "", "", "", ""]);
  assert.deepEqual(holds(3, "attacker"), ["", "computed", ""]);
});

test("a healed leaf is no longer the attacker's", () => {
  assert.equal(at(2, "attacker").marks[2].hold, "leaked");
  assert.equal(at(3, "attacker").marks[2].hold, "");
});

test("a tree that shrinks loses its right half", () => {
  assert.equal(at(3, "alice").leafCount, 2);
  assert.equal(at(3, "alice").marks.length, 3);
});

test("a node that a viewer did not see change is unknown to it", () => {
  assert.deepEqual(
    at(3, "carol").marks.map(({ state }) => state),
    ["keyed", "unknown", "unknown"],
  );
  assert.ok(!at(3, "carol").seen);
});

test("a viewer outside knows nothing until it sees something", () => {
  assert.ok(at(0, "server").marks.every(({ state }) => state === "unknown"));
  assert.deepEqual(
    at(3, "server").marks.map(({ state }) => state),
    ["unknown", "keyed", "keyed"],
  );
});

test("unknown nodes give nothing away", () => {
  const [mark] = at(0, "server").marks;
  assert.deepEqual([mark.member, mark.key, mark.print, mark.hold, mark.unmerged], [null, null, "", "", []]);
});

test("a ring marks what is new in this epoch, until the next begins", () => {
  assert.deepEqual(
    at(0, "alice").marks.map(({ fresh }) => fresh),
    Array(7).fill(false),
  );
  assert.deepEqual(
    at(1, "alice").marks.map(({ fresh }) => fresh),
    [true, true, false, true, false, false, false],
  );
  assert.deepEqual(
    at(2, "alice").marks.map(({ fresh }) => fresh),
    [true, true, false, true, false, false, false],
  );
  assert.deepEqual(
    at(3, "alice").marks.map(({ fresh }) => fresh),
    [false, true, true],
  );
});

test("nodes take their new keys beat by beat", () => {
  const keys = [0, 1, 2].map((beat) => at(1, "alice", beat).marks.map(({ key }) => key));
  assert.deepEqual(keys[0].slice(0, 4), ["a1", null, "b0", "r0"]);
  assert.deepEqual(keys[1].slice(0, 4), ["a1", "p1", "b0", "r0"]);
  assert.deepEqual(keys[2].slice(0, 4), ["a1", "p1", "b0", "r1"]);
});

test("the committer holds a new key as soon as it is there, the others once they have opened their envelope", () => {
  assert.equal(holds(1, "alice", 1)[1], "held");
  assert.equal(holds(1, "bob", 3)[1], "");
  assert.equal(holds(1, "bob", 4)[1], "held");
});

test("the epoch turns with its beat", () => {
  assert.equal(at(1, "alice", 4).epoch, 4);
  assert.equal(at(1, "alice", 5).epoch, 5);
  assert.equal(at(1, "alice", 5).tree.group.tree_hash, "bb");
});

test("a beat is known only to those it names", () => {
  assert.ok(at(1, "bob", 1).known);
  assert.ok(!at(1, "carol", 1).known);
  assert.ok(!at(1, "server", 2).known);
});

test("the path grows with the climb and stays when the step is over", () => {
  assert.deepEqual([...at(1, "alice", 0).path.keys()], []);
  assert.deepEqual([...at(1, "alice", 1).path.keys()], [0]);
  assert.deepEqual(
    [...at(1, "alice").path],
    [
      [0, "path"],
      [1, "path"],
    ],
  );
});

test("an envelope travels from its path node down to the node that can open it", () => {
  const routes = at(1, "alice", 3).tokens.map(({ kind, route }) => ({ kind, route }));
  assert.deepEqual(routes, [
    { kind: "envelope", route: [1, 2] },
    { kind: "envelope", route: [3, 5, 4] },
  ]);
});

test("an envelope is open at whoever opens it, and the viewer's own is marked", () => {
  const envelopes = (/** @type {string} */ viewer) =>
    at(1, viewer, 4)
      .tokens.filter(({ kind }) => kind === "envelope")
      .map(({ open, own }) => [open, own]);
  assert.deepEqual(envelopes("alice"), [
    [true, false],
    [true, false],
  ]);
  assert.deepEqual(envelopes("bob"), [
    [true, true],
    [true, false],
  ]);
  assert.deepEqual(at(1, "bob", 3).tokens.map(({ open }) => open), [false, false], "closed on their way");
});

test("for who cannot see what happened there is somebody who can", () => {
  const view = sample();
  const other = (/** @type {[number, string, number?]} */ ...place) => witness(view, at(...place))?.id ?? null;
  assert.equal(other(3, "alice"), null, "Alice sees it");
  assert.equal(other(3, "carol"), "bob", "who did it");
  assert.equal(other(2, "alice"), view.steps[2].unseen_by?.includes("alice") ? "attacker" : null);
  assert.equal(other(1, "carol", 1), "alice", "one who knows the secret of the beat");
  assert.equal(other(4, "attacker"), null, "it reads the message");
  assert.equal(other(4, "server"), "alice", "who can read the message");
});

test("those who open climb on from where they are", () => {
  const climbs = at(1, "bob", 4)
    .tokens.filter(({ kind }) => kind === "secret")
    .map(({ route }) => route);
  assert.deepEqual(climbs, [
    [2, 1, 3],
    [4, 5, 3],
  ]);
});

test("who did not see a step is shown nothing of it", () => {
  const frame = at(1, "server", 2);
  assert.deepEqual([...frame.path], []);
  assert.ok(frame.marks.every(({ lit }) => !lit));
  assert.deepEqual([...at(3, "carol").path], []);
});

test("who did not see a step sees nothing travel", () => {
  assert.deepEqual(at(1, "server", 3).tokens, []);
});

test("a message is open to whoever can read it", () => {
  assert.equal(at(4, "alice", 0).tokens[0].open, true);
  assert.equal(at(4, "attacker", 0).tokens[0].open, true);
  assert.equal(at(4, "server", 0).tokens[0].open, false);
});

test("every frame is the same whatever was looked at before", () => {
  const view = sample();
  view.steps = view.steps.concat(Array.from({ length: 40 }, () => ({ ...view.steps[4], beats: [] })));
  const scrubbed = timeline(view);
  for (const step of [44, 3, 17, 16, 15, 1, 33, 0, 44]) {
    const place = { step, beat: -1, viewer: "attacker" };
    assert.deepEqual(frameAt(scrubbed, place), frameAt(timeline(view), place));
  }
});

test("beside another viewer's tree, the nodes are marked of which the two know different things", () => {
  const marks = frameAt(timeline(sample()), { step: 1, viewer: "alice", beat: -1, beside: "carol" }).marks;
  const [own, other] = ["alice", "carol"].map((viewer) => at(1, viewer).marks);
  const differs = own.map(({ state, key, hold }, node) => state !== other[node].state || key !== other[node].key || hold !== other[node].hold);
  assert.deepEqual(marks.map((mark) => mark.differs !== ""), differs);
  assert.ok(differs.includes(true) && differs.includes(false));
  assert.deepEqual([...new Set(marks.map((mark) => mark.differs))].sort(), ["", "Carol"]);
  assert.ok(at(1, "alice").marks.every((mark) => mark.differs === ""), "alone nothing is marked");
});
