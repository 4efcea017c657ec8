/** The controls above the picture of lifetimes: whose device, when, and what leaked as well. */
import { html, iconButton } from "../shared/dom.js";
import { nameOf } from "./compromise.js";

/** @typedef {import("./frame.js").Frame} Frame */

/**
 * @param {object} does
 * @param {(device: string) => void} does.choose
 * @param {(steps: number) => void} does.step
 * @param {(name: string) => void} does.toggle
 * @param {() => void} does.table
 * @param {() => void} does.help
 */
export function lifetimesToolbar(does) {
  const device = html("select", {
    class: "mls-select",
    "aria-label": "Device",
    change: () => does.choose(device.value),
  });
  const leaks = html("span", { class: "mls-also", role: "group", "aria-label": "Leaked as well" });
  const table = iconButton("table", "Show as a table", does.table);
  const help = iconButton("help", "Help", does.help);
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    html("label", { class: "mls-viewer" }, html("span", {}, "Compromise of"), device),
    html(
      "span",
      { class: "mls-buttons" },
      iconButton("beat-back", "A step earlier", () => does.step(-1)),
      iconButton("beat-on", "A step later", () => does.step(1)),
    ),
    leaks,
    html("span", { class: "mls-buttons mls-at-end" }, table, help),
  );
  /** @type {Frame["view"] | null} */
  let offered = null;

  /** @param {Frame} frame @param {{table: boolean, help: boolean}} own */
  function show({ view, device: chosen, compromise }, own) {
    if (offered !== view) offer(view);
    device.value = chosen;
    for (const button of leaks.querySelectorAll("button"))
      button.setAttribute("aria-pressed", String(compromise.others.includes(button.value)));
    table.setAttribute("aria-pressed", String(own.table));
    help.setAttribute("aria-pressed", String(own.help));
  }

  /** Offer the devices and the leaks of a view. @param {Frame["view"]} view */
  function offer(view) {
    offered = view;
    const { devices, security } = view;
    device.replaceChildren(...Object.keys(devices).map((id) => html("option", { value: id }, nameOf(view, id))));
    leaks.hidden = security.leaks.length === 0;
    const buttons = security.leaks.map(({ name, words: title }) =>
      html("button", { type: "button", class: "mls-toggle", value: name, title, click: () => does.toggle(name) }, name),
    );
    leaks.replaceChildren(html("span", {}, "Leaked as well"), ...buttons);
  }

  return { bar, show };
}
