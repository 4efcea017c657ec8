/** Two sides of a group: what they have to do with each other, their rows, and what is drawn of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { drawnRows, frameOf, nodesOf, rowIn } from "../../widgets/group_diff/frame.js";
import { NARROW, draw } from "../../widgets/group_diff/picture.js";
import { areBeside, drawnTrees, stillTrees } from "../../widgets/group_diff/trees.js";
import { emptyWords, rowLabel, sentence, tableRows, treeLabel } from "../../widgets/group_diff/words.js";
import { write } from "../../widgets/shared/shapes.js";

/** @typedef {import("../../widgets/group_diff/view.d.ts").GroupDiffView} View */
/** @typedef {import("../../widgets/group_diff/view.d.ts").DiffEpochView} Epoch */
/** @typedef {import("../../widgets/ratchet_tree/frame.js").Drawn} Drawn */

const FACTS = ["group", "epoch", "cipher suite", "confirmed transcript hash", "tree hash", "extensions", "epoch authenticator"];

/** @param {string} id @param {number} epoch @param {Partial<Epoch>} [changes] @returns {Epoch} */
function epoch(id, epoch, changes = {}) {
  return { id, epoch, commit: -1, facts: ["g", String(epoch), "1", `c${id}`, "t", "none", `a${id}`], node_count: 3, nodes: {}, unseen_by: [], known_by: ["A", "B"], ...changes };
}

/** @param {string} words @param {number} ends @returns {import("../../widgets/group_diff/view.d.ts").DiffCommitView} */
const commit = (words, ends) => ({ words, member: "A", ends, size: 100, digest: "00", is_private: false });

const node = (/** @type {string} */ digest, /** @type {string | null} */ member = null) => ({ words: `key ${digest}`, digest, member, print: digest.padEnd(4, "0"), unmerged: [] });

/** Both lines share the epochs 0 and 1; then each goes on by itself. @returns {View} */
function forked() {
  return {
    ...{ format: "mls-workbench/group-diff-view", version: 1, title: "a group", viewers: [{ id: "A", name: "Alice", kind: "member" }, { id: "server", name: "the server", kind: "server" }] },
    members: [{ id: "A", name: "Alice", initial: "A", hue: 0 }, { id: "B", name: "Bob", initial: "B", hue: 1 }],
    facts: FACTS.map((name) => ({ name, section: "8.1" })),
    nodes: [node("a", "A"), node("p"), node("b", "B"), node("a2", "A"), node("p2")],
    epochs: [
      epoch("zero", 0, { nodes: { 0: 0 }, node_count: 1 }),
      epoch("one", 1, { commit: 0, nodes: { 1: 1, 2: 2 } }),
      epoch("left", 2, { commit: 1, nodes: { 0: 3, 1: 4 } }),
      epoch("right", 2, { commit: 2, nodes: { 1: null } }),
    ],
    lines: [
      { name: "line 1", epochs: [0, 1, 2], begins: [0, 1, 3], steps: ["create", "add", "message", "left"], places: { A: [{ step: 0, epoch: 0 }, { step: 1, epoch: 1 }, { step: 3, epoch: 2 }], B: [{ step: 1, epoch: 1 }] } },
      { name: "line 2", epochs: [0, 1, 3], begins: [0, 1, 2], steps: ["create", "add", "right"], places: { B: [{ step: 1, epoch: 1 }, { step: 2, epoch: 2 }] } },
    ],
    commits: [commit("Alice added Bob", 0), commit("Alice updated", 1), commit("Bob updated", 1)],
    pairs: [
      { first: 1, second: 2, struct: "MLSMessage", left_out: 3, fields: [{ path: "public_message.content.sender.leaf_index", section: "6", first: { text: "0", start: 27, end: 31 }, second: { text: "1", start: 27, end: 31 } }, { path: "public_message.x", section: "", first: { text: "00aa00aa00", start: 5, end: 6 }, second: null }] },
      { first: 1, second: -1, struct: "MLSMessage", left_out: 0, fields: [{ path: "version", section: "6", first: { text: "mls10", start: 0, end: 2 }, second: null }] },
    ],
  };
}

const PLACE = { step: 3, other_step: -1, viewer: "", first: "A", second: "B", first_line: 0, second_line: 1, selected: "", member: "" };
/** @param {Partial<typeof PLACE>} [changes] @param {View} [view] */
const frame = (changes = {}, view = forked()) => frameOf(view, { ...PLACE, ...changes });
/** @param {ReturnType<typeof frame>} now @param {string} id */
const section = (now, id) => /** @type {import("../../widgets/group_diff/frame.js").Section} */ (now.sections.find((each) => each.id === id));

test("a fork is told with the commits of both sides, and with the hashes that prove it", () => {
  const now = frame();
  assert.deepEqual(now.relation, { kind: "fork", common: 1, parted: 2, commits: [1, 2], ahead: 0, behind: 0 });
  assert.equal(sentence(now), "Alice and Bob share everything up to epoch 1. Then they part: epoch 2 began for Alice when Alice updated, and for Bob when Bob updated. The tree hash is the same on both sides, so it does not show the fork; the confirmed transcript hash and the epoch authenticator do.");
  assert.deepEqual(section(now, "commits").rows.map(({ state }) => state), ["same", "same", "differs"]);
  assert.equal(section(now, "facts").words, "2 of 7 fields differ");
});

test("before the fork the same sides are the same, or one is behind the other", () => {
  assert.equal(sentence(frame({ step: 1 })), "Alice and Bob are in epoch 1 of one history: group context and tree are the same.");
  const behind = frame({ second_line: 0 });
  assert.deepEqual([behind.relation.kind, behind.relation.behind, behind.relation.ahead], ["ahead", 1, 1]);
  assert.match(sentence(behind), /Alice is 1 commit ahead: Bob has not processed the one that began epoch 2: Alice updated\.$/);
  assert.deepEqual(section(behind, "fields").rows.map(({ name, state, first }) => [name, state, first?.bytes]), [["version", "first", "bytes 0 to 1"]]);
});

test("exchanged sides have their fields exchanged too", () => {
  const fields = (/** @type {ReturnType<typeof frame>} */ now) => section(now, "fields").rows.map(({ state, first, second }) => [state, first?.text, second?.text]);
  assert.deepEqual(fields(frame()), [["differs", "0", "1"], ["first", "00aa00aa00", undefined]]);
  assert.deepEqual(fields(frame({ first: "B", second: "A", first_line: 1, second_line: 0 })), [["differs", "1", "0"], ["second", undefined, "00aa00aa00"]]);
  assert.deepEqual(fields(frame({ first: "B", second: "A", second_line: 0 })), [["second", undefined, "mls10"]]);
});

test("two steps of one side are two moments", () => {
  const now = frame({ second: "A", second_line: 0, step: 1, other_step: 3 });
  assert.equal(sentence(now), "Between step 2 and step 4 Alice goes on by 1 commit, from epoch 1 to epoch 2. The first of them began epoch 2: Alice updated.");
  assert.equal(sentence(frame({ second: "A", second_line: 0, step: 2, other_step: 1 })), "After steps 3 and 2 Alice is in epoch 1: group context and tree are the same.");
  assert.equal(sentence(frame({ step: 0, second_line: 0 })), "Bob is not in the group after step 1.");
});

test("the nodes that differ are found, also those that one side has blank or does not have", () => {
  assert.deepEqual(section(frame(), "tree").rows.map(({ name, first, second }) => [name, first?.text, second?.text]), [["node 0, Alice", "key a2", "key a"], ["node 1", "key p2", "blank"]]);
  const grown = frame({ first: "", second: "", second_line: 0, step: 0, other_step: 1 });
  assert.deepEqual(section(grown, "tree").rows.map(({ state }) => state), ["second", "second"]);
  const shrunk = forked();
  shrunk.epochs[2].node_count = 1;
  assert.deepEqual([...nodesOf(shrunk, frame({}, shrunk).sides[0]).nodes.keys()], [0]);
});

test("what a viewer cannot know is unknown: the authenticator of others, and epochs that it has not seen", () => {
  const server = frame({ viewer: "server" });
  const authenticator = section(server, "facts").rows[6];
  assert.deepEqual([authenticator.state, emptyWords(server, authenticator, 0)], ["unknown", "unknown to the server"]);
  const view = forked();
  view.epochs[3].unseen_by = ["A"];
  const unseen = frame({ viewer: "A" }, view);
  assert.equal(sentence(unseen), "Whether Alice and Bob differ from epoch 2 on is unknown to Alice.");
  assert.equal(section(unseen, "tree").words, "unknown to this viewer");
});

test("without the commits it is unknown where two states part, and two groups are two groups", () => {
  const view = forked();
  view.lines = [{ ...view.lines[0], epochs: [2], begins: [0], steps: ["left"] }, { ...view.lines[1], epochs: [3], begins: [0], steps: ["right"] }];
  view.epochs[2].commit = view.epochs[3].commit = -1;
  const now = frame({ first: "", second: "" }, view);
  assert.match(sentence(now), /^Line 1 and line 2 are both in epoch 2, and not in the same one\. Where they part is unknown: the commits/);
  view.epochs[3].facts[0] = "h";
  assert.equal(sentence(frame({ first: "", second: "" }, view)), "Line 1 and line 2 are of different groups: g and h.");
});

test("both trees are drawn in the same places, with a sign and words at the nodes that are not the same", () => {
  const now = frame();
  const [ours, theirs] = /** @type {[Drawn, Drawn]} */ (drawnTrees(now));
  assert.deepEqual(ours.marks.map(({ state, differs }) => [state, differs]), [["keyed", "Bob"], ["keyed", "Bob"], ["keyed", ""]]);
  assert.deepEqual(theirs.marks.map(({ state, differs }) => [state, differs]), [["keyed", "Alice"], ["blank", "Alice"], ["keyed", ""]]);
  assert.deepEqual(theirs.marks[1].resolution, [0, 2]);
  assert.equal(treeLabel(now, 1), "Ratchet tree of Bob in epoch 2: 3 nodes, 2 not the same for Alice");
  const places = (/** @type {string} */ text) => [...text.matchAll(/is-(?:leaf|parent)[^>]* transform="([^"]*)"/g)].map(([, at]) => at);
  const [first, second] = stillTrees(now, 720).shapes.map((shape) => write(shape));
  assert.deepEqual(places(first), places(second), "the same node stands in the same place");
  assert.equal(first.split("mls-differs").length - 1, 2);
});

test("a smaller tree keeps the places of the larger one, and nodes that it does not have are not drawn", () => {
  const grown = frame({ first: "", second: "", second_line: 0, step: 0, other_step: 1 });
  const [small] = stillTrees(grown, 720).shapes.map((shape) => write(shape));
  assert.equal(small.split("mls-node is-").length - 1, 2, "the group that holds one node, and the node itself");
  assert.ok(!small.includes("mls-edge "), "its only node has no parent");
  const view = forked();
  view.epochs[3].unseen_by = ["A"];
  assert.deepEqual(stillTrees(frame({ viewer: "A" }, view), 720), { shapes: [], height: 0, left: "" });
});

test("many leaves stand one below the other, few beside each other, and in a narrow place all below each other", () => {
  assert.deepEqual([areBeside(8, 720), areBeside(16, 720), areBeside(2, 400)], [true, false, false]);
});

test("a node that is the same on both sides has a row of its own when it is chosen", () => {
  const row = rowIn(frame(), "node 2");
  assert.deepEqual([row?.name, row?.state, row?.first?.text], ["node 2, Bob", "same", "key b"]);
  assert.deepEqual([rowIn(frame(), "node 3"), rowIn(frame(), "node 1")?.state, rowIn(frame(), "")], [null, "differs", null]);
});

test("long sections are folded, and the table has every row", () => {
  const view = forked();
  view.epochs[2].node_count = 101;
  for (let index = 3; index < 101; index += 1) view.epochs[2].nodes[index] = view.nodes.push(node(String(index))) - 1;
  const now = frame({}, view);
  const drawn = drawnRows(section(now, "tree"));
  assert.deepEqual([drawn.rows.length, drawn.more], [12, 88]);
  assert.equal(tableRows(now).length, now.sections.reduce((sum, { rows }) => sum + rows.length, 0));
  assert.match(rowLabel(now, section(now, "facts").rows[3]), /^confirmed transcript hash: differs; Alice: cleft; Bob: cright$/);
});

test("in a narrow place the two sides stand one below the other, and nothing leaves the picture", () => {
  for (const width of [NARROW - 1, NARROW + 200]) {
    const { shapes, height } = draw(frame(), { width, stop: "epoch 0" });
    const text = shapes.map((shape) => write(shape)).join("");
    assert.ok(height > 300);
    assert.equal(text.includes("mls-diff-letter"), width < NARROW);
    assert.equal(text.includes("mls-diff-stem"), width >= NARROW);
    assert.equal(text.match(/tabindex="0"/g)?.length, 1);
  }
});
