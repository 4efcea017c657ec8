/**
 * The lifetimes of secrets as a widget: one bar for each secret of a device, and a theft that can be dragged. What the
 * loot opens is computed here, from the rules that the view carries.
 *
 * Traits: view, device, step (the theft is after it), leaks (the names of other leaks that are on), opened (kinds that
 * are not folded; null: those that are small).
 */
import { attribute, html, iconButton, svg } from "../shared/dom.js";
import { live, readable } from "../shared/live.js";
import { HEAD, moved, openAtFirst, rowsOf, scaleOf, stepAt, theftX, within } from "./geometry.js";
import { draw, heightOf, isTaken } from "./picture.js";
import { HEADS, instant, nameOf, pictureLabel, tableRows, theftOf, theftSentence } from "./loot.js";
import { flag, lootPanel } from "./leak_details.js";
import { mount } from "../shared/shapes.js";
import { twin } from "../shared/data_table.js";
import { caseOf } from "../shared/verdict.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */

const FORMAT = "mls-workbench/key-lifetimes-view";
const VERSION = 1;
const TRAITS = ["view", "device", "step", "leaks", "opened"];
/** Dragged so near to the edge, the line takes the picture along. */
const EDGE = 16;
let made = 0;

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  made += 1;
  let given = opened(model.get("view"));
  const { soon, tell, stop } = live(model, TRAITS, update);
  let built = "";
  let isTable = false;
  let isHelp = false;
  let isDragging = false;
  /** @type {import("./geometry.js").Scale} */
  let scale = scaleOf(1, 0);
  /** @type {import("./geometry.js").Row[]} */
  let rows = [];

  const name = `mls-lifetimes-${made}`;
  const canvas = svg("svg", { class: "mls-plot", role: "img" });
  const bar = controls();
  const names = html("div", { class: "mls-row-names", role: "group", "aria-label": "Kinds of secrets", keydown: rove });
  const line = html("div", { class: "mls-theft", role: "slider", tabindex: 0, "aria-valuemin": 1, keydown: slide });
  const plot = html("div", { class: "mls-plot-area", pointerdown: grip, pointermove: drag }, canvas, line);
  const room = html("div", { class: "mls-plot-room" }, plot);
  const loot = lootPanel();
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const table = twin("The lifetimes as a table");
  const stage = html("div", { class: "mls-lifetimes-stage" }, names, room);
  const root = html(
    "div",
    { class: "mls mls-room mls-key-lifetimes", "data-lm-suppress-shortcuts": "true", keydown: press },
    bar.element,
    html("div", { class: "mls-lifetimes-body" }, stage, loot.element),
    words,
    table.region,
  );

  /** Where the model is, within the bounds of the view. */
  function here() {
    const { devices, security } = view();
    const device = model.get("device") in devices ? model.get("device") : Object.keys(devices)[0];
    const others = security.leaks.map(({ name }) => name).filter((name) => model.get("leaks").includes(name));
    return { device, step: within(model.get("step"), security.steps.length - 1), others };
  }

  /** @returns {View} */
  function view() {
    return given.shown;
  }

  /** @param {number} step */
  function go(step) {
    const to = within(step, view().security.steps.length - 1);
    if (to !== here().step) tell({ step: to });
  }

  /** @returns {string[]} the kinds that are not folded */
  function unfolded() {
    return model.get("opened") ?? openAtFirst(view(), here().device);
  }

  /** @param {string} kind */
  function fold(kind) {
    const now = unfolded();
    tell({ opened: now.includes(kind) ? now.filter((one) => one !== kind) : [...now, kind] });
  }

  function controls() {
    const device = html("select", {
      class: "mls-select",
      "aria-label": "Device",
      change: () => tell({ device: device.value }),
    });
    const leaks = html("span", { class: "mls-also", role: "group", "aria-label": "Leaked as well" });
    const tableButton = iconButton("table", "Show as a table", () => {
      isTable = !isTable;
      soon();
    });
    const helpButton = iconButton("help", "Help", () => {
      isHelp = !isHelp;
      soon();
    });
    const element = html(
      "div",
      { class: "mls-bar", role: "group", "aria-label": "Controls" },
      html("label", { class: "mls-viewer" }, html("span", {}, "Theft from"), device),
      html(
        "span",
        { class: "mls-buttons" },
        iconButton("beat-back", "A step earlier", () => go(here().step - 1)),
        iconButton("beat-on", "A step later", () => go(here().step + 1)),
      ),
      leaks,
      html("span", { class: "mls-buttons mls-at-end" }, tableButton, helpButton),
    );
    /** @type {View | null} */
    let offered = null;

    /** @param {ReturnType<typeof here>} place */
    function show(place) {
      if (offered !== view()) offer();
      device.value = place.device;
      for (const button of leaks.querySelectorAll("button"))
        button.setAttribute("aria-pressed", String(place.others.includes(button.value)));
      tableButton.setAttribute("aria-pressed", String(isTable));
      helpButton.setAttribute("aria-pressed", String(isHelp));
    }

    function offer() {
      offered = view();
      const { devices, security } = offered;
      device.replaceChildren(...Object.keys(devices).map((id) => html("option", { value: id }, nameOf(view(), id))));
      leaks.hidden = security.leaks.length === 0;
      const buttons = security.leaks.map(({ name, words: title }) =>
        html("button", { type: "button", class: "mls-toggle", value: name, title, click: () => toggle(name) }, name),
      );
      leaks.replaceChildren(html("span", {}, "Leaked as well"), ...buttons);
    }
    return { element, show };
  }

  /** @param {string} name */
  function toggle(name) {
    const on = here().others;
    tell({ leaks: on.includes(name) ? on.filter((one) => one !== name) : [...on, name] });
  }

  function update() {
    if (given.shown !== model.get("view")) {
      given = opened(model.get("view"));
      built = "";
    }
    const place = here();
    build(place.device);
    const theft = theftOf(view(), given.case, place);
    mount(canvas, draw({ view: view(), rows, theft }, { scale, name }));
    for (const [index, row] of rows.entries()) names.children[index].classList.toggle("is-taken", isTaken(row, place.step));
    attribute(canvas, "aria-label", pictureLabel(view(), place.device));
    line.style.left = `${theftX(scale, place.step)}px`;
    line.setAttribute("aria-label", `Theft from ${nameOf(view(), place.device)}'s device`);
    line.setAttribute("aria-valuemax", String(view().security.steps.length));
    line.setAttribute("aria-valuenow", String(place.step + 1));
    line.setAttribute("aria-valuetext", instant(view(), place.step));
    bar.show(place);
    loot.show(view(), theft, isHelp);
    const said = theftSentence(view(), theft);
    if (words.textContent !== said) words.textContent = said;
    table.show(isTable ? { heads: HEADS, rows: tableRows(view(), theft) } : null);
  }

  /** Arrange the rows if they are others, or if there is other room for them. @param {string} device */
  function build(device) {
    const now = JSON.stringify([device, room.clientWidth, unfolded()]);
    if (now === built) return;
    built = now;
    rows = rowsOf(view(), device, unfolded());
    scale = scaleOf(view().security.steps.length, room.clientWidth);
    const [width, height] = [scale.width, heightOf(rows)];
    for (const [key, value] of Object.entries({ width, height, viewBox: `0 0 ${width} ${height}` })) attribute(canvas, key, String(value));
    const hue = view().security.members.find(({ id }) => id === device)?.hue ?? 0;
    plot.className = `mls-plot-area mls-lives mls-hue-${hue}`;
    plot.style.width = `${scale.width}px`;
    names.style.paddingTop = `${HEAD}px`;
    const focused = names.contains(document.activeElement) ? document.activeElement?.getAttribute("data-kind") : null;
    names.replaceChildren(...rows.map(rowName));
    const stops = [...names.querySelectorAll("button")];
    const stop = stops.find((button) => button.dataset.kind === focused) ?? stops[0];
    if (stop) stop.tabIndex = 0;
    if (focused) stop?.focus();
  }

  /** @param {import("./geometry.js").Row} row */
  function rowName(row) {
    const { name, inner } = row;
    const classes = `mls-row-name${inner ? " is-inner" : ""}`;
    if (row.fold === "") return html("div", { class: classes, title: name }, flag(), name);
    return html(
      "button",
      {
        type: "button",
        class: "mls-row-name",
        tabindex: -1,
        "data-kind": row.kind,
        "aria-expanded": String(row.fold === "open"),
        click: () => fold(row.kind),
      },
      flag(),
      name,
    );
  }

  /** Take hold of the line, wherever in the picture. @param {PointerEvent} event */
  function grip(event) {
    if (event.button !== 0) return;
    isDragging = true;
    plot.setPointerCapture(event.pointerId);
    follow(event);
    line.focus({ preventScroll: true });
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  function drag(event) {
    if (event.buttons === 0) isDragging = false;
    if (isDragging) follow(event);
  }

  /** @param {PointerEvent} event */
  function follow(event) {
    go(stepAt(scale, event.clientX - plot.getBoundingClientRect().left));
    const { left, right } = room.getBoundingClientRect();
    if (event.clientX < left + EDGE) room.scrollLeft -= scale.gap;
    if (event.clientX > right - EDGE) room.scrollLeft += scale.gap;
  }

  /** @param {KeyboardEvent} event */
  function slide(event) {
    const to = event.ctrlKey || event.metaKey || event.altKey ? null : moved(event.key, here().step, view());
    if (to === null) return;
    go(to);
    reveal(to);
    event.preventDefault();
    event.stopPropagation();
  }

  /** Keep the line in sight where the steps have no room. @param {number} step */
  function reveal(step) {
    if (scale.width > room.clientWidth) room.scrollTo({ left: theftX(scale, step) - room.clientWidth / 2 });
  }

  /** Up and down among the kinds that can be folded. @param {KeyboardEvent} event */
  function rove(event) {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const stops = [...names.querySelectorAll("button")];
    const at = stops.findIndex((button) => button === document.activeElement);
    if (by === undefined || at < 0) return;
    const next = stops[within(at + by, stops.length - 1)];
    stops[at].tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    const by = { "[": -1, "]": 1 }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    go(here().step + by);
    event.preventDefault();
    event.stopPropagation();
  }

  const watch = new ResizeObserver(soon);
  watch.observe(room);
  update();
  el.append(root);

  return () => {
    stop();
    watch.disconnect();
    root.remove();
  };
}

/** @param {View} view */
function opened(view) {
  readable(view, FORMAT, VERSION);
  return { shown: view, case: caseOf(view.security) };
}

export default { render };
