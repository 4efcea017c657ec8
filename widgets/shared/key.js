/** The key of a picture: one line with the marks that are in the picture now. Unfolded, it says what they mean. */
import { html } from "./dom.js";
import { made, mount } from "./shapes.js";
import { wordsOf } from "./terms.js";

/** @typedef {import("./shapes.js").Shape} Shape */

/**
 * A mark and its meaning. It is in a picture if some shape has all the classes of `is` and none of those of `not`.
 * @typedef {{name: string, text: string, mark: Shape, is: string[], not?: string[]}} Entry
 */

/** The entries whose marks are in the picture. @param {(Shape | string)[]} shapes @param {Entry[]} entries @returns {Entry[]} */
export function entriesIn(shapes, entries) {
  const found = new Set(classesOf(shapes));
  const drawn = [...found].map((names) => names.split(" "));
  return entries.filter(({ is, not = [] }) =>
    drawn.some((names) => is.every((name) => names.includes(name)) && !not.some((name) => names.includes(name))),
  );
}

/** The classes of shapes and of all that is in them. @param {(Shape | string)[]} shapes @returns {string[]} */
function classesOf(shapes) {
  return shapes.flatMap((shape) =>
    typeof shape === "string" ? [] : [String(shape[1]?.class ?? ""), ...classesOf(shape[2] ?? [])],
  );
}

/** One mark by itself. @param {...Shape} shapes @returns {Shape} */
export function specimen(...shapes) {
  return ["svg", { class: "mls-specimen", viewBox: "-27 -27 54 54", "aria-hidden": "true" }, shapes];
}

/** The line below a picture: folded it names the marks, unfolded it says what they mean. */
export function keyLine() {
  const names = html("summary", {});
  const list = html("ul", { class: "mls-legend" });
  const element = html("details", { class: "mls-key-line" }, names, list);

  /** @param {Entry[]} entries */
  function show(entries) {
    /** @param {Entry} entry @returns {Shape} */
    const named = ({ name, mark }) => ["span", { class: "mls-key-mark" }, [mark, ["span", { class: "mls-key-name" }, [name]]], name];
    mount(names, [["span", { class: "mls-key-title" }, ["Key"], "title"], ...entries.map(named)]);
    mount(list, entries.map(({ name, mark, text }) => ["li", {}, [mark, text], name]));
    element.hidden = entries.length === 0;
  }

  // a picture out of sight is not drawn yet
  show([]);
  return { element, show };
}

/**
 * All marks and keys, explained, and the terms of the glossary in what the picture says now.
 * @param {Entry[]} marks @param {[string, string][]} keys @param {string[]} said
 */
export function helpList(marks, keys, said) {
  return html(
    "div",
    { class: "mls-help" },
    html("ul", { class: "mls-legend" }, ...marks.map(({ mark, text }) => html("li", {}, made(mark), text))),
    html(
      "dl",
      { class: "mls-keys" },
      ...keys.flatMap(([key, text]) => [
        html("dt", {}, ...key.split(" ").map((one) => html("span", { class: "mls-key" }, one))),
        html("dd", {}, text),
      ]),
    ),
    ...wordsOf(said.join("\n")),
  );
}
