import assert from "node:assert/strict";
import test from "node:test";
import { parts } from "../../widgets/security_matrix/details.js";
import { cellAt, columnOf, frameAt, leaksIn, opened } from "../../widgets/security_matrix/frame.js";
import { cellShapes, hatching, headShapes, widthFor } from "../../widgets/security_matrix/marks.js";
import { draw, inSight, scrolledTo, sizeFor } from "../../widgets/security_matrix/picture.js";
import { write } from "../../widgets/shared/shapes.js";
import * as words from "../../widgets/security_matrix/words.js";

/**
 * Ann's key of epoch 0 lasts until she commits in step 2; Ben has his of epoch 1 until the end. Whoever has Ann's old
 * key and Ben's opens epoch 2. Facts: 0 to 2 the authenticators, 3 and 4 Ann's keys, 5 Ben's, 6 Ann's signature key, 7
 * what she says.
 * @type {import("../../widgets/shared/security.d.ts").SecurityView}
 */
const VIEW = {
  format: "mls-workbench/security-view",
  version: 1,
  title: "a pair",
  members: [
    { id: "ann", name: "Ann", initial: "A", hue: 0 },
    { id: "ben", name: "Ben", initial: "B", hue: 1 },
  ],
  steps: [
    { epoch: 0, kind: "create", title: "Ann created it", sentence: "Ann created it.", keys_learned: { ann: [0, 3, 6] }, keys_deleted: {} },
    { epoch: 1, kind: "commit", title: "Ann added Ben", sentence: "Ann added Ben.", keys_learned: { ann: [1], ben: [1, 5] }, keys_deleted: { ann: [0] } },
    { epoch: 1, kind: "message", title: "Ann spoke", sentence: "Ann spoke.", keys_learned: {}, keys_deleted: {} },
    { epoch: 2, kind: "commit", title: "Ann updated", sentence: "Ann updated.", keys_learned: { ann: [2, 4], ben: [2] }, keys_deleted: { ann: [1, 3], ben: [1] } },
  ],
  epochs: [
    { epoch: 0, step: 0, authenticator: 0, seats: [{ member: "ann", leaf: 0, key: 3, signature_key: 6 }] },
    { epoch: 1, step: 1, authenticator: 1, seats: [{ member: "ann", leaf: 0, key: 3, signature_key: 6 }, { member: "ben", leaf: 1, key: 5, signature_key: null }] },
    { epoch: 2, step: 3, authenticator: 2, seats: [{ member: "ann", leaf: 0, key: 4, signature_key: 6 }, { member: "ben", leaf: 1, key: 5, signature_key: null }] },
  ],
  messages: [{ fact: 7, step: 2, epoch: 1, sender: "ann", text: "hello" }],
  facts: ["authenticator 0", "authenticator 1", "authenticator 2", "Ann's leaf key", "Ann's new key", "Ben's leaf key", "Ann's signature key", "what Ann says"].map(
    (each) => ({ words: each, name: "", value: null }),
  ),
  rules: { starts: [0, 1, 3, 4], premises: [1, 3, 5, 2], conclusions: [7, 2, 4], kinds: [0, 1, 0] },
  rule_kinds: ["derive", "open", "randomness", "decode", "read"],
  leaks: [{ name: "Ann's key", device: "ann", at: 1, what: "signature key", words: "the signature key of ann after step 1", facts: [6] }],
};

/** @param {import("../../widgets/shared/verdict.js").Leak[]} leaks @param {number} [step] */
const at = (leaks, step = 3) => frameAt(opened(VIEW), leaks, step);
const ANN = { device: "ann", at: 1 };
const BEN = { device: "ben", at: 3 };

/** @param {import("../../widgets/security_matrix/frame.js").Frame} frame */
const standings = (frame) => frame.columns.map(({ standing }) => standing);

test("a step belongs to the epoch that was then", () => {
  assert.deepEqual([0, 1, 2, 3].map((step) => columnOf(VIEW, step)), [0, 1, 1, 2]);
});

test("epochs stand as what has leaked by the step lets them", () => {
  assert.deepEqual(standings(at([])), ["closed", "closed", "closed"]);
  assert.deepEqual(standings(at([ANN])), ["closed", "readable", "healed"]);
  assert.deepEqual(standings(at([ANN], 2)), ["closed", "readable", "later"]);
  assert.deepEqual(standings(at([ANN], 0)), ["closed", "later", "later"]);
});

test("a cell knows the life of its key, its messages and whether it can be forged", () => {
  const frame = at([ANN]);
  const cell = cellAt(frame, "ann", 1);
  assert.deepEqual(cell, { state: "seated", key: "leaked", starts: false, ends: true, forgeable: true, sent: 1, read: 1, compromise: true, open: true });
  assert.equal(cellAt(frame, "ben", 0).state, "absent");
  assert.equal(cellAt(frame, "ann", 0).forgeable, false, "not before the compromise");
  assert.deepEqual(leaksIn(frame, "ann", 1), [ANN]);
});

test("the verdict says what is read, whether it healed, and who can be forged", () => {
  assert.equal(words.verdictSentence(at([])), "Nothing has leaked: the attacker reads nothing.");
  assert.equal(
    words.verdictSentence(at([ANN])),
    "The attacker reads epoch 1 and 1 of 1 message. Healed so far in epoch 2, when Ann updated: the compromise of Ben would reopen it. The attacker can sign as Ann.",
  );
  assert.equal(
    words.verdictSentence(at([{ name: "Ann's key" }])),
    "The attacker reads no epoch and 0 of 1 message. The attacker can sign as Ann.",
  );
});

test("many epochs are told as runs, and very many are counted", () => {
  assert.equal(words.epochsInWords([3]), "epoch 3");
  assert.equal(words.epochsInWords([3, 4]), "epochs 3 and 4");
  assert.equal(words.epochsInWords([1, 3, 4, 5, 6, 8]), "epochs 1, 3 to 6 and 8");
  assert.equal(words.epochsInWords([1, 3, 5, 7, 9]), "5 of the epochs 1 to 9");
});

test("a cell is told in one line", () => {
  const frame = at([ANN]);
  /** @param {string} member @param {number} column */
  const label = (member, column) => words.cellLabel(frame, member, column, cellAt(frame, member, column));
  assert.equal(label("ann", 1), "Ann in epoch 1: leaf key leaked; 1 message, read; the attacker can sign as Ann; compromised in this epoch");
  assert.equal(label("ann", 2), "Ann in epoch 2: leaf key unknown to the attacker; the attacker can sign as Ann");
  assert.equal(label("ben", 0), "Ben in epoch 0: not a member");
});

test("reasons lead to what leaked", () => {
  const [, signature, message, epoch] = parts(at([ANN, BEN]), { column: 1, member: "ann" });
  assert.deepEqual(signature.steps, ["Ann's signature key leaked with everything of Ann after step 2."]);
  assert.deepEqual([message.text, message.steps], ["“hello”, read by the attacker.", ["What Ann says follows from what leaked with everything of Ann after step 2."]]);
  assert.equal(epoch.text, "Ann added Ben. Read by the attacker. For this the attacker needs everything of Ann after step 2.");
});

test("a capsule goes on from cell to cell, and so does its hatch", () => {
  const quiet = cellAt(at([]), "ann", 0);
  /** @param {Partial<import("../../widgets/security_matrix/frame.js").Cell>} some */
  const hatch = (some) => hatching({ ...quiet, starts: false, ends: false, ...some }, 52);
  const whole = hatch({ key: "leaked" });
  assert.equal(whole.split("M").length - 1, 11);
  assert.ok(whole.includes("L52 "), "to the edge, where the next cell goes on");
  assert.ok(hatch({ key: "derived" }).length < whole.length, "wider");
  for (const [, x] of hatch({ key: "leaked", starts: true, ends: true }).matchAll(/[ML]([\d.]+) /g)) {
    assert.ok(Number(x) >= 4 && Number(x) <= 48);
  }
});

test("nothing is drawn for who is not there, and little for who is safe", () => {
  const frame = at([]);
  assert.deepEqual(cellShapes(cellAt(frame, "ben", 0)), []);
  assert.deepEqual(cellShapes(cellAt(frame, "ben", 1)).map(([, attributes]) => attributes?.class), ["mls-life", "mls-rim"]);
  assert.equal(headShapes(frame.columns[0], "").length, 1);
});

test("a padlock counts whose compromise would open it; none left, no count", () => {
  const column = at([ANN]).columns[2];
  /** @param {string[]} reopeners */
  const texts = (reopeners) => headShapes({ ...column, reopeners }, "").flatMap(([, , children]) => children ?? []);
  assert.deepEqual(texts([]), ["2", "healed"]);
  assert.deepEqual(texts(["a", "b"]), ["2", "2", "so far"]);
  assert.deepEqual(texts(Array(120).fill("a")), ["2", "99+", "so far"]);
});

test("columns share the room in widths that a hatch fits", () => {
  assert.equal(widthFor(600, 200), 52);
  assert.equal(widthFor(600, 6), 91);
  assert.equal(widthFor(600, 1), 130);
});

test("what is in sight is there, and a little more", () => {
  assert.deepEqual(inSight(0, 520, 52, 200), [0, 11]);
  assert.deepEqual(inSight(1040, 520, 52, 200), [18, 31]);
  assert.deepEqual(inSight(0, 520, 52, 3), [0, 2]);
  assert.equal(scrolledTo(0, 520, 52, 3), 0);
  assert.equal(scrolledTo(0, 520, 52, 10), 52);
  assert.equal(scrolledTo(520, 520, 52, 3), 156);
});

const ROOM = { whole: 700, width: 700, height: 300, left: 0, top: 0 };
const AT = { name: "m", active: { row: 0, column: 1 }, pinned: { row: 1, column: 2 }, before: null };

test("the size follows from the room: narrow names, a free panel, heads with what began the epoch", () => {
  const sizes = [320, 700, 1000].map((whole) => sizeFor(at([]), { ...ROOM, whole, width: whole }));
  assert.deepEqual(sizes.map(({ side, column, head, isNarrow }) => [side, column, head, isNarrow]), [
    [46, 91, 108, true],
    [132, 130, 108, false],
    [132, 130, 108, false],
  ]);
  assert.deepEqual(sizes[0].free, { width: 274, height: 192 });
});

test("the grid is drawn from a frame and a size alone, and what is out of sight is not there", () => {
  const frame = at([ANN]);
  const size = sizeFor(frame, ROOM);
  const whole = write(draw(frame, size, AT)[0]);
  assert.equal(whole, write(draw(frame, size, AT)[0]));
  assert.equal(whole.split('role="gridcell"').length - 1, 6);
  assert.match(whole, /id="m-0-1" class="mls-cell [^"]*is-active"/);
  assert.match(whole, /id="m-1-2" class="mls-cell [^"]*is-pinned" [^>]*aria-selected="true"/);
  const part = write(draw(frame, { ...size, rows: [1, 1], columns: [0, 0] }, AT)[0]);
  assert.deepEqual([...part.matchAll(/id="([^"]+)"/g)].map(([, id]) => id), ["m-h-0", "m-1-0"]);
});

test("what has changed since the frame before is pointed out, and is another element", () => {
  const [before, frame] = [at([]), at([ANN])];
  const size = sizeFor(frame, ROOM);
  const changed = (/** @type {string} */ text) => [...text.matchAll(/id="([^"]+)" class="[^"]*is-changed/g)].map(([, id]) => id);
  assert.deepEqual(changed(write(draw(frame, size, { ...AT, before })[0])), ["m-h-1", "m-h-2", "m-0-0", "m-0-1", "m-0-2", "m-1-1"]);
  assert.deepEqual(changed(write(draw(frame, size, AT)[0])), [], "nothing at first");
  assert.deepEqual(changed(write(draw(frame, size, { ...AT, before: frame })[0])), []);
});
