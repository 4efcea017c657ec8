/** The data table of a picture: the same frame as a table of words. */
import { html } from "./dom.js";

/** @param {string} label what the table is */
export function dataTable(label) {
  const region = html("div", { class: "mls-data-table", tabindex: 0, role: "region", "aria-label": label, hidden: true });
  let shown = "";

  /** @param {{heads: string[], rows: string[][]} | null} table what to show, or null to hide it */
  function show(table) {
    region.hidden = table === null;
    if (!table) return;
    const now = JSON.stringify(table);
    if (now === shown) return;
    shown = now;
    region.replaceChildren(
      html(
        "table",
        {},
        html("thead", {}, html("tr", {}, ...table.heads.map((head) => html("th", { scope: "col" }, head)))),
        html(
          "tbody",
          {},
          ...table.rows.map(([first, ...cells]) =>
            html("tr", {}, html("th", { scope: "row" }, first), ...cells.map((cell) => html("td", {}, cell))),
          ),
        ),
      ),
    );
  }

  return { region, show };
}
