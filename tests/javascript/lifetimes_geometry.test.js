import assert from "node:assert/strict";
import test from "node:test";
import * as geometry from "../../widgets/key_lifetimes/geometry.js";
import { lifetimes } from "./lifetimes.js";

const view = lifetimes();

test("kinds with few lanes are open at first, others are a band with a number", () => {
  assert.deepEqual(geometry.openAtFirst(view, "alice"), ["leaf", "init"]);
  const rows = geometry.rowsOf(view, "alice", []);
  assert.deepEqual(
    rows.map(({ name, fold, bars, band }) => [name, fold, bars.length, band.length]),
    [
      ["Leaf key", "", 1, 0],
      ["Init secret", "", 3, 0],
      ["Epoch secrets", "closed", 0, 2],
    ],
  );
});

test("an open kind has its lanes below it", () => {
  const rows = geometry.rowsOf(view, "alice", ["epoch"]);
  assert.deepEqual(
    rows.slice(2).map(({ name, fold, inner }) => [name, fold, inner]),
    [["Epoch secrets", "open", false], ...["A", "B", "C", "D"].map((name) => [name, "", true])],
  );
});

test("a compromise stands between its step and the next, so that it cuts what is there after the step", () => {
  const scale = geometry.scaleOf(6, 620);
  assert.equal(geometry.compromiseX(scale, 1), (geometry.x(scale, 1) + geometry.x(scale, 2)) / 2);
  const [from, to] = geometry.extent(scale, 1, 4);
  const cut = [0, 1, 2, 3, 4, 5].filter((step) => from < geometry.compromiseX(scale, step) && geometry.compromiseX(scale, step) < to);
  assert.deepEqual(cut, [1, 2, 3]);
  assert.equal(geometry.extent(scale, 4, null)[1], scale.width);
});

test("steps have room to be told apart, even if there are many", () => {
  assert.equal(geometry.scaleOf(6, 620).width, 620);
  assert.ok(geometry.scaleOf(200, 620).width > 620);
});

test("what is under the pointer is the step of the nearest compromise", () => {
  const scale = geometry.scaleOf(6, 620);
  for (const step of [0, 1, 2, 3, 4, 5]) assert.equal(geometry.stepAt(scale, geometry.compromiseX(scale, step)), step);
  assert.equal(geometry.stepAt(scale, -100), 0);
  assert.equal(geometry.stepAt(scale, 10_000), 5);
});

test("arrows go by a step, pages to where an epoch begins, and neither leaves the history", () => {
  const go = (/** @type {string} */ key, /** @type {number} */ step) => geometry.moved(key, step, view);
  assert.deepEqual(
    [go("ArrowRight", 2), go("ArrowLeft", 2), go("ArrowLeft", 0), go("ArrowRight", 5)],
    [3, 1, 0, 5],
  );
  assert.deepEqual([go("PageUp", 2), go("PageDown", 2), go("PageUp", 4), go("PageDown", 0)], [4, 1, 5, 0]);
  assert.deepEqual([go("Home", 3), go("End", 3), go("x", 3)], [0, 5, null]);
});

test("epochs stand side by side from edge to edge", () => {
  const scale = geometry.scaleOf(6, 620);
  const spans = geometry.epochSpans(view, scale);
  assert.deepEqual(
    spans.map(({ epoch }) => epoch),
    [0, 1, 2],
  );
  assert.deepEqual([spans[0].from, spans[2].to], [0, scale.width]);
  assert.equal(spans[0].to, spans[1].from);
});
