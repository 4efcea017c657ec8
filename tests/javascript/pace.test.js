import assert from "node:assert/strict";
import test from "node:test";
import { backward, durations, onward, stay } from "../../widgets/ratchet_tree/playback_timing.js";
import { sample } from "./sample.js";

const { steps } = sample();

test("a level takes a quarter of a second", () => {
  assert.equal(durations(steps[1], 1)[1], 250);
  assert.equal(durations(steps[1], 2)[1], 125);
});

test("no step lasts over four seconds", () => {
  const tall = { ...steps[1], beats: Array(60).fill(steps[1].beats[1]) };
  const total = durations(tall, 1).reduce((sum, time) => sum + time, 0);
  assert.ok(Math.abs(total - 4000) < 1e-6);
});

test("a step without beats takes no time but its pause", () => {
  assert.deepEqual(durations(steps[3], 1), []);
  assert.equal(stay(steps[3], -1, 2), stay(steps[3], -1, 1) / 2);
});

test("beats follow one another through all steps, forth and back", () => {
  const there = [];
  for (
    let place = /** @type {ReturnType<typeof onward>} */ ({ step: 0, beat: -1 });
    place;
    place = onward(steps, place)
  ) {
    there.push(`${place.step}.${place.beat}`);
  }
  assert.deepEqual(there, "0.-1 1.0 1.1 1.2 1.3 1.4 1.5 1.-1 2.0 2.-1 3.-1 4.0 4.-1".split(" "));
  const back = [];
  for (
    let place = /** @type {ReturnType<typeof backward>} */ ({ step: 4, beat: -1 });
    place;
    place = backward(steps, place)
  ) {
    back.push(`${place.step}.${place.beat}`);
  }
  assert.deepEqual(back.reverse(), there);
});
