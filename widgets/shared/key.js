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

/**
 * The line below a picture: folded it names the marks that are in the picture, unfolded it says what they mean.
 * @param {Entry[]} marks all marks of the picture
 */
export function keyLine(marks) {
  const names = html("summary", {});
  const list = html("ul", { class: "mls-legend" });
  const element = html("details", { class: "mls-key-line" }, names, list);
  /** @type {Set<Entry>} */
  let listed = new Set();
  /** @type {unknown} */
  let before;

  /**
   * Name the marks of these shapes. While the subject stays the same, earlier marks stay in the key: a mark that comes and
   * goes with the pointer or the focus would move a button below the key away between press and release.
   * @param {Shape[]} shapes @param {unknown} [subject] what the picture shows; without one no mark stays
   */
  function show(shapes, subject) {
    if (subject === undefined || subject !== before) listed = new Set();
    before = subject;
    for (const entry of entriesIn(shapes, marks)) listed.add(entry);
    put(marks.filter((entry) => listed.has(entry)));
  }

  /** @param {Entry[]} entries */
  function put(entries) {
    /** @param {Entry} entry @returns {Shape} */
    const named = ({ name, mark }) => ["span", { class: "mls-key-mark" }, [mark, ["span", { class: "mls-key-name" }, [name]]], name];
    mount(names, [["span", { class: "mls-key-title" }, ["Key"], "title"], ...entries.map(named)]);
    mount(list, entries.map(({ name, mark, text }) => ["li", {}, [mark, text], name]));
    element.hidden = entries.length === 0;
  }

  // a picture out of sight is not drawn yet
  put([]);
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
