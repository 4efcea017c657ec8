import assert from "node:assert/strict";
import test from "node:test";
import { frameAt, timeline } from "../../widgets/ratchet_tree/frame.js";
import { layout } from "../../widgets/ratchet_tree/geometry.js";
import { MARKS as DERIVATION } from "../../widgets/derivation_graph/key.js";
import { MARKS as SCHEDULE } from "../../widgets/key_schedule/key.js";
import { MARKS as LIFETIMES } from "../../widgets/key_lifetimes/key.js";
import { MARKS as TREE } from "../../widgets/ratchet_tree/key.js";
import { drawTokens } from "../../widgets/ratchet_tree/motion.js";
import { draw } from "../../widgets/ratchet_tree/picture.js";
import { MARKS as ROOM } from "../../widgets/room/key.js";
import { MARKS as SECRETS } from "../../widgets/secret_tree/key.js";
import { MARKS as MATRIX } from "../../widgets/security_matrix/key.js";
import { MARKS as SIDES } from "../../widgets/group_diff/key.js";
import { MARKS as TIMELINE } from "../../widgets/timeline/key.js";
import { MARKS as WIRE } from "../../widgets/wire_inspector/key.js";
import { entriesIn } from "../../widgets/shared/key.js";
import { sample } from "./sample.js";

const PICTURES = { tree: TREE, matrix: MATRIX, lifetimes: LIFETIMES, derivation: DERIVATION, room: ROOM, timeline: TIMELINE, sides: SIDES, schedule: SCHEDULE, secrets: SECRETS, wire: WIRE };

for (const [picture, marks] of Object.entries(PICTURES)) {
  test(`each mark in the key of the ${picture} is drawn as in the picture, and explained once`, () => {
    for (const entry of marks) assert.ok(entriesIn([entry.mark], marks).includes(entry), entry.text);
    assert.equal(new Set(marks.map(({ text }) => text)).size, marks.length);
  });
}

test("a mark is in the key if a shape has all its classes and none of those that it must not have", () => {
  /** @param {string[]} is @param {string[]} [not] */
  const found = (is, not) => entriesIn(SHAPES, [{ name: "", text: "", mark: ["g"], is, not }]).length === 1;
  /** @type {import("../../widgets/shared/shapes.js").Shape[]} */
  const SHAPES = [["g", { class: "a b" }, [["g", { class: "c" }], "words"]], ["g"]];
  assert.ok(found(["a", "b"]) && found(["c"]) && found(["a"], ["c"]));
  assert.ok(!found(["a", "c"]) && !found(["a"], ["b"]) && !found(["d"]));
});

test("the key of a tree names what is in it now", () => {
  const time = timeline(sample());
  /** @param {number} step @param {string} viewer @param {number} [beat] @param {number} [width] */
  const names = (step, viewer, beat = -1, width = 720) => {
    const frame = frameAt(time, { step, viewer, beat });
    const places = layout(frame.leafCount, { width, zoom: 1, tallest: 4 });
    return entriesIn([...draw(frame, places), ...drawTokens(frame.tokens, places, 1)], TREE).map(({ name }) => name);
  };
  assert.deepEqual(names(0, "alice"), ["member", "private key held", "blank", "unmerged leaves", "start of the public key"]);
  assert.deepEqual(names(0, "server"), ["unknown"]);
  assert.ok(names(1, "alice").includes("path of the commit") && names(1, "alice").includes("new in this epoch"));
  assert.ok(names(1, "alice", 3).includes("ciphertext") && !names(1, "alice", 3).includes("opened"));
  assert.ok(names(1, "alice", 4).includes("opened") && !names(1, "alice", 4).includes("ciphertext"));
  assert.ok(names(1, "alice", 4).includes("secret"));
  assert.ok(names(2, "attacker").includes("private key leaked"));
  assert.ok(!names(0, "alice", -1, 90).includes("start of the public key"), "no room for it");
});
