/** The search for a member by name, and the way from one found leaf to the next. */
import { html, iconButton } from "../shared/dom.js";
import { shortened } from "../shared/words.js";

/** What is searched: the marks of a tree, or of the trees beside each other. `tree` is another object when the members may be others. @typedef {{leafCount: number, marks: import("./frame.js").Mark[], tree: object}} Searched */
/** @typedef {import("./frame.js").Mark} Mark */

/** A tree with fewer leaves is seen at one glance. */
const FEWEST = 16;
const LETTERS = 30;

/**
 * The leaves of the members whose name has these words in it, in any case; those that begin with them come first.
 * @param {Searched} searched @param {string} words @returns {Mark[]}
 */
export function leavesNamed({ marks }, words) {
  const wanted = words.normalize("NFC").trim().toLocaleLowerCase();
  if (wanted === "") return [];
  /** @type {Map<string, Mark>[]} */
  const found = [new Map(), new Map(), new Map()];
  for (const mark of marks) {
    const name = mark.member?.name.normalize("NFC").toLocaleLowerCase();
    if (!name?.includes(wanted)) continue;
    found[name === wanted ? 0 : name.startsWith(wanted) ? 1 : 2].set(`${mark.node} ${name}`, mark);
  }
  return found.flatMap((each) => [...each.values()]);
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
  /** @type {Searched | null} */
  let frame = null;
  /** @type {Mark[]} */
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
    words.textContent = !isAsked ? "" : found.length ? `${at + 1} of ${found.length}: ${nameOf(found[at])}` : "nobody has this name";
    jump(at < 0 ? -1 : found[at].node, found.map(({ node }) => node));
  }

  /** @param {Mark} mark */
  const nameOf = ({ member }) => shortened(member?.name ?? "", LETTERS);

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
    /** @param {Searched} now */
    show(now) {
      const isOther = frame !== null && frame.tree !== now.tree;
      frame = now;
      element.hidden = now.leafCount <= FEWEST;
      if (isOther && found.length) found = leavesNamed(now, field.value);
    },
  };
}
