/** The side panel of a view; it stands beside the picture, or below it where there is little room. */
import { html, iconButton } from "./dom.js";
import { made } from "./shapes.js";

/** @param {() => void} close */
export function panel(close) {
  const title = html("div", { class: "mls-panel-title" });
  const content = html("div", { class: "mls-content", tabindex: 0 });
  const element = html(
    "aside",
    { class: "mls-panel", "aria-label": "Details", hidden: true },
    html("header", {}, title, iconButton("close", "Close", close)),
    content,
  );
  let shown = "";

  /**
   * @param {string} now what the content depends on; none hides the panel
   * @param {string} heading
   * @param {() => Node} make the content, asked for when it has changed
   */
  function show(now, heading, make) {
    element.hidden = now === "";
    if (now === "" || now === shown) return;
    shown = now;
    title.textContent = heading;
    content.replaceChildren(make());
  }

  return { element, show };
}

/** One mark by itself, for the legend. @param {...import("./shapes.js").Shape} shapes */
export function specimen(...shapes) {
  return made(["svg", { class: "mls-specimen", viewBox: "-27 -27 54 54", "aria-hidden": "true" }, shapes]);
}

/**
 * Marks and keys, explained.
 * @param {[Node, string][]} marks @param {[string, string][]} keys
 */
export function helpList(marks, keys) {
  return html(
    "div",
    { class: "mls-help" },
    html("ul", { class: "mls-legend" }, ...marks.map(([mark, text]) => html("li", {}, mark, text))),
    html(
      "dl",
      { class: "mls-keys" },
      ...keys.flatMap(([key, text]) => [
        html("dt", {}, ...key.split(" ").map((one) => html("span", { class: "mls-key" }, one))),
        html("dd", {}, text),
      ]),
    ),
  );
}
