import assert from "node:assert/strict";
import test from "node:test";
import { bounded, frameAt, openingOf, unfolded } from "../../widgets/key_lifetimes/frame.js";
import { scaleOf } from "../../widgets/key_lifetimes/geometry.js";
import { drawPlot, drawRowNames } from "../../widgets/key_lifetimes/picture.js";
import { write } from "../../widgets/shared/shapes.js";
import { lifetimes } from "./lifetimes.js";

const view = lifetimes();
const PLACE = { device: "alice", step: 2, leaks: [], opened: null };

test("what the traits say is held to what the view has", () => {
  const wild = { device: "nobody", step: 99, leaks: ["the old secret", "another"], opened: null };
  assert.deepEqual(bounded(view, wild), { device: "alice", step: 5, others: ["the old secret"] });
  assert.deepEqual(unfolded(view, wild), ["leaf", "init"], "those that are small");
  assert.deepEqual(unfolded(view, { ...wild, opened: [] }), []);
});

test("a frame is the rows and what leaks at that step", () => {
  const { hue, rows, compromise } = frameAt(openingOf(view), PLACE);
  assert.equal(hue, 0);
  assert.deepEqual(rows.map(({ name, fold }) => [name, fold]), [["Leaf key", ""], ["Init secret", ""], ["Epoch secrets", "closed"]]);
  assert.deepEqual([compromise.step, compromise.epochs], [2, [1, 2]]);
});

test("the plot is drawn from a frame and a size alone, with its line as a slider", () => {
  const frame = frameAt(openingOf(view), PLACE);
  const [plot, line] = drawPlot(frame, { scale: scaleOf(6, 320), name: "p" });
  assert.deepEqual([plot[1]?.width, plot[1]?.height], [320, 48 + 3 * 24 + 24]);
  const { role, style, "aria-valuenow": now, "aria-valuemax": most } = line[1] ?? {};
  assert.deepEqual([role, style, now, most], ["slider", "left: 135px", 3, 6]);
});

test("the names of kinds that fold are buttons, and one of them is the tab stop", () => {
  const open = { ...PLACE, opened: ["epoch"] };
  const names = drawRowNames(frameAt(openingOf(view), open), "epoch").map((shape) => write(shape));
  assert.equal(names.length, 2 + 1 + 4);
  assert.match(names[0], /^<div class="mls-row-name is-taken" title="Leaf key">/);
  assert.match(names[2], /^<button class="mls-row-name" type="button" tabindex="0" data-kind="epoch" aria-expanded="true">/);
  assert.match(names[3], /^<div class="mls-row-name is-inner is-taken" title="A">/);
});
