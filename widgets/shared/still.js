/** Still pictures and their words as text, for pages where nothing runs. Python calls this (widgets/shared/still.py). */
import { SVG, escaped, write } from "./shapes.js";

/** @typedef {import("./shapes.js").Shape} Shape */

/**
 * A picture for pages on which no script runs.
 * @typedef {object} Still
 * @property {string} label the picture's name, for those who cannot see it
 * @property {string} sentence what it shows
 * @property {Shape} picture
 * @property {Shape} words what it shows, in full
 */

/** The width of a still picture whose size is not fixed. */
export const STILL_WIDTH = 720;

/**
 * A complete SVG image, with its namespace, its styles and its background.
 * @param {{width: number, height: number, name?: string}} size `name` is for its class
 * @param {string} style @param {Shape[]} shapes @returns {Shape}
 */
export function image({ width, height, name = "" }, style, shapes) {
  return [
    "svg",
    { xmlns: SVG, class: `mls ${name}`.trim(), width, height, viewBox: `0 0 ${width} ${height}` },
    [
      ["style", {}, [`${style}.mls-back{fill:var(--mls-paper)}`]],
      ["rect", { class: "mls-back", width: "100%", height: "100%", rx: 10 }],
      ...shapes,
    ],
  ];
}

/** The greatest number of rows that a table has. A sentence says how many more rows there are. */
export const ROWS_AT_MOST = 200;

/**
 * A table with its name, folded.
 * @param {string} name @param {string[]} heads @param {string[][]} rows at least the first of `count` rows @param {number} [count]
 * @returns {Shape}
 */
export function table(name, heads, rows, count = rows.length) {
  /** @param {string[]} cells @returns {Shape} */
  const line = (cells) => ["tr", {}, cells.map((cell) => ["td", {}, [cell]])];
  const head = heads.map((text) => /** @type {Shape} */ (["th", { scope: "col" }, [text]]));
  const lines = rows.slice(0, ROWS_AT_MOST).map(line);
  if (count > ROWS_AT_MOST) {
    const more = `and ${count - ROWS_AT_MOST} more rows, which the player and the page have`;
    lines.push(["tr", {}, [["td", { colspan: heads.length }, [more]]]]);
  }
  return folded(name, ["table", {}, [["thead", {}, [["tr", {}, head]]], ["tbody", {}, lines]]]);
}

/** Sentences with their name, folded. @param {string} name @param {string[]} said @returns {Shape} */
export function list(name, said) {
  return folded(name, ["ol", {}, said.map((sentence) => ["li", {}, [sentence]])]);
}

/** @param {string} name @param {Shape} content @returns {Shape} */
function folded(name, content) {
  return ["details", {}, [["summary", {}, [name]], content]];
}

/** Whether an attribute is for focus or parts, which an image does not have. Such attributes are left out. @param {string} name */
function isSeen(name) {
  return !/^(?:aria-|role$|tabindex$)/.test(name);
}

/** @param {Still} still @returns {Record<keyof Still, string>} the parts as text */
export function written({ label, sentence, picture, words }) {
  return { label: escaped(label), sentence: escaped(sentence), picture: write(picture, isSeen), words: write(words) };
}
