/** The bar of a playground: which history is shown, which pictures, and how to share it. */
import { html, offer } from "../shared/dom.js";

/** @typedef {import("./workspace.js").Name} Name */
/** @typedef {{value: string, name: string}} Option */

/** The pictures below the tree, with their names. @type {[Name, string][]} */
export const PICTURES = [
  ["timeline", "Timeline"],
  ["matrix", "Who can read"],
  ["lifetimes", "Lifetimes of keys"],
  ["server", "What the server knows"],
  ["room", "Screens"],
  ["schedule", "Key schedule"],
  ["secrets", "Secret tree"],
  ["wire", "Bytes"],
  ["diff", "Two sides"],
];

/**
 * @param {object} does
 * @param {(scenario: string) => void} does.begin
 * @param {(number: number) => void} does.goBack shows an earlier history
 * @param {(number: number) => void} does.group
 * @param {(name: Name) => void} does.picture shows or hides a picture
 * @param {() => void} does.share
 */
export function playgroundBar({ begin, goBack, group, picture, share }) {
  const scenarios = choice("Begin", begin);
  const histories = choice("History", (value) => goBack(Number(value)));
  const groups = choice("Group", (value) => group(Number(value)));
  const shareButton = html("button", { type: "button", class: "mls-do", click: share }, "Share");
  const toggles = PICTURES.map(([name, label]) =>
    html("button", { type: "button", class: "mls-do", click: () => picture(name) }, label),
  );
  const pictures = html("div", { class: "mls-actions", role: "group", "aria-label": "Pictures" }, ...toggles);
  const acting = html("div", { class: "mls-fields" }, scenarios.label, histories.label, groups.label, shareButton);
  const element = html("div", { class: "mls-play-bar" }, acting, pictures);

  /** @param {{canAct: boolean, scenarios: Option[], scenario: string, histories: Option[], groups: Option[], group: number, pictures: string[], canCompare: boolean, isSharing: boolean}} state */
  function show(state) {
    acting.hidden = !state.canAct;
    scenarios.show(state.scenarios, state.scenario);
    histories.show(state.histories, state.histories.at(-1)?.value ?? "");
    histories.label.hidden = state.histories.length < 2;
    groups.show(state.groups, String(state.group));
    groups.label.hidden = state.groups.length < 2;
    shareButton.setAttribute("aria-expanded", String(state.isSharing));
    toggles[PICTURES.findIndex(([name]) => name === "diff")].hidden = !state.canCompare;
    PICTURES.forEach(([name], place) => toggles[place].setAttribute("aria-pressed", String(state.pictures.includes(name))));
  }

  return { element, show };
}

/** A list to choose from. @param {string} name @param {(value: string) => void} choose */
function choice(name, choose) {
  const select = html("select", { class: "mls-select", "aria-label": name, change: () => choose(select.value) });
  const label = html("label", { class: "mls-field" }, html("span", {}, name), select);

  /** @param {Option[]} options @param {string} chosen */
  function show(options, chosen) {
    offer(select, options.map(({ value, name }) => [value, name]), chosen);
  }

  return { label, show };
}
