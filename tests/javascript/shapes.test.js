/** Shapes as text. That `mount` keeps elements is seen in a browser: tests/browser/test_shapes.py. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { write } from "../../widgets/shared/shapes.js";
import { image, table, written } from "../../widgets/shared/still.js";

test("a shape is written with its attributes and children", () => {
  assert.equal(write(["g", { class: "a", x: 1.5 }, [["path", { d: "M0 0" }], "text"], "key"]), '<g class="a" x="1.5"><path d="M0 0"></path>text</g>');
  assert.equal(write(["g"]), "<g></g>");
});

test("an attribute that is false or nothing is left out, and one that is true is empty", () => {
  assert.equal(write(["g", { a: false, b: null, c: undefined, d: true, e: 0, f: "" }]), '<g d="" e="0" f=""></g>');
});

test("text and values cannot break out of their place", () => {
  const name = `<script>"&'</script>`;
  assert.equal(write(["text", { "aria-label": name }, [name]]), `<text aria-label="&lt;script&gt;&quot;&amp;'&lt;/script&gt;">&lt;script&gt;&quot;&amp;'&lt;/script&gt;</text>`);
});

test("characters that XML forbids are dropped, all others stay", () => {
  assert.equal(write("a\u0000\u0008\u000b\u001f\uffff\ufffe\ud800b\t\n\u00e9\u5c71\u{1f600}"), "ab\t\n\u00e9\u5c71\u{1f600}");
});

test("an image has its namespace, its measures and its styles, and nothing that only a live picture needs", () => {
  const shape = image({ width: 30, height: 20, name: "mls-x" }, ".a > .b{}", [["g", { role: "option", tabindex: 0, "aria-label": "A", id: "n" }]]);
  const { picture } = written({ label: "", sentence: "", picture: shape, words: ["ol"] });
  assert.equal(
    picture,
    '<svg xmlns="http://www.w3.org/2000/svg" class="mls mls-x" width="30" height="20" viewBox="0 0 30 20"><style>.a &gt; .b{}.mls-back{fill:var(--mls-paper)}</style>' +
      '<rect class="mls-back" width="100%" height="100%" rx="10"></rect><g id="n"></g></svg>',
  );
});

test("a table is folded under its name", () => {
  assert.equal(
    write(table("T", ["A"], [["1"], ["2"]])),
    '<details><summary>T</summary><table><thead><tr><th scope="col">A</th></tr></thead><tbody><tr><td>1</td></tr><tr><td>2</td></tr></tbody></table></details>',
  );
});

test("of a long table the first rows are written, and it is said how many are not", () => {
  const rows = Array.from({ length: 203 }, (_, row) => [String(row), ""]);
  const text = write(table("T", ["A", "B"], rows));
  assert.equal(text.split("<tr>").length - 1, 1 + 200 + 1);
  assert.ok(text.endsWith('<tr><td colspan="2">and 3 more rows, which the player and the page have</td></tr></tbody></table></details>'));
});
