/**
 * The marks of the security matrix, as shapes.
 *
 * The lifetime of a leaf key is a capsule that continues from epoch to epoch until a fresh key replaces the leaf key.
 * If the key is known to the attacker, the whole capsule is hatched.
 */

/** @typedef {import("./frame.js").Cell} Cell */
/** @typedef {import("./frame.js").Column} Column */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** The least width of a cell. Widths are multiples of 13, so that a hatch continues in the next cell. */
export const WIDTH = 52;
const WIDEST = 130;
export const HEIGHT = 38;
export const HEAD = 62;

const TOP = 9;
const BOTTOM = 29;
const INSET = 4;
const ROUND = 7;
/** The distance between the lines of a hatch. */
const NARROW = 6.5;
const WIDE = 13;

/** The width of columns that share some room. @param {number} room @param {number} count @returns {number} */
export function widthFor(room, count) {
  return Math.max(WIDTH, Math.min(WIDEST, Math.floor(room / count / WIDE) * WIDE));
}

/** @param {Cell} cell @param {number} width @returns {string} */
function outlineOf({ starts, ends }, width) {
  const turn = width - INSET - ROUND;
  const left = "H11a7 7 0 0 0-7 7v6a7 7 0 0 0 7 7H";
  if (starts && ends) return `M${turn} 9${left}${turn}a7 7 0 0 0 7-7v-6a7 7 0 0 0-7-7z`;
  if (starts) return `M${width} 9${left}${width}`;
  return ends ? `M0 9H${turn}a7 7 0 0 1 7 7v6a7 7 0 0 1-7 7H0` : `M${width} 9H0M0 29H${width}`;
}

/** @param {Cell} cell */
export function cellClass({ state, key, open }) {
  return `mls-cell is-${state}${key && ` has-${key}`}${open ? " is-open" : ""}`;
}

/** A member's mark. @param {string} initial @returns {Shape[]} */
export function leafShapes(initial) {
  return [
    ["rect", { x: -12, y: -12, width: 24, height: 24, rx: 8 }],
    ["text", { y: 4.5 }, [initial]],
  ];
}

/** @param {Cell} cell @param {number} [width] @returns {Shape[]} from the bottom up */
export function cellShapes(cell, width = WIDTH) {
  /** @type {Shape[]} */
  const shapes = [];
  if (cell.state === "seated") {
    const outline = outlineOf(cell, width);
    const body = cell.starts || cell.ends ? outline : `M0 9H${width}V29H0z`;
    shapes.push(["path", { class: "mls-life", d: body }]);
    if (cell.key !== "") shapes.push(["path", { class: "mls-hatch", d: hatching(cell, width) }]);
    shapes.push(["path", { class: "mls-rim", d: outline }]);
  }
  const waves = Array(width / NARROW - 1).fill("6.5 0").join(" ");
  if (cell.forgeable) shapes.push(["path", { class: "mls-forgeable", d: `M0 33.5q3.25-4 6.5 0t${waves}` }]);
  if (cell.sent > 0) shapes.push(...letter(cell));
  if (cell.compromise) shapes.push(["path", { class: "mls-flag", d: `M${width - 8} 29V4l-12 4.5 12 4.5` }]);
  return shapes;
}

/** @param {Cell} cell @returns {Shape[]} */
function letter({ sent, read }) {
  const name = read > 0 ? "mls-letter is-open" : "mls-letter";
  const flap = read > 0 ? "M9 15l7-6 7 6" : "M9 15l7 5 7-5";
  const count = read > 0 && read < sent ? `${read}/${sent}` : String(sent);
  return [
    ["path", { class: name, d: `M9 15h14v9h-14z${flap}` }],
    ...(sent > 1 ? [/** @type {Shape} */ (["text", { class: "mls-count", x: 26, y: 23.5 }, [count]])] : []),
  ];
}

/** Lines that rise to the right, within the capsule. @param {Cell} cell @param {number} width @returns {string} */
export function hatching({ key, starts, ends }, width) {
  const [left, right] = [starts ? INSET : 0, ends ? width - INSET : width];
  const step = key === "leaked" ? NARROW : WIDE;
  let path = "";
  for (let foot = step - 2 * WIDE; foot < width; foot += step) {
    const inside = [];
    for (let up = 0; up <= BOTTOM - TOP; up += 0.5) {
      if (isInside(foot + up, BOTTOM - up)) inside.push(up);
    }
    if (inside.length < 2) continue;
    const [low, high] = [inside[0], inside[inside.length - 1]];
    path += `M${foot + low} ${BOTTOM - low}L${foot + high} ${BOTTOM - high}`;
  }
  return path;

  /** @param {number} x @param {number} y */
  function isInside(x, y) {
    if (x < left || x > right) return false;
    const middle = Math.max(left + (starts ? ROUND : 0), Math.min(right - (ends ? ROUND : 0), x));
    const level = Math.max(TOP + ROUND, Math.min(BOTTOM - ROUND, y));
    return middle === x || (x - middle) ** 2 + (y - level) ** 2 <= (ROUND - 0.5) ** 2;
  }
}

/**
 * The head of a column: the epoch, and a mark, a word and a band that say whether the attacker can read it.
 * @param {Column} column @param {string} by the name of the member whose leak has opened the epoch again @param {number} [width]
 * @returns {Shape[]}
 */
export function headShapes(column, by, width = WIDTH) {
  const { standing, reopeners } = column;
  const middle = width / 2;
  /** @type {Shape[]} */
  const shapes = [["text", { class: "mls-number", x: middle, y: 14 }, [String(column.epoch)]]];
  const count = reopeners.length;
  if (standing === "readable") {
    shapes.push(["path", { class: "mls-eye", d: `M${middle - 9} 30q9-9 18 0q-9 9-18 0z` }]);
    shapes.push(["circle", { class: "mls-pupil", cx: middle, cy: 30, r: 2.6 }]);
  } else if (standing === "reopened") {
    shapes.push(["path", { class: "mls-lock is-open", d: `M${middle - 9} 27h12v9h-12zM${middle + 0.5} 27v-4a3.5 3.5 0 0 1 7 0v2` }]);
  } else if (standing === "healed") {
    const left = middle - (count > 0 ? 13 : 6);
    shapes.push(["path", { class: "mls-lock", d: `M${left} 27h12v9h-12zM${left + 2.5} 27v-4a3.5 3.5 0 0 1 7 0v4` }]);
    if (count > 0) shapes.push(["text", { class: "mls-count", x: middle + 4, y: 36 }, [count > 99 ? "99+" : String(count)]]);
  }
  const word = headWord(column, by);
  if (word) shapes.push(["text", { class: "mls-word", x: middle, y: 49 }, [word]]);
  const band = bandOf(column, width);
  if (band) shapes.push(["path", band]);
  return shapes;
}

const WORD_AT_MOST = 9;

/** @param {Column} column @param {string} by @returns {string} */
function headWord({ standing, reopeners }, by) {
  if (standing === "readable") return "read";
  if (standing === "healed") return reopeners.length > 0 ? "so far" : "healed";
  if (standing !== "reopened") return "";
  return by.length > WORD_AT_MOST ? `${by.slice(0, WORD_AT_MOST - 1)}…` : by;
}

/** @param {Column} column @param {number} width @returns {Record<string, string> | null} */
function bandOf({ standing, reopeners }, width) {
  if (standing === "healed") return { class: reopeners.length > 0 ? "mls-band is-shaky" : "mls-band", d: `M0 57.5H${width}` };
  if (standing !== "readable" && standing !== "reopened") return null;
  let path = "";
  for (let foot = 0; foot < width; foot += NARROW) path += `M${foot} 60.5L${foot + NARROW} 54`;
  return { class: "mls-band is-open", d: path };
}
