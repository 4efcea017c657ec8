/** The search for a member by name, and the way from one found leaf to the next. */
import { html, iconButton } from "../shared/dom.js";
import { shortened } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */

/** A tree with fewer leaves is seen at one glance. */
const FEWEST = 16;
const LETTERS = 30;

/**
 * The leaves of the members whose name has these words in it, in any case; those that begin with them come first.
 * @param {Frame} frame @param {string} words @returns {number[]} node indices
 */
export function leavesNamed({ marks }, words) {
  const wanted = words.normalize("NFC").trim().toLocaleLowerCase();
  if (wanted === "") return [];
  /** @type {number[][]} */
  const found = [[], [], []];
  for (const { node, member } of marks) {
    const name = member?.name.normalize("NFC").toLocaleLowerCase();
    if (!name?.includes(wanted)) continue;
    found[name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2].push(node);
  }
  return found.flat();
}

/** @param {(node: number, all: number[]) => void} jump called with the leaf to show, or -1, and all that are found */
export function finder(jump) {
  const field = html("input", {
    type: "search",
    class: "mls-select mls-find-field",
    "aria-label": "Find a member by name",
    placeholder: "Find a member",
    maxlength: 200,
    input: () => search(),
    keydown: (/** @type {KeyboardEvent} */ event) => press(event),
  });
  const words = html("output", { class: "mls-find-words", "aria-live": "polite" });
  const back = iconButton("up", "The member found before", () => move(-1));
  const on = iconButton("down", "The next member found", () => move(1));
  const element = html("div", { class: "mls-find", role: "search", hidden: true }, field, back, on, words);
  /** @type {Frame | null} */
  let frame = null;
  /** @type {number[]} */
  let found = [];
  let at = -1;

  function search() {
    found = frame ? leavesNamed(frame, field.value) : [];
    at = found.length ? 0 : -1;
    tell();
  }

  /** @param {number} by */
  function move(by) {
    if (found.length === 0) return;
    at = (at + by + found.length) % found.length;
    tell();
  }

  function tell() {
    const isAsked = field.value.trim() !== "";
    for (const button of [back, on]) button.setAttribute("aria-disabled", String(found.length < 2));
    words.textContent = !isAsked ? "" : found.length ? `${at + 1} of ${found.length}: ${nameAt(found[at])}` : "nobody has this name";
    jump(at < 0 ? -1 : found[at], found);
  }

  /** @param {number} leaf */
  const nameAt = (leaf) => shortened(frame?.marks[leaf]?.member?.name ?? "", LETTERS);

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.key === "Escape" && field.value) {
      field.value = "";
      search();
    } else if (event.key === "Enter" || event.key === "ArrowDown") move(event.shiftKey ? -1 : 1);
    else if (event.key === "ArrowUp") move(-1);
    else return event.stopPropagation();
    event.preventDefault();
    event.stopPropagation();
  }

  return {
    element,
    /** @param {Frame} now */
    show(now) {
      const isOther = frame !== null && frame.tree !== now.tree;
      frame = now;
      element.hidden = now.leafCount <= FEWEST;
      if (isOther && found.length) found = leavesNamed(now, field.value);
    },
  };
}
