/** The picture's twin: the same frame as a table of words. */
import { html } from "./dom.js";
import { nodeParts } from "./words.js";

export function twin() {
  const region = html("div", {
    class: "mls-twin",
    tabindex: 0,
    role: "region",
    "aria-label": "The tree as a table",
    hidden: true,
  });
  let shown = "";

  /** @param {import("./frame.js").Frame | null} frame what to show, or null to hide the table */
  function show(frame) {
    region.hidden = frame === null;
    if (!frame) return;
    const rows = frame.marks.map((mark) => Object.values(nodeParts(mark, frame.viewer.name)));
    const now = JSON.stringify(rows);
    if (now === shown) return;
    shown = now;
    const heads = ["Node", "What", "Public key", `Private key, for ${frame.viewer.name}`, "Notes"];
    region.replaceChildren(
      html(
        "table",
        {},
        html("thead", {}, html("tr", {}, ...heads.map((head) => html("th", { scope: "col" }, head)))),
        html(
          "tbody",
          {},
          ...rows.map(([node, ...cells]) =>
            html("tr", {}, html("th", { scope: "row" }, node), ...cells.map((cell) => html("td", {}, cell))),
          ),
        ),
      ),
    );
  }

  return { region, show };
}
