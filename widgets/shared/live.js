/** The connection of a live picture with its model: it draws once for several changes, and sends its own changes. */
import { followWidth, html } from "./dom.js";
import { join } from "./workspace.js";

/** @typedef {import("./model.d.ts").Model} Model */

/** The events by which a reader acts. The first three begin an act: the failure of the act before it is over. */
const ACTS = ["pointerdown", "keydown", "input", "click", "change", "pointermove", "pointerleave", "pointerup", "wheel", "focus", "blur", "scroll", "drop", "toggle"];
const BEGINS = new Set(ACTS.slice(0, 3));

/**
 * The picture that drew or was acted on last. A page does not say which handler, timer or frame an error comes from, so
 * an error that nobody has caught is that of this picture.
 * @type {object | null}
 */
let acting = null;

/**
 * @param {{model: Model, el: HTMLElement}} host @param {string[]} traits those that the picture shows
 * @param {() => void} update draws it
 * @param {import("./workspace.js").Shares} [shares] what it shares with the other pictures of its workspace
 */
export function live({ model, el }, traits, update, shares = {}) {
  const events = traits.map((trait) => `change:${trait}`);
  /** @type {HTMLElement | null} */
  let failure = null;
  let problem = "";
  let broken = "";
  const own = {};
  let isQueued = false;
  let isOver = false;

  /** Draw now. An error is shown in the place of the picture, because nobody looks for it in the console of the page. */
  function draw() {
    acting = own;
    try {
      update();
      problem = "";
    } catch (error) {
      problem = `This cannot be drawn: ${error}.`;
      reportError(error);
    }
    showFailure();
  }

  /** What went wrong: in Python, which says so in a trait, in the drawing, or when the reader acted. */
  function showFailure() {
    const { words: python = "", workspace = "" } = model.get("failed") ?? {};
    const words = [python, workspace, problem, broken].filter(Boolean).join(" ");
    if (words === (failure?.textContent ?? "")) return;
    failure?.remove();
    failure = words ? html("p", { class: "mls mls-failure", role: "alert" }, words) : null;
    if (failure) el.prepend(failure);
  }

  /** @param {Event} event */
  function acts({ type }) {
    acting = own;
    if (!broken || !BEGINS.has(type)) return;
    broken = "";
    showFailure();
  }

  /** Show an error of this picture that nobody has caught; the console has it too. @param {unknown} error */
  function fails(error) {
    if (acting !== own || !(error instanceof Error) || !error.stack?.includes(import.meta.url)) return;
    broken = `This picture has failed: ${error}. The console of the page has more.`;
    showFailure();
  }

  /** @param {ErrorEvent} event */
  const uncaught = ({ error }) => fails(error);
  /** @param {PromiseRejectionEvent} event */
  const rejected = ({ reason }) => fails(reason);

  /** Several changes in a row make one drawing. */
  function soon() {
    if (isQueued) return;
    isQueued = true;
    queueMicrotask(() => {
      isQueued = false;
      if (!isOver) draw();
    });
  }

  /** @param {Record<string, unknown>} changes */
  function tell(changes) {
    for (const [name, value] of Object.entries(changes)) model.set(name, value);
    model.save_changes();
    soon();
  }

  /**
   * Draw the picture on the page, and draw it again when one of its elements has another width.
   * @param {HTMLElement} root @param {HTMLElement} [element] @param {(width: number) => void} [resized]
   * @returns {() => void} what ends this view
   */
  function open(root, element, resized = soon) {
    el.append(root);
    draw();
    const unfollow = element ? followWidth(element, resized) : () => {};
    return () => {
      stop();
      unfollow();
      root.remove();
    };
  }

  function stop() {
    isOver = true;
    leave();
    for (const event of events) model.off(event, soon);
    model.off("change:failed", showFailure);
    for (const act of ACTS) el.removeEventListener(act, acts, true);
    removeEventListener("error", uncaught);
    removeEventListener("unhandledrejection", rejected);
    failure?.remove();
  }

  for (const event of events) model.on(event, soon);
  model.on("change:failed", showFailure);
  for (const act of ACTS) el.addEventListener(act, acts, true);
  addEventListener("error", uncaught);
  addEventListener("unhandledrejection", rejected);
  const leave = join(model, model.get("workspace"), shares);
  return { begin: draw, open, soon, tell, stop };
}

/**
 * The view itself, if this picture can read it.
 * @template {{format: string, version: number}} T @param {T} view @param {string} format @param {number} version @returns {T}
 */
export function readable(view, format, version) {
  if (view.format === format && view.version === version) return view;
  throw new Error(`this picture reads ${format} version ${version}, not ${view.format} version ${view.version}`);
}

/**
 * Do what a key means in this picture, and keep the key from the page. Keys with a modifier are left to the page.
 * @param {KeyboardEvent} event @param {Record<string, () => void>} does
 */
export function pressed(event, does) {
  if (event.ctrlKey || event.metaKey || event.altKey || !(event.key in does)) return;
  does[event.key]();
  event.preventDefault();
  event.stopPropagation();
}
