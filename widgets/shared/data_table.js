/** The data table of a picture: the same frame as a table of words. Of a long table only the rows in sight are on the page. */
import { html } from "./dom.js";

/**
 * A table whose rows are made when they are needed.
 * @typedef {{heads: string[], count: number, row: (index: number) => string[]}} Table
 */

/** A longer table shows only the rows in sight. */
const WHOLE_AT_MOST = 300;
/** How many rows are on the page, and how many of them are above what is in sight. */
const WINDOW = 60;
const ABOVE = 20;
/** The height of a row in pixels, until a row has been measured. */
const FIRST_GUESS = 27;

/** @param {string} label what the table is */
export function dataTable(label) {
  const region = html("div", { class: "mls-data-table", tabindex: 0, role: "group", "aria-label": label, hidden: true });
  let shown = "";
  /** @type {Table | null} */
  let long = null;
  let first = -1;
  let height = FIRST_GUESS;
  region.addEventListener("scroll", () => scrolled());

  /** @param {Table | {heads: string[], rows: string[][]} | null} table what to show, or null to hide it */
  function show(table) {
    region.hidden = table === null;
    if (!table) return;
    const given = "rows" in table ? { heads: table.heads, count: table.rows.length, row: (/** @type {number} */ index) => table.rows[index] } : table;
    long = given.count > WHOLE_AT_MOST ? given : null;
    if (long) return scrolled(true);
    const rows = Array.from({ length: given.count }, (_, index) => given.row(index));
    const now = JSON.stringify([given.heads, rows]);
    if (now === shown) return;
    shown = now;
    region.replaceChildren(html("table", {}, head(given.heads), html("tbody", {}, ...rows.map((cells) => line(cells)))));
  }

  /** Show the rows that are in sight now. @param {boolean} [isNew] whether the table is another one */
  function scrolled(isNew = false) {
    if (!long) return;
    const { heads, count, row } = long;
    const from = Math.max(0, Math.min(count - WINDOW, Math.floor(region.scrollTop / height) - ABOVE));
    const isNear = Math.abs(from - first) < ABOVE / 2 && from > 0 && from < count - WINDOW;
    if (!isNew && (isNear || from === first)) return;
    shown = "";
    first = from;
    const rows = Array.from({ length: WINDOW }, (_, index) => line(row(from + index), from + index + 2));
    const body = html("tbody", {}, gap(from * height, heads.length), ...rows, gap((count - from - WINDOW) * height, heads.length));
    region.replaceChildren(html("table", { "aria-rowcount": count + 1 }, head(heads), body));
    height = rows[0].offsetHeight || height;
  }

  return { region, show };
}

/** @param {string[]} heads */
function head(heads) {
  return html("thead", {}, html("tr", { "aria-rowindex": 1 }, ...heads.map((name) => html("th", { scope: "col" }, name))));
}

/** @param {string[]} cells @param {number} [number] of the row in the whole table */
function line([first, ...cells], number) {
  const attributes = number === undefined ? undefined : { "aria-rowindex": number };
  return html("tr", attributes, html("th", { scope: "row" }, first), ...cells.map((cell) => html("td", {}, cell)));
}

/** The room of rows that are not on the page. @param {number} height @param {number} columns */
function gap(height, columns) {
  const cell = html("td", { colspan: columns, class: "mls-gap" });
  cell.style.height = `${height}px`;
  const row = html("tr", { "aria-hidden": "true" }, cell);
  row.hidden = height <= 0;
  return row;
}
