import assert from "node:assert/strict";
import test from "node:test";
import { frameOf } from "../../widgets/server_knowledge/frame.js";
import { draw, extent } from "../../widgets/server_knowledge/picture.js";

/** @typedef {import("../../widgets/shared/shapes.js").Shape} Shape */

/** All shapes, with those inside others. @param {(Shape | string)[]} shapes @returns {Shape[]} */
function flat(shapes) {
  return shapes.flatMap((shape) => (typeof shape === "string" ? [] : [shape, ...flat(/** @type {Shape[]} */ (shape[2] ?? []))]));
}

/** A group of some users, in which each of these sends one message. @param {number} count @param {number[]} senders */
function view(count, senders) {
  return {
    ...{ format: "", version: 1, title: "What the server knows", paddings: ["no padding"] },
    users: Array.from({ length: count }, (_, user) => ({ name: `User ${user}`, since: 0, waiting: user === 30 ? 2 : 0 })),
    uploads: senders.map((user, number) => ({ user, at: 60 * number, epoch: 1, kind: "application", sizes: [100], readable: "", invited: [] })),
  };
}

test("of many users those who sent most have a row each, and the others have one together", () => {
  const frame = frameOf(view(60, [50, 50, 40, 3, 3, 3]), 0, 0);
  assert.deepEqual(frame.rows, [3, 50, 40, 0, 1, 2, 4, 5, 6, 7, 8]);
  assert.equal(frame.others.length, 49);
  assert.ok(extent(frame, { width: 1000 }).height < 620, "it stays within one screen");
  const words = flat(draw(frame, { width: 1000 })).filter(([tag]) => tag === "text").map(([, , children]) => children?.at(-1));
  assert.ok(words.includes("49 others"));
  assert.ok(words.includes("2 waiting"), "what waits for the others is counted");
});

test("a number of waiting messages that is too long for its place stands alone", () => {
  const many = view(60, []);
  many.users[30].waiting = 7912;
  const words = flat(draw(frameOf(many, 0, 0), { width: 1000 })).filter(([tag]) => tag === "text").map(([, , children]) => children?.at(-1));
  assert.ok(words.includes("7912"));
});

test("of few users each has a row, in the order in which they came", () => {
  const frame = frameOf(view(12, [5, 5, 1]), 0, 0);
  assert.deepEqual([frame.rows, frame.others], [[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11], []]);
});

test("messages of the others that arrive at one instant do not hide each other", () => {
  const frame = frameOf(view(60, [...Array(11).keys(), ...Array(11).keys(), 40, 41]), 0, 900);
  const marks = flat(draw(frame, { width: 1000 })).filter(([, attributes]) => String(attributes?.class).startsWith("mls-upload"));
  const places = marks.map(([, , children]) => /** @type {any} */ (children?.at(-1))[1].transform);
  assert.equal(new Set(places).size, places.length);
});
