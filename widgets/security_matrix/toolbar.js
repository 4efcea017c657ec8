/** The controls above the picture of a compromise: where in the history it is, and what has leaked. */
import { deviceOf } from "../shared/reasons.js";
import { html, iconButton, rootOf } from "../shared/dom.js";
import { columnOf } from "./frame.js";
import { nameOf, stepTitle } from "./words.js";
import { stepOf } from "../shared/verdict.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("../shared/verdict.js").Leak} Leak */

/**
 * A leak in a few words.
 * @param {Frame} frame @param {Leak} leak @returns {string} "Dave's device, epoch 4"
 */
export function leakTitle(frame, leak) {
  const { given } = frame.opening;
  const device = deviceOf(given, leak);
  const named = "name" in leak ? given.view.leaks.find(({ name }) => name === leak.name) : undefined;
  const what = named === undefined || named.what === "state" ? "device" : named.what;
  const at = stepOf(given, leak);
  const epoch = given.view.epochs[columnOf(given.view, at)]?.epoch;
  const where = epoch === undefined ? `step ${at + 1}` : `epoch ${epoch}`;
  const words = `${nameOf(frame, device)}’s ${what}, ${where}`;
  return named && named.name !== device && !named.name.startsWith(device) ? `${named.name}: ${words}` : words;
}

/**
 * @param {object} does
 * @param {(step: number) => void} does.go
 * @param {(leak: Leak) => void} does.toggle
 * @param {() => void} does.clear
 * @param {() => void} does.table
 * @param {() => void} does.help
 */
export function matrixToolbar(does) {
  let step = 0;
  const scrub = html("input", {
    type: "range",
    class: "mls-scrub",
    min: 0,
    "aria-label": "Step",
    input: () => does.go(Number(scrub.value)),
  });
  const back = iconButton("step-back", "One step back", () => does.go(step - 1));
  const on = iconButton("step-on", "One step forward", () => does.go(step + 1));
  const table = iconButton("table", "Show as a table", does.table);
  const help = iconButton("help", "Help", does.help);
  const title = html("span", { class: "mls-step-title" });
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    html("span", { class: "mls-buttons" }, back, on),
    html("span", { class: "mls-track" }, scrub),
    html("span", { class: "mls-buttons" }, table, help),
    title,
  );
  const leaks = html("div", { class: "mls-leaks", role: "group", "aria-label": "What has leaked" });
  let offered = "";

  /** @param {Frame} frame @param {Leak[]} chosen @param {{table: boolean, help: boolean}} own */
  function show(frame, chosen, own) {
    const { view } = frame.opening.given;
    const last = view.steps.length - 1;
    step = frame.step;
    scrub.max = String(last);
    scrub.value = String(step);
    title.textContent = stepTitle(frame);
    scrub.setAttribute("aria-valuetext", title.textContent);
    back.setAttribute("aria-disabled", String(step === 0));
    on.setAttribute("aria-disabled", String(step === last));
    table.setAttribute("aria-pressed", String(own.table));
    help.setAttribute("aria-pressed", String(own.help));
    const named = /** @type {Leak[]} */ (view.leaks.map(({ name }) => ({ name })));
    const others = chosen.filter((leak) => !("name" in leak));
    offer(frame, [...named, ...others], new Set(chosen.map((leak) => JSON.stringify(leak))));
  }

  /** @param {Frame} frame @param {Leak[]} all @param {Set<string>} on those that are put on */
  function offer(frame, all, on) {
    const now = all.map((leak) => ({
      leak,
      text: leakTitle(frame, leak),
      isOn: on.has(JSON.stringify(leak)),
      isLater: stepOf(frame.opening.given, leak) > frame.step,
    }));
    if (JSON.stringify(now) === offered) return;
    offered = JSON.stringify(now);
    const focused = [...leaks.children].indexOf(/** @type {Element} */ (rootOf(leaks).activeElement));
    const chips = now.map(({ leak, text, isOn, isLater }) =>
      html(
        "button",
        {
          type: "button",
          class: `mls-leak ${isLater ? "is-later" : ""}`,
          "aria-pressed": String(isOn),
          click: () => does.toggle(leak),
        },
        isLater ? `${text} (later)` : text,
      ),
    );
    const clear = html("button", { type: "button", class: "mls-clear", click: does.clear }, "Take all off");
    const hint = html("span", { class: "mls-hint" }, "Press space on a cell, or click its flag, to compromise the device in that epoch.");
    leaks.replaceChildren(
      html("span", { class: "mls-leaks-label" }, "Leaked"),
      ...chips,
      ...(on.size > 0 ? [clear] : [hint]),
    );
    if (focused > 0) /** @type {HTMLElement | undefined} */ (leaks.children[Math.min(focused, chips.length)])?.focus?.();
  }

  return { bar, leaks, show };
}
