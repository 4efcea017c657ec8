import assert from "node:assert/strict";
import test from "node:test";
import { frameOf, inSight, lineOf, shownBy } from "../../widgets/wire_inspector/frame.js";
import { MARKS } from "../../widgets/wire_inspector/key.js";
import { draw, drawBytes } from "../../widgets/wire_inspector/picture.js";
import { listedChecks } from "../../widgets/wire_inspector/details.js";
import { pathName, prepared, standing } from "../../widgets/wire_inspector/prepared.js";
import { ingredients, keyLog, program } from "../../widgets/wire_inspector/program.js";
import { bytesIn, fieldSentence, placeOf, sentence, tableRows } from "../../widgets/wire_inspector/words.js";
import { objectOf } from "../../widgets/wire_inspector/wire_inspector.js";
import { entriesIn } from "../../widgets/shared/key.js";
import { write } from "../../widgets/shared/shapes.js";
import { wireList, wireSample } from "./wire.js";

/** @param {Partial<import("../../widgets/wire_inspector/frame.js").Chosen>} chosen */
function frame(chosen = {}, view = wireSample()) {
  return frameOf(view, { selected: -1, hovered: -1, cursor: -1, value: -1, sheet: 0, toggled: new Map(), unfolded: new Set(), columns: 4, ...chosen });
}

test("every byte belongs to the innermost field, and fields know what is inside of them", () => {
  const own = prepared(wireSample());
  assert.deepEqual([...new Set(own.owner[0])], [1, 2, 3]);
  assert.deepEqual([...own.owner[1]], [5, 5]);
  assert.deepEqual([...own.end], [6, 2, 3, 6, 6, 6]);
  assert.deepEqual([...own.parent], [-1, 0, 0, 0, 3, 4]);
  assert.equal(pathName(own, 3), "Root.sealed");
  assert.equal(pathName(own, 5), "Inside.secret");
});

test("a field says whether it is verified, encrypted or opened", () => {
  const own = prepared(wireSample());
  assert.deepEqual(standing(own, 2), { verdict: "passed", seal: "", isFault: false });
  assert.deepEqual(standing(own, 3), { verdict: "unknown", seal: "open", isFault: false });
});

test("long values are folded, until the reader unfolds them, and each byte has its line", () => {
  const { lines } = frame();
  assert.deepEqual(lines.map(({ start, end, fold }) => [start, end, fold]).slice(0, 5), [[0, 4, -1], [4, 8, -1], [8, 12, -1], [12, 36, 2], [36, 40, -1]]);
  const whole = frame({ unfolded: new Set([2, 3]) });
  assert.deepEqual(whole.lines.length, 16);
  assert.equal(lineOf(whole, 63), 15);
  assert.equal(frame().lines[lineOf(frame(), 20)].fold, 2);
});

test("of thousands of checks the first are listed, those that failed before the others, and the rest is counted", () => {
  /** @type {import("../../widgets/wire_inspector/wire.d.ts").WireCheckView[]} */
  const checks = Array.from({ length: 30 }, (_, number) => ({ field: 0, name: `check ${number}`, outcome: number === 29 ? "failed" : "passed", section: "", reason: "" }));
  const { listed, others } = listedChecks(checks);
  assert.deepEqual([listed.length, listed[0].name, listed[1].name, others], [24, "check 29", "check 0", "and 6 more: 6 passed"]);
  assert.equal(listedChecks(checks.slice(0, 24)).others, "");
});

test("opened parts stand in place, and a closed field hides what is inside", () => {
  assert.deepEqual(frame().rows, [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(frame({ toggled: new Map([[3, false]]) }).rows, [0, 1, 2, 3]);
  const toggled = shownBy(prepared(wireSample()), new Map([[3, false], [0, false]]), 5);
  assert.deepEqual(frame({ toggled }).rows, [0, 1, 2, 3, 4, 5]);
});

test("bytes and fields are lit both ways, with the header and with what the value covers", () => {
  const text = (/** @type {any} */ shape) => write(shape);
  const [first] = drawBytes(frame({ selected: 2 }), { first: 0, end: 1 }, "x").map(text);
  assert.match(first, /class="mls-byte is-band-1 is-covered"[^>]*data-at="1"/);
  assert.match(first, /class="mls-byte is-band-0 is-lit is-header"[^>]*data-at="2"/);
  const hovered = draw(frame({ selected: 2, hovered: 1 })).map(text).join("");
  assert.match(hovered, /class="mls-field-row is-lit[^"]*"[^>]*data-field="1"/);
  assert.match(hovered, /class="mls-field-row is-selected"[^>]*data-field="2"/);
});

test("the key names the marks that are in the picture", () => {
  for (const entry of MARKS) assert.ok(entriesIn([entry.mark], MARKS).includes(entry), entry.name);
  assert.deepEqual(entriesIn(draw(frame({ selected: 2 })), MARKS).map(({ name }) => name), ["lit", "length", "covered", "opened", "verified", "not checkable"]);
});

test("only the rows in sight are drawn", () => {
  assert.deepEqual(inSight({ top: 2200, height: 220 }, 22, 100_000), { first: 94, end: 116 });
  assert.deepEqual(inSight({ top: 0, height: 220 }, 22, 3), { first: 0, end: 3 });
});

test("the words say what the message is, how it stands and who opens it", () => {
  const own = prepared(wireSample());
  const said = sentence(wireList(), own);
  assert.equal(
    said,
    "Step 2: commit of Alice. Commit in a PublicMessage, epoch 3: 64 bytes in 6 fields. 1 of its 2 computed values are verified and 1 cannot be checked with these keys. 1 part is encrypted; 1 is open with the keys of Bob.",
  );
  assert.equal(placeOf(own, 2), "bytes 2 to 42 of the message, the first of them its length or presence");
  assert.equal(fieldSentence(own, 3), "Root.sealed, opaque<V>, bytes 43 to 63 of the message, the first of them its length or presence; sealed; 20 bytes; cannot be checked here; encrypted, and opened here.");
  assert.equal(tableRows(own)[2][4], "verified");
  assert.equal(bytesIn(1184), "1,184 bytes");
});

test("damaged bytes say where decoding stopped and why", () => {
  const view = { ...wireSample(), faults: [{ field: 2, sheet: 0, path: "Root.long", offset: 30, section: "§2.1", reason: "the bytes end" }] };
  assert.match(sentence(wireList(), prepared(view)), /Decoding stopped at byte 30, in Root\.long: the bytes end\./);
  assert.ok(entriesIn(draw(frame({ unfolded: new Set([2, 3]) }, view)), MARKS).some(({ name }) => name === "not read"));
});

test("a program has its imports, its definitions in their order, and the line that gives the value", () => {
  const view = wireSample();
  assert.deepEqual(program(view, view.computed[0]).split("\n"), [
    "from workbench.mls import cipher_suite",
    "import hmac",
    "",
    "suite = cipher_suite(1)",
    'root = b"r"',
    'key = suite.derive_secret(root, "k")',
    'data = bytes.fromhex("00")',
    "suite.mac(key, data[0:2])",
  ]);
  assert.deepEqual(ingredients(view, view.computed[0]), [["key", "the key"]]);
  assert.match(keyLog(view), /^# Keys of a message.*\nroot 72 # the root secret\nkey 6b # the key\n$/s);
});

test("without Python a message is found among the others that the page keeps", () => {
  const view = wireSample();
  const other = { ...view, id: "2.0" };
  const others = { "2.0 bob": other };
  assert.equal(objectOf({ message: "1.0", viewer: "bob", shown: view, others }), view);
  assert.equal(objectOf({ message: "2.0", viewer: "bob", shown: view, others }), other);
  assert.equal(objectOf({ message: "2.0", viewer: "", shown: view, others }), null);
});
