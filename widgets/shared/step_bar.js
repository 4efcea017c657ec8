/** The controls of a picture that shows one step as one viewer sees it: viewer, step, epoch, table and help. */
import { attribute, html, iconButton, offer } from "./dom.js";
import { viewerFirst } from "./words.js";

/** @typedef {import("../ratchet_tree/view.d.ts").ViewerView} Viewer */

/**
 * @typedef {object} Shown
 * @property {Viewer[]} viewers
 * @property {string} viewer
 * @property {number} step
 * @property {{title: string}[]} steps
 * @property {number} epoch
 * @property {number | null} before the epoch to which "One epoch back" goes
 * @property {number | null} after
 * @property {boolean} table
 * @property {boolean} help
 */

/** What the keys of `stepBar` do, for a help. @type {[string, string][]} */
export const STEP_KEYS = [
  ["[ ]", "one step back or forward"],
  ["< >", "one epoch back or forward"],
  ["?", "this help"],
];

/** @param {{look: (viewer: string) => void, go: (step: number) => void, turn: (epoch: number) => void, table: () => void, help: () => void}} does */
export function stepBar(does) {
  const viewer = html("select", { class: "mls-select", "aria-label": "Seen by", change: () => does.look(viewer.value) });
  const scrub = html("input", { type: "range", class: "mls-scrub", min: 0, "aria-label": "Step", input: () => does.go(Number(scrub.value)) });
  /** What the buttons and the keys do. @type {Record<string, () => void>} */
  const keys = {
    "[": () => now && now.step > 0 && does.go(now.step - 1),
    "]": () => now && now.step < now.steps.length - 1 && does.go(now.step + 1),
    "<": () => now && now.before !== null && does.turn(now.before),
    ">": () => now && now.after !== null && does.turn(now.after),
    "?": does.help,
  };
  const back = iconButton("step-back", "One step back", keys["["]);
  const on = iconButton("step-on", "One step forward", keys["]"]);
  const earlier = iconButton("beat-back", "One epoch back", keys["<"]);
  const later = iconButton("beat-on", "One epoch forward", keys[">"]);
  const epoch = html("span", { class: "mls-epoch-shown" });
  const table = iconButton("table", "Show as a table", does.table);
  const help = iconButton("help", "Help", does.help);
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    html("label", { class: "mls-viewer" }, html("span", {}, "Seen by"), viewer),
    html("span", { class: "mls-buttons" }, back, on),
    html("span", { class: "mls-track" }, scrub),
    html("span", { class: "mls-buttons mls-epoch-turns" }, earlier, epoch, later),
    html("span", { class: "mls-buttons" }, table, help),
  );
  /** @type {Shown | null} */
  let now = null;

  /** @param {Shown} shown */
  function show(shown) {
    now = shown;
    offer(viewer, shown.viewers.map((one) => [one.id, viewerFirst(one)]), shown.viewer);
    const last = shown.steps.length - 1;
    attribute(scrub, "max", String(last));
    scrub.value = String(shown.step);
    attribute(scrub, "aria-valuetext", `step ${shown.step + 1} of ${last + 1}: ${shown.steps[shown.step].title}`);
    attribute(back, "aria-disabled", String(shown.step === 0));
    attribute(on, "aria-disabled", String(shown.step === last));
    attribute(earlier, "aria-disabled", String(shown.before === null));
    attribute(later, "aria-disabled", String(shown.after === null));
    const said = `Epoch ${shown.epoch}`;
    if (epoch.textContent !== said) epoch.textContent = said;
    table.setAttribute("aria-pressed", String(shown.table));
    help.setAttribute("aria-pressed", String(shown.help));
  }

  return { bar, show, keys };
}
