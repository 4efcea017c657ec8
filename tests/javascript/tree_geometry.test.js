import assert from "node:assert/strict";
import test from "node:test";
import * as geometry from "../../widgets/ratchet_tree/geometry.js";
import { blankMark } from "../../widgets/ratchet_tree/frame.js";
import { bareNode, way } from "../../widgets/ratchet_tree/picture.js";
import { write } from "../../widgets/shared/shapes.js";

const room = { width: 1000, zoom: 1, tallest: 8 };

test("parents, children and levels are those of Appendix C", () => {
  assert.deepEqual([0, 2, 1, 5, 3, 11, 7].map(geometry.level), [0, 0, 1, 1, 2, 2, 3]);
  assert.deepEqual([0, 2, 1, 5, 9, 3].map(geometry.parent), [1, 1, 3, 3, 11, 7]);
  assert.deepEqual([1, 3, 7, 11].map(geometry.left), [0, 1, 3, 9]);
  assert.deepEqual([1, 3, 7, 11].map(geometry.right), [2, 5, 11, 13]);
  assert.deepEqual(geometry.directPath(4, 8), [5, 3, 7]);
  assert.deepEqual(geometry.descent(7, 4), [7, 3, 5, 4]);
});

test("every node but the root is a child of its parent", () => {
  for (let node = 0; node < 1023; node += 1) {
    if (node !== geometry.root(512)) {
      const above = geometry.parent(node);
      assert.ok(geometry.left(above) === node || geometry.right(above) === node);
    }
  }
});

test("arrow keys walk through the tree and stop at its border", () => {
  assert.equal(geometry.neighbour("ArrowUp", 2, 4), 1);
  assert.equal(geometry.neighbour("ArrowUp", 3, 4), 3);
  assert.equal(geometry.neighbour("ArrowDown", 3, 4), 1);
  assert.equal(geometry.neighbour("ArrowDown", 4, 4), 4);
  assert.equal(geometry.neighbour("ArrowRight", 1, 4), 5);
  assert.equal(geometry.neighbour("ArrowRight", 6, 4), 6);
  assert.equal(geometry.neighbour("ArrowLeft", 5, 4), 1);
  assert.equal(geometry.neighbour("Home", 6, 4), 3);
  assert.equal(geometry.neighbour("End", 3, 4), 6);
  assert.equal(geometry.neighbour("x", 3, 4), 3);
});

test("a parent stands in the middle above its children", () => {
  const places = geometry.layout(8, room);
  assert.equal(geometry.x(places, 3), (geometry.x(places, 1) + geometry.x(places, 5)) / 2);
  assert.ok(geometry.y(places, 3) < geometry.y(places, 1));
});

test("marks of one level never touch, however wide the tree and narrow the page", () => {
  for (const leafCount of [1, 2, 4, 16, 64, 512]) {
    for (const width of [320, 720, 1400]) {
      const places = geometry.layout(leafCount, { width, zoom: 1, tallest: leafCount });
      for (let node = 0; node + 2 < 2 * leafCount - 1; node += 1) {
        const next = node + (2 << geometry.level(node));
        if (next > 2 * leafCount - 2) continue;
        assert.ok(geometry.x(places, next) - geometry.x(places, node) > 2 * geometry.radius(places, node));
      }
      assert.ok(geometry.x(places, 0) >= 0 && geometry.x(places, 2 * leafCount - 2) <= places.width);
      assert.ok(geometry.y(places, geometry.root(leafCount)) >= 20);
    }
  }
});

test("names of neighbours never touch, with whatever letters and however many leaves", () => {
  /** As measured in Chromium, in letters of 12 pixels of the font that is wider. @type {Record<string, number>} */
  const widths = { m: 11.8, M: 10.4, W: 12, Q: 9.5, a: 7.4, Щ: 13.2, ш: 11, é: 7.4, "…": 12 };
  for (const leafCount of [1, 2, 4, 8, 16, 64]) {
    for (const width of [320, 720, 1400]) {
      const places = geometry.layout(leafCount, { width, zoom: 1, tallest: leafCount });
      for (const letter of "mMWQaЩшé") {
        const member = { id: "", name: letter.repeat(40), initial: "", hue: 0 };
        const mark = { ...blankMark(0), member, state: /** @type {const} */ ("keyed") };
        const [, shown] = /class="mls-name"[^>]*>([^<]*)</.exec(write(bareNode(/** @type {any} */ ({ indices: false }), places, mark, new Set()))) ?? ["", ""];
        const wide = [...shown].reduce((sum, each) => sum + widths[each], 0);
        assert.ok(wide < places.gap, `${shown} of ${wide} pixels, ${leafCount} leaves in ${width}`);
        assert.equal(shown !== "", places.gap >= geometry.ROOM_FOR_NAMES);
      }
    }
  }
});

test("leaves keep their line and the picture its height while the tree grows within the view", () => {
  const [small, grown] = [2, 8].map((leafCount) => geometry.layout(leafCount, room));
  assert.equal(small.base, grown.base);
  assert.equal(small.height, grown.height);
});

test("a slide begins at one layout and ends at the other", () => {
  const [from, to] = [2, 8].map((leafCount) => geometry.layout(leafCount, room));
  assert.equal(geometry.x(geometry.between(from, to, 0), 2), geometry.x(from, 2));
  assert.equal(geometry.x(geometry.between(from, to, 1), 2), geometry.x(to, 2));
});

test("a node is found where it is drawn, and nothing is found beside it", () => {
  for (const leafCount of [1, 4, 512]) {
    const places = geometry.layout(leafCount, { width: 1000, zoom: 1, tallest: leafCount });
    for (let node = 0; node < 2 * leafCount - 1; node += 1) {
      assert.equal(geometry.nodeAt(places, geometry.x(places, node), geometry.y(places, node)), node);
    }
  }
  const places = geometry.layout(4, room);
  assert.equal(geometry.nodeAt(places, 5, 5), -1);
  assert.equal(geometry.nodeAt(places, geometry.x(places, 1), places.base), -1);
});

test("what travels an edge starts and ends at its nodes", () => {
  const places = geometry.layout(4, room);
  assert.deepEqual(geometry.pointOnEdge(places, 0, 1, 0), [geometry.x(places, 0), geometry.y(places, 0)]);
  assert.deepEqual(geometry.pointOnEdge(places, 0, 1, 1), [geometry.x(places, 1), geometry.y(places, 1)]);
});

test("a folded subtree leaves its room to the others, its root counts as a leaf, and the pointer finds what is there", () => {
  const places = geometry.layout(8, { ...room, width: 400, folded: new Set([3]) });
  const open = geometry.layout(8, { ...room, width: 400 });
  assert.ok(places.gap > open.gap);
  assert.deepEqual([4, 3, 10].map((node) => geometry.isThere(places, node)), [false, true, true]);
  assert.ok(Math.abs(geometry.x(places, 10) - geometry.x(places, 3) - 2 * places.gap) < 1e-9);
  assert.equal(geometry.nodeAt(places, geometry.x(places, 10), geometry.y(places, 10)), 10);
  assert.equal(geometry.nodeAt(places, geometry.x(places, 3), geometry.y(places, 3)), 3);
  assert.equal(geometry.nodeAt(geometry.layout(2, { ...room, folded: new Set([1]) }), 500, 2000), -1);
  assert.equal(geometry.neighbourThere(places, "ArrowDown", 3, 8), 3);
  assert.equal(geometry.neighbourThere(places, "ArrowLeft", 8, 8), 3);
});

test("the way of a leaf up to the root has an edge for each level, and a leaf that is the root has none", () => {
  const edges = (/** @type {number} */ leafCount) => {
    const frame = /** @type {any} */ ({ marks: [{ kind: "leaf" }], leafCount });
    return way(frame, geometry.layout(leafCount, room), 0).filter(([, attributes]) => attributes?.class === "mls-direct").length;
  };
  assert.deepEqual([1, 2, 8].map(edges), [0, 1, 3]);
});
