/** The timeline: its lines, its lanes, and what it leaves out of a large group. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { LANES, STEPS, frameOf, line, signed, standingAt } from "../../widgets/timeline/frame.js";
import { draw, drawList, extent, stepAt } from "../../widgets/timeline/picture.js";
import { branchTitle, itemLabel, lateWords, othersName, sentence, tableRows } from "../../widgets/timeline/words.js";

/** @typedef {import("../../widgets/timeline/view.d.ts").TimelineView} View */
/** @typedef {import("../../widgets/timeline/view.d.ts").TimelineStepView} Step */

/** @param {string} title @param {number} epoch @param {Partial<Step>} [changes] @returns {Step} */
function step(title, epoch, changes = {}) {
  return { kind: "commit", lane: 0, title, sentence: `${title}.`, epoch, members: 2, touched: [], text: null, sends: true, signatures: [], notes: [], unseen_by: [], ...changes };
}

/** @param {number} lanes @param {Step[]} steps @param {Partial<View>} [changes] @returns {View} */
function view(lanes, steps, changes = {}) {
  const names = Array.from({ length: lanes }, (_, index) => `Member ${index}`);
  return {
    ...{ format: "mls-workbench/timeline-view", version: 1, title: "a group", group_id: "00", first: 0, left_out: "" },
    viewers: names.map((name) => ({ id: name, name, kind: "member" })),
    lanes: names.map((name, index) => ({ id: name, name, initial: "M", hue: index % 8, recorded: true, acts: lanes - index })),
    branches: [{ name: "", parent: -1, at: -1, steps, histories: names.map((_, lane) => ({ lane, spans: [{ start: 0, end: null, came: "", went: "" }], gaps: [] })) }],
    ...changes,
  };
}

const PLACE = { step: 0, viewer: "", member: "", message: -1, branch: 0 };
const FORK = view(2, [step("one", 0), step("two", 1), step("three", 2)]);
FORK.branches.push({ ...FORK.branches[0], name: "other", parent: 0, at: 1, steps: [step("other", 2), step("last", 3)] });

test("a branch has the steps of its parent until it leaves, then its own", () => {
  assert.deepEqual(line(FORK, 1, "").map(({ number, step: { title } }) => [number, title]), [[0, "one"], [1, "two"], [2, "other"], [3, "last"]]);
  const main = frameOf(FORK, PLACE);
  assert.equal(branchTitle(main.sides[0]), "other: 2 steps of its own after step 2, epochs 2 to 3");
  const other = frameOf(FORK, { ...PLACE, branch: 1, step: 3 });
  assert.deepEqual(other.epochs.map(({ label }) => label), ["0", "1", "2′", "3′"]);
  assert.equal(branchTitle(other.sides[0]), "the main line: 1 step of its own after step 2, epoch 2");
});

test("a branch leaves the line that it forks, and a log without a shared step stands alone", () => {
  const two = view(2, [step("one", 0), step("two", 1)]);
  two.branches.push({ ...two.branches[0], name: "another log", steps: [step("three", 0), step("four", 1)] });
  const way = (/** @type {View} */ of) => JSON.stringify(draw(frameOf(of, PLACE), { width: 600 })).match(/"mls-fork","d":"(M[^"]*)"/)?.[1];
  assert.match(way(FORK) ?? "", /C.*H/);
  assert.match(way(two) ?? "", /^M[\d.]+ [\d.]+H[\d.]+$/);
});

test("sixty members have twelve lanes, of those who did most, and the others are counted and found by name", () => {
  const many = view(60, [step("one", 0, { lane: 40 })]);
  const frame = frameOf(many, PLACE);
  assert.deepEqual([frame.lanes.length, frame.folded, othersName(frame)], [LANES.folded, 48, "48 others"]);
  assert.deepEqual(frameOf(many, { ...PLACE, member: "Member 59" }).lanes.at(-1)?.isChosen, true);
  assert.deepEqual(frameOf(many, PLACE, { query: "ber 5", isOpen: false }).lanes.map(({ lane }) => lane.name).slice(0, 2), ["Member 5", "Member 50"]);
  assert.equal(frameOf(many, PLACE, { query: "", isOpen: true }).folded, 0);
});

test("of a long history the steps around the one that is shown are drawn, and the rest is counted", () => {
  const long = view(2, Array.from({ length: 1000 }, (_, index) => step(`step ${index}`, index)));
  const frame = frameOf(long, { ...PLACE, step: 500 });
  assert.deepEqual([frame.items.length, frame.earlier, frame.later], [STEPS, 380, 380]);
  assert.ok(JSON.stringify(drawList(frame, "id")).includes("earlier steps"));
  assert.equal(tableRows(frame).length, 1000);
});

test("a place of the picture is a step, and the picture is as wide as its steps need", () => {
  const frame = frameOf(FORK, PLACE);
  const size = { width: 600 };
  const room = extent(frame, size);
  assert.equal(stepAt(frame, size, 132 + room.column * 1.5), 1);
  assert.equal(stepAt(frame, size, 20), null);
  assert.ok(draw(frame, size).length > 4);
});

test("a step that the viewer cannot know of is said and drawn to be unknown", () => {
  const secret = view(2, [step("one", 0), step("two", 1, { unseen_by: ["Member 1"] })]);
  const frame = frameOf(secret, { ...PLACE, step: 1, viewer: "Member 1" });
  assert.equal(sentence(frame), "Step 2 of 2 is unknown to Member 1.");
  assert.equal(itemLabel(frame, frame.items[1]), "Step 2: unknown to Member 1");
  assert.ok(!JSON.stringify([draw(frame, { width: 600 }), drawList(frame, "id"), tableRows(frame)]).includes("two"));
});

test("a step says the worst of its signatures, and who is not up to date", () => {
  const one = { kind: "commit", by: "A", key: "", words: "", section: "6.1" };
  assert.equal(signed(step("", 0, { signatures: [{ ...one, state: "verified" }, { ...one, state: "failed" }, { ...one, state: "unknown" }] })), "failed");
  assert.equal(signed(step("", 0)), "");
  const gaps = view(2, [step("one", 0), step("two", 1)]);
  gaps.branches[0].histories[1].gaps = [{ kind: "away", start: 1, end: null }];
  assert.deepEqual([0, 1].map((at) => standingAt(gaps.branches[0].histories[1], at)), ["in", "away"]);
  assert.equal(lateWords(frameOf(gaps, { ...PLACE, step: 1 })), "Member 1 is offline.");
});
