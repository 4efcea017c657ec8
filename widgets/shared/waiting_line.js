/** The line of a picture whose reader waits for Python: how far the work is, and a button that cancels it. */
import { html } from "./dom.js";

/** @typedef {import("./model.d.ts").Model} Model */

/**
 * Traits: asked ({number}), progress ({number, done, total}: how far the work on that wish is), cancelled (the number of
 * the wish that the reader has cancelled last).
 * @param {Model} model @param {(changes: Record<string, unknown>) => void} tell
 */
export function waitingLine(model, tell) {
  const bar = html("progress", { "aria-label": "How far the work is" });
  const words = html("span", {});
  const cancel = html("button", { type: "button", class: "mls-do", click: () => tell({ cancelled: model.get("asked").number }) }, "Cancel");
  const element = html("div", { class: "mls-actions mls-waiting", hidden: true }, bar, words, cancel);

  /** @param {boolean} isBusy */
  function show(isBusy) {
    const { number, done, total } = model.get("progress");
    const asked = model.get("asked").number;
    element.hidden = !isBusy || number !== asked;
    if (element.hidden) return;
    const isCancelled = model.get("cancelled") === asked;
    bar.max = total;
    bar.value = done;
    words.textContent = isCancelled ? "Cancelling…" : `${done} of ${total}`;
    cancel.hidden = isCancelled;
  }

  return { element, show };
}
