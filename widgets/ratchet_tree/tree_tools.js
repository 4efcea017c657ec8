/** The tools that change how a tree is looked at: zoom, and the fold of a subtree. */
import { html, iconButton } from "../shared/dom.js";

/** @param {(factor?: number) => void} zoom without a factor: the whole tree */
export function zoomButtons(zoom) {
  return html(
    "span",
    { class: "mls-buttons mls-zoom" },
    iconButton("wider", "Zoom out", () => zoom(0.5)),
    iconButton("closer", "Zoom in", () => zoom(2)),
    html("button", { type: "button", class: "mls-fit", title: "The whole tree", click: () => zoom() }, "Fit"),
  );
}

/** @param {(node: number) => void} fold folds the subtree below a node, or unfolds it */
export function foldButton(fold) {
  let node = -1;
  const element = html("button", { type: "button", class: "mls-fit mls-fold-button", hidden: true, click: () => fold(node) });

  /** Offer to fold the selected node, if it is a parent. @param {number} selected */
  function show(selected) {
    node = selected;
    element.hidden = node < 0 || node % 2 === 0;
    element.textContent = `Fold or unfold node ${node}`;
  }

  return { element, show };
}
