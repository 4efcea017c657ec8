/** The pictures of one workspace show the same step, viewer and member, without Python. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { live } from "../../widgets/shared/live.js";
import { localModel } from "../../widgets/shared/local_model.js";
import { join } from "../../widgets/shared/workspace.js";

const STEP = { step: { trait: "step" } };

/** @param {EventTarget | import("../../widgets/shared/workspace.js").Address} place @param {Record<string, unknown>} traits @param {import("../../widgets/shared/workspace.js").Shares} [shares] */
function picture(place, traits, shares = STEP) {
  const model = localModel(traits);
  return { model, leave: join(model, place, shares) };
}

/** @param {{name: string, apart?: string[]}} named */
const notebook = ({ name, apart = [] }) => ({ name, apart });

test("what one picture shows all pictures of its workspace show, and no other", () => {
  const [here, there] = [new EventTarget(), new EventTarget()];
  const [one, other, stranger] = [picture(here, { step: 4 }), picture(here, { step: 0 }), picture(there, { step: 0 })];
  one.model.set("step", 2);
  assert.deepEqual([one, other, stranger].map(({ model }) => model.get("step")), [2, 2, 0]);
  other.model.set("step", 3);
  assert.equal(one.model.get("step"), 3);
  for (const { leave } of [one, other, stranger]) leave();
});

test("a picture that comes later shows what the others show, and tells them what they did not know", () => {
  const place = new EventTarget();
  const one = picture(place, { step: 4 });
  const empty = { step: { trait: "step" }, viewer: { trait: "viewer", read: () => undefined } };
  const python = picture(place, { step: null, viewer: "" }, empty);
  const late = picture(place, { step: 0, viewer: "Bob" }, { ...STEP, viewer: { trait: "viewer" } });
  assert.equal(late.model.get("step"), 4);
  assert.equal(python.model.get("viewer"), "Bob");
  for (const { leave } of [one, python, late]) leave();
});

test("a picture that has left neither tells nor hears", () => {
  const place = new EventTarget();
  const [one, other] = [picture(place, { step: 0 }), picture(place, { step: 0 })];
  other.leave();
  one.model.set("step", 1);
  assert.equal(other.model.get("step"), 0);
  other.model.set("step", 9);
  assert.equal(one.model.get("step"), 1);
  one.leave();
});

test("a picture shows a value in its own traits, and leaves alone what it cannot show", () => {
  const place = new EventTarget();
  const one = picture(place, { member: "Alice" }, { member: { trait: "member" } });
  const other = localModel({ device: "Alice" });
  const devices = ["Alice", "Bob"];
  const leave = join(other, place, { member: { trait: "device", write: (device) => (devices.includes(device) ? { device } : undefined) } });
  one.model.set("member", "Bob");
  assert.equal(other.get("device"), "Bob");
  one.model.set("member", "Zed");
  assert.equal(other.get("device"), "Bob");
  one.leave();
  leave();
});

test("what follows is not told again, so that two pictures with other bounds come to rest", () => {
  const place = new EventTarget();
  const short = { step: { trait: "step", write: (/** @type {number} */ step) => ({ step: Math.min(step, 3) }) } };
  const [long, other] = [picture(place, { step: 0 }), picture(place, { step: 0 }, short)];
  long.model.set("step", 8);
  assert.deepEqual([long.model.get("step"), other.model.get("step")], [8, 3]);
  long.leave();
  other.leave();
});

test("a value that changes because another has changed is told too, also to the picture that began", () => {
  const place = new EventTarget();
  const shares = { viewer: { trait: "viewer" }, member: { trait: "member" } };
  const [one, playground, other] = [1, 2, 3].map(() => picture(place, { viewer: "Alice", member: "Alice" }, shares));
  playground.model.on("change:viewer", () => playground.model.set("member", playground.model.get("viewer")));
  one.model.set("viewer", "Carol");
  assert.deepEqual([one, playground, other].map(({ model }) => model.get("member")), ["Carol", "Carol", "Carol"]);
  for (const { leave } of [one, playground, other]) leave();
});

test("in a notebook the name of the workspace keeps one from another, and some values stay apart", () => {
  const page = /** @type {{document?: EventTarget}} */ (globalThis);
  page.document = new EventTarget();
  const shares = { ...STEP, viewer: { trait: "viewer" } };
  const [one, other] = [1, 2].map((step) => picture(notebook({ name: "a", apart: ["viewer"] }), { step, viewer: `${step}` }, shares));
  const stranger = picture(notebook({ name: "b" }), { step: 7, viewer: "7" }, shares);
  one.model.set("viewer", "Carol");
  one.model.set("step", 5);
  assert.deepEqual([other.model.get("step"), other.model.get("viewer")], [5, "2"]);
  assert.equal(stranger.model.get("step"), 7);
  for (const { leave } of [one, other, stranger]) leave();
  delete page.document;
});

test("what a live picture shows after another is saved, so that Python hears of it", () => {
  const place = new EventTarget();
  const one = picture(place, { step: 0 });
  /** @type {number[]} */
  const saved = [];
  const model = { ...localModel({ step: 0, workspace: place }), save_changes: () => void saved.push(model.get("step")) };
  const window = new EventTarget();
  const page = /** @type {any} */ (globalThis);
  page.addEventListener = window.addEventListener.bind(window);
  page.removeEventListener = window.removeEventListener.bind(window);
  const { stop } = live({ model, el: /** @type {any} */ (new EventTarget()) }, ["step"], () => {}, STEP);
  saved.length = 0;
  one.model.set("step", 1);
  one.model.set("step", 2);
  assert.deepEqual(saved, [1, 2]);
  stop();
  one.model.set("step", 3);
  assert.deepEqual(saved, [1, 2]);
  one.leave();
  delete page.addEventListener;
  delete page.removeEventListener;
});
