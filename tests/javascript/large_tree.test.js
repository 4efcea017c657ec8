/** A tree that is larger than its picture: where its nodes are, what is drawn, and how a member is found in it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { frameAt, timeline } from "../../widgets/ratchet_tree/frame.js";
import { leavesNamed } from "../../widgets/ratchet_tree/find.js";
import { copath, level, radius, root, x, y } from "../../widgets/ratchet_tree/geometry.js";
import { ALL, centred, foldedAt, inSight, largeLayout, nodeUnder, zoomed } from "../../widgets/ratchet_tree/large_layout.js";
import { way } from "../../widgets/ratchet_tree/picture.js";
import { drawLarge, foldedWords } from "../../widgets/ratchet_tree/large_picture.js";
import { contentsOf } from "../../widgets/ratchet_tree/subtrees.js";

const LEAVES = 16384;
const WIDTH = 1000;
const whole = largeLayout(LEAVES, WIDTH, ALL);

/** A group in which one leaf in four is blank, and the viewer holds the keys of member 0. @param {number} leaves */
function view(leaves, names = (/** @type {number} */ number) => `Member ${number}`) {
  const people = Array.from({ length: leaves }, (_, number) => number).filter((number) => number % 4 !== 3);
  const step = { kind: "create", actor: "m0", title: "", sentence: "", epoch: 1, set: {}, blank: [], keys_deleted: {}, path: null };
  return /** @type {any} */ ({
    members: people.map((number) => ({ id: `m${number}`, name: names(number), initial: "M", hue: number % 8 })),
    viewers: [{ id: "m0", name: "Member 0", kind: "member" }],
    keys: Object.fromEntries(people.map((number) => [`k${number}`, { public: "abcd", private: null }])),
    keyframe: {
      epoch: 1,
      leaf_count: leaves,
      group: {},
      nodes: Object.fromEntries(people.map((number) => [2 * number, { kind: "leaf", member: `m${number}`, key: `k${number}`, values: {} }])),
    },
    steps: [{ ...step, keys_learned: { m0: [{ key: "k0", how: "generated" }] }, proposals: [], message: null, beats: [] }],
  });
}

/** @param {any} of */
const frameOf = (of) => frameAt(timeline(of), { step: 0, beat: -1, viewer: "m0" });
const frame = frameOf(view(1024));

/** All shapes of a class. @param {any[]} shapes @param {string} name @returns {any[]} */
const shapesOf = (shapes, name) =>
  shapes.flatMap((shape) =>
    typeof shape === "string" ? [] : [...(String(shape[1]?.class).split(" ").includes(name) ? [shape] : []), ...shapesOf(shape[2] ?? [], name)],
  );

test("the whole tree fits in the picture, and far fewer nodes are drawn than there are", () => {
  assert.ok(x(whole, 0) >= 0 && x(whole, 2 * LEAVES - 2) <= WIDTH);
  const { nodes, blocks } = inSight(whole);
  assert.ok(nodes.length < 2 * WIDTH, `${nodes.length} nodes`);
  assert.equal(blocks.length * 2 ** level(blocks[0]), LEAVES, "each leaf is in one block");
});

test("close up, the leaves around a place are drawn and their ancestors stay in sight", () => {
  const close = largeLayout(LEAVES, WIDTH, centred(whole, 20000));
  const { nodes, blocks } = inSight(close);
  assert.deepEqual(blocks, []);
  assert.ok(nodes.includes(20000) && nodes.length < 100);
  assert.ok(Math.abs(x(close, 20000) - WIDTH / 2) < 1);
  for (let node = root(LEAVES); nodes.includes(node) && level(node) > 6; node -= 2 ** (level(node) - 1))
    assert.ok(x(close, node) >= 0 && x(close, node) <= WIDTH, `node ${node}`);
});

test("a zoom keeps what is under the pointer there, and ends at the whole tree", () => {
  const at = 700;
  const close = largeLayout(LEAVES, WIDTH, zoomed(whole, 8, at));
  const leafAt = (/** @type {import("../../widgets/ratchet_tree/large_layout.js").LargeLayout} */ places) => (at - places.look.left) / places.gap;
  assert.ok(Math.abs(leafAt(close) - leafAt(whole)) < 0.01);
  assert.equal(largeLayout(LEAVES, WIDTH, zoomed(close, 1e-6, at)).gap, whole.gap);
});

test("the tree never leaves the picture, however far it is dragged", () => {
  const close = largeLayout(LEAVES, WIDTH, { ...ALL, gap: 20, left: 1e9 });
  assert.ok(close.look.left <= 24);
  const end = largeLayout(LEAVES, WIDTH, { ...ALL, gap: 20, left: -1e9 });
  assert.ok(end.look.left + LEAVES * 20 >= WIDTH - 25);
});

test("a folded subtree takes the room of one leaf, and its nodes stand where it stands", () => {
  const close = largeLayout(64, WIDTH, { ...ALL, gap: 40, left: 0 });
  const look = foldedAt(close, 15);
  const folded = largeLayout(64, WIDTH, look);
  assert.deepEqual(folded.slot(4), folded.slot(15));
  assert.equal(folded.slot(4).at, 15);
  assert.equal(folded.slot(32).first, 1);
  assert.deepEqual(inSight(folded).nodes.filter((node) => node < 31 && node !== 15), []);
  assert.deepEqual(foldedAt(folded, 15).folded, new Set());
  const twice = largeLayout(64, WIDTH, foldedAt(folded, 31));
  assert.equal(twice.slot(4).at, 31);
  assert.deepEqual(centred(twice, 4).folded, new Set(), "a jump unfolds what hides the leaf");
});

test("the pointer finds each node that is drawn, and in a block the node above it", () => {
  const close = largeLayout(LEAVES, WIDTH, centred(whole, 20000));
  for (const places of [whole, close])
    for (const node of inSight(places).nodes.filter((each) => radius(places, each) > 4))
      assert.equal(nodeUnder(places, x(places, node), y(places, node)), node);
  const [block] = inSight(whole).blocks;
  assert.equal(nodeUnder(whole, x(whole, block), whole.base - 20), block);
  assert.equal(nodeUnder(whole, 500, 2), -1);
});

test("a block says what is in it: members, blanks and held keys", () => {
  const places = largeLayout(1024, WIDTH, ALL);
  const shapes = drawLarge(frame, places);
  const blocks = shapesOf(shapes, "mls-block");
  assert.equal(blocks.length, inSight(places).blocks.length);
  assert.ok(blocks.every(([, { class: name }]) => name.includes("is-part")));
  assert.deepEqual(blocks.filter(([, { class: name }]) => name.includes("has-held")).map(([, , , node]) => node), [inSight(places).blocks[0]]);
  assert.equal(contentsOf(frame).members[root(1024)], 768);
  assert.match(foldedWords(frame, places), /^Each block stands for a subtree of \d+ leaves: together 1024 leaves, with 768 members/);
  assert.equal(foldedWords(frameOf(view(64)), largeLayout(64, WIDTH, ALL)), "");
});

test("a leaf under the pointer shows its direct path and its copath", () => {
  const close = largeLayout(1024, WIDTH, centred(largeLayout(1024, WIDTH, ALL), 512));
  const shapes = drawLarge(frame, close, { pointed: 512 });
  assert.equal(shapesOf(shapes, "mls-direct").length, 10);
  assert.deepEqual(shapesOf(shapes, "mls-copath").map(([, , , key]) => key), copath(512, 1024).map((node) => `copath ${node}`));
  assert.deepEqual(copath(4, 4), [6, 1]);
  assert.deepEqual(way(frameOf(view(1)), largeLayout(1, WIDTH, ALL), 0), [], "the only leaf is the root");
});

test("members are found by any part of their name, the same name first", () => {
  const named = frameOf(view(64, (number) => (number === 5 ? "Ann" : number === 2 ? "Joann" : number === 9 ? "anna" : `constructor ${number}`)));
  assert.deepEqual(leavesNamed(named, " ann ").map(({ node }) => node), [10, 18, 4]);
  assert.deepEqual(leavesNamed(named, ""), []);
  assert.deepEqual(leavesNamed(named, "nobody"), []);
});
