/** The side panel of a room: who could read a message and what comes of trying, or the list of devices of a screen. */
import { withReading } from "./frame.js";
import { STANDINGS, senderOf, several } from "./words.js";
import { html } from "../shared/dom.js";
import { rowList } from "../shared/rows.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./trial.d.ts").TrialView} Trial */

/**
 * @param {Frame} frame @param {{who: number, trial: Trial | null, choose: (who: number) => void, attempt: () => void, bytes: (() => void) | null}} trying
 * @returns {HTMLElement}
 */
export function messageDetails(frame, { who, trial, choose, attempt, bytes }) {
  const { view, chosen } = frame;
  if (!chosen) return html("div");
  const select = html(
    "select",
    { class: "mls-select", "aria-label": "Who tries", change: () => choose(Number(select.value)) },
    ...view.triers.map((name, index) => html("option", { value: index }, name)),
  );
  select.value = String(who);
  return html(
    "div",
    {},
    rowList([
      { name: "from", value: `${senderOf(view, chosen)}, in epoch ${chosen.epoch}` },
      { name: "keys open it now", value: several(withReading(view, chosen, "now")) || "nobody" },
      { name: "opened it when it was sent", value: several(chosen.then.map((index) => view.screens[index].name)) || "nobody" },
      { name: "never could", value: several(withReading(view, chosen, "never")) || "nobody" },
    ]),
    html("p", { class: "mls-hint" }, "A device that has shown a message has deleted its key. It keeps the text, if it keeps anything."),
    html("div", { class: "mls-try" }, select, html("button", { type: "button", class: "mls-step", click: attempt }, "Try")),
    ...(trial ? [trialDetails(trial)] : []),
    ...(bytes ? [html("button", { type: "button", class: "mls-step", click: bytes }, "Inspect its bytes")] : []),
    rowList([{ name: `the bytes (${chosen.size})`, value: chosen.wire || "left out of this notebook" }]),
  );
}

/** @param {Trial} trial */
function trialDetails({ opened, text, said, error, section, advice }) {
  const head = opened ? `It opens: “${text}”` : "It does not open.";
  const from = [error, section && `RFC 9420 ${section}`].filter(Boolean).join(", ");
  return html(
    "div",
    { class: `mls-trial ${opened ? "is-opened" : "is-shut"}`, role: "status" },
    html("strong", {}, head),
    html("p", {}, said),
    ...(from ? [html("p", { class: "mls-from-where" }, from)] : []),
    ...(advice ? [html("p", {}, advice)] : []),
  );
}

/**
 * The devices as one screen sees them.
 * @param {Frame} frame @param {number} index @param {(act: string, leaf: number) => void} act
 */
export function deviceList(frame, index, act) {
  const { view, live } = frame;
  const screen = view.screens[index];
  return html("div", { class: "mls-devices", role: "list" }, ...screen.members.map(({ device, leaf, since, standing, approver }) => {
    const known = view.devices[device];
    const words = standing === "approved" ? `approved by ${approver}` : STANDINGS[standing];
    const last = known.active === null ? "has not acted" : `acted last in step ${known.active + 1}`;
    const buttons = standing === "own" || !live ? [] : [["verify", "Compare codes"], ["remove_leaf", "Remove"]];
    return html(
      "div",
      { class: `mls-device is-${standing}`, role: "listitem" },
      html("strong", {}, known.name),
      html("span", {}, `${words}; since epoch ${since}; ${last}${known.archive ? "; an archive" : ""}`),
      html("span", { class: "mls-digits" }, known.code),
      html("span", { class: "mls-steps" }, ...buttons.map(([name, label]) => html("button", { type: "button", class: "mls-step", click: () => act(name, leaf) }, label))),
    );
  }));
}

