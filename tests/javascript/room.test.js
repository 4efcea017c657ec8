import assert from "node:assert/strict";
import test from "node:test";
import { forkIn, frameOf, readingOf, withReading } from "../../widgets/room/frame.js";
import { draw } from "../../widgets/room/picture.js";
import { sentence, several, tableRows } from "../../widgets/room/words.js";

/** @typedef {import("../../widgets/room/view.d.ts").RoomView} View */

/** @param {string} name @param {Partial<import("../../widgets/room/view.d.ts").ScreenView>} [changes] @returns {import("../../widgets/room/view.d.ts").ScreenView} */
function screen(name, changes = {}) {
  const situations = [{ step: 0, status: "in", epoch: 1, people: 2, devices: 2, code: "00001 00002" }];
  return { id: name, name, user: name, device: "", archive: false, hue: 0, lines: [], situations, members: [], alerts: [], pen: [], ...changes };
}

/** @param {number} count @param {Partial<View>} [changes] @returns {View} */
function room(count, changes = {}) {
  const screens = Array.from({ length: count }, (_, index) => screen(`Person ${index}`));
  return { format: "", version: 1, title: "The room", steps: ["One", "Two", "Three"], devices: [], screens, triers: [], messages: [], ...changes };
}

const MESSAGE = { step: 1, epoch: 1, sender: 0, text: "Hello", size: 9, wire: "00", then: [0, 1], now: [1], ever: [0, 1, 2], outcomes: [], trials: [] };
const NEWEST = { step: -1, message: -1, focus: -1, live: true };

test("a device can read now, could when it was sent, could later, or never could", () => {
  assert.deepEqual([0, 1, 2, 3].map((index) => readingOf(MESSAGE, index)), ["then", "now", "once", "never"]);
  assert.deepEqual(withReading(room(4), MESSAGE, "then", "never"), ["Person 0", "Person 3"]);
});

test("the sentence about a message says of every screen what it could read", () => {
  const said = sentence(frameOf(room(4, { messages: [MESSAGE] }), { ...NEWEST, message: 0 }));
  assert.match(said, /^Person 1 can decrypt it now\. Person 0 could decrypt it when it was sent, and cannot now, because the key is deleted\. Person 2 could decrypt it later/);
  assert.match(said, /Person 3 never could/);
});

test("a message of a later step is not chosen yet, and warnings are of the newest step", () => {
  const alerts = [{ kind: "offline", what: "What", advice: "Advice", steps: [] }];
  const view = room(2, { messages: [MESSAGE], screens: [screen("Alice", { alerts }), screen("Bob")] });
  const early = frameOf(view, { ...NEWEST, step: 0, message: 0 });
  assert.equal(early.chosen, null);
  assert.ok(!JSON.stringify(draw(early)).includes("Advice"));
  assert.ok(JSON.stringify(draw(frameOf(view, NEWEST))).includes("Advice"));
});

test("more screens are drawn smaller, and one screen alone is drawn large", () => {
  assert.deepEqual([2, 8, 60].map((count) => frameOf(room(count), NEWEST).density), ["full", "medium", "small"]);
  const alone = frameOf(room(60), { ...NEWEST, focus: 7 });
  assert.deepEqual([alone.density, alone.screens.map(({ view }) => view.name)], ["full", ["Person 7"]]);
});

test("two group codes in one epoch are a fork, and devices of other epochs are none", () => {
  const other = { step: 0, status: "in", epoch: 1, people: 2, devices: 2, code: "99999 00002" };
  const forked = frameOf(room(2, { screens: [screen("Alice"), screen("Bob", { situations: [other] })] }), NEWEST);
  assert.deepEqual(forkIn(forked.screens), { epoch: 1, sides: [["Alice"], ["Bob"]] });
  assert.match(sentence(forked), /The group codes of epoch 1 differ: Alice \| Bob\. The group has split\./);
  assert.ok(JSON.stringify(draw(forked)).includes("is-forked"));
  const behind = frameOf(room(2, { screens: [screen("Alice"), screen("Bob", { situations: [{ ...other, epoch: 0 }] })] }), NEWEST);
  assert.equal(forkIn(behind.screens), null);
});

test("without a kernel only the list of devices opens, and a step that is not possible says why", () => {
  const steps = [
    { act: "review", label: "Review devices", leaf: null, reason: "" },
    { act: "lock", label: "Lock", leaf: null, reason: "" },
    { act: "resync", label: "Come back", leaf: null, reason: "Not now" },
  ];
  const view = room(1, { screens: [screen("Alice", { alerts: [{ kind: "k", what: "w", advice: "a", steps }] })] });
  /** @param {boolean} live */
  const titles = (live) => [...JSON.stringify(draw(frameOf(view, { ...NEWEST, live }))).matchAll(/"data-act":"(\w+)","data-leaf":null,"aria-disabled":(null|"true"),"title":(null|"[^"]*")/g)].map((found) => found.slice(1).join(" "));
  assert.deepEqual(titles(true), ["review null null", "lock null null", 'resync "true" "Not now"']);
  assert.deepEqual(titles(false), ["review null null", 'lock "true" "Run this cell to act"', 'resync "true" "Not now"']);
});

test("a row of the table for each message, with nobody where there is nobody", () => {
  const silent = { ...MESSAGE, sender: null, then: [], now: [] };
  const rows = tableRows(frameOf(room(3, { messages: [silent] }), NEWEST));
  assert.deepEqual(rows, [["2", "1", "an unknown device", "Hello", "nobody", "nobody", "nobody"]]);
});

test("of many names some are said", () => {
  assert.equal(several(["a", "b", "c", "d", "e", "f", "g", "h"]), "a, b, c, d, e and 3 others");
});
