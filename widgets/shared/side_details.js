/** The side panel of a view; it stands beside the picture, or below it where there is little room. */
import { html, iconButton } from "./dom.js";

/** @param {() => void} close */
export function panel(close) {
  const title = html("div", { class: "mls-panel-title" });
  const content = html("div", { class: "mls-content", tabindex: 0 });
  const element = html(
    "div",
    { class: "mls-panel", role: "group", "aria-label": "Details", hidden: true },
    html("div", { class: "mls-panel-head" }, title, iconButton("close", "Close", close)),
    content,
  );
  let shown = "";

  /**
   * @param {string} now a text that changes when the content changes; an empty text hides the panel
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
