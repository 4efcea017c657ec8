/**
 * The derivation of a secret as a widget: how the attacker knows it. The same module runs in JupyterLab (anywidget), in
 * Panel and in an exported page. So it uses only get, set, save_changes, on and off of the model, and reads values with
 * model.get.
 *
 * Traits: view, selected (a fact, or -1), every_step (whether runs of steps are unfolded).
 */
import { announced } from "../shared/notebook_output.js";
import { MARKS } from "./key.js";
import { draw } from "./picture.js";
import { neighbour, sentences } from "./walk.js";
import { OWN_KEYS, attribute, html, iconButton, svg } from "../shared/dom.js";
import { live, pressed, readable } from "../shared/live.js";
import { helpList, keyLine } from "../shared/key.js";
import { panel } from "../shared/side_details.js";
import { rowList } from "../shared/rows.js";
import { mount } from "../shared/shapes.js";
import { list, upperFirst } from "../shared/words.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./derivation.d.ts").DerivationView} View */
/** @typedef {import("./derivation.d.ts").ArrangementView} Arrangement */
/** @typedef {import("./derivation.d.ts").DerivedFactView} DerivedFact */

const FORMAT = "mls-workbench/derivation-view";
const VERSION = 1;
const TRAITS = ["view", "selected", "every_step"];
/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { open, soon, tell } = live({ model, el }, TRAITS, update);
  /** What only this view knows. */
  const own = { table: false, help: false, revealed: -1, stop: -1 };
  /** What is told now. @type {Arrangement | null} */
  let told = null;

  const canvas = svg("svg", { class: "mls-picture mls-derivation-picture", click, keydown: walk });
  const steps = iconButton("unfold", "Show every step", () => tell({ every_step: !model.get("every_step") }));
  const table = iconButton("table", "Show as sentences", () => change({ table: !own.table }));
  const help = iconButton("help", "Help", () => change({ help: !own.help }));
  const title = html("div", { class: "mls-title" });
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    title,
    html("span", { class: "mls-buttons" }, steps, table, help),
  );
  const viewport = html("div", { class: "mls-viewport" }, canvas);
  const side = panel(close);
  const key = keyLine(MARKS);
  const words = html("div", { class: "mls-sentence", "aria-live": "polite" });
  const sayings = html("ol", { class: "mls-sentences" });
  const region = html(
    "div",
    { class: "mls-data-table", tabindex: 0, role: "group", "aria-label": "The derivation in sentences" },
    sayings,
  );
  const root = html(
    "div",
    { class: "mls mls-room mls-derivation-graph", ...OWN_KEYS, keydown: press },
    bar,
    html("div", { class: "mls-body" }, viewport, side.element),
    words,
    key.element,
    region,
  );

  /** @returns {View} */
  function view() {
    return model.get("view");
  }

  /** What is shown of the view. @returns {Arrangement} */
  function arrangement() {
    return model.get("every_step") ? view().full : view().folded;
  }

  /** The selected fact; -1 if there is none, or if it is folded away. */
  function selected() {
    const fact = model.get("selected");
    return arrangement().places.some((place) => place.fact === fact) ? fact : -1;
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {number} fact */
  function select(fact) {
    change({ help: false, revealed: -1, stop: fact < 0 ? own.stop : fact });
    tell({ selected: fact });
  }

  function close() {
    if (own.help) change({ help: false });
    else select(-1);
  }

  function update() {
    const now = opened(view());
    const shown = arrangement();
    const fact = selected();
    const isNew = shown !== told;
    if (isNew) {
      mount(sayings, sentences(now, shown).map((sentence) => ["li", {}, [sentence]]));
      told = shown;
    }
    if (!shown.places.some((place) => place.fact === own.stop)) own.stop = fact < 0 ? now.goal : fact;
    attribute(canvas, "width", String(shown.width));
    attribute(canvas, "height", String(shown.height));
    attribute(canvas, "viewBox", `0 0 ${shown.width} ${shown.height}`);
    const shapes = draw({ view: now, shown, selected: fact, stop: fact < 0 ? own.stop : fact });
    mount(canvas, shapes);
    if (isNew) centre();
    key.show(shapes);
    title.textContent = now.title;
    steps.hidden = now.full.places.length === now.folded.places.length;
    steps.setAttribute("aria-pressed", String(model.get("every_step")));
    table.setAttribute("aria-pressed", String(own.table));
    help.setAttribute("aria-pressed", String(own.help));
    region.hidden = !own.table;
    const said = fact < 0 ? now.summary : (shown.arrows.find(({ conclusion }) => conclusion === fact)?.sentence ?? now.facts[fact].source);
    if (words.textContent !== said) words.textContent = said;
    showDetails(now, shown, fact);
  }

  /** @param {View} now @param {Arrangement} shown @param {number} fact */
  function showDetails(now, shown, fact) {
    if (own.help) {
      const said = [now.summary, ...sentences(now, shown), ...shown.places.map((place) => now.facts[place.fact].words)];
      side.show(JSON.stringify(said), "Marks and keys", () => helpList(MARKS, KEYS, said));
    }
    else if (fact < 0) side.show("", "", () => html("div"));
    else {
      const content = JSON.stringify([fact, now.facts[fact], own.revealed, model.get("every_step")]);
      side.show(content, upperFirst(now.facts[fact].words), () => detailsOf(now, shown, fact));
    }
  }

  /** How the attacker knows a fact, and the value of the fact if the reader asked for it. @param {View} now @param {Arrangement} shown @param {number} fact */
  function detailsOf(now, shown, fact) {
    const { value, leak, kind } = now.facts[fact];
    const arrow = shown.arrows.find(({ conclusion }) => conclusion === fact);
    const from = arrow ? `from ${list(arrow.lines.map(({ premise }) => now.facts[premise].words))}` : "";
    const derived = (arrow?.calls ?? []).map(({ call, section, gives }, index) => {
      const given = gives === fact ? (index ? "gives it" : "") : `gives ${now.facts[gives].words}`;
      return { name: call, section, value: [index ? "" : from, given].filter(Boolean).join(", ") };
    });
    const rows = leak ? [{ name: "leaked with", value: leak.words }] : derived;
    const reveal = html(
      "button",
      { type: "button", class: "mls-reveal", click: () => change({ revealed: fact }) },
      kind === "message" ? "Show the message" : "Show the value",
    );
    const known = [{ name: kind === "message" ? "text" : "value", value: value ?? "not recorded", unknown: value === null }];
    return html("div", {}, rowList(rows), own.revealed === fact ? rowList(known) : reveal);
  }

  /** @param {Event} event */
  function factUnder(event) {
    const group = /** @type {Element} */ (event.target).closest("[data-fact]");
    return group ? Number(group.getAttribute("data-fact")) : -1;
  }

  /** The element of a fact. @param {number} fact */
  function elementOf(fact) {
    return /** @type {SVGElement | null} */ (canvas.querySelector(`[data-fact="${fact}"]`));
  }

  /** Scroll sideways to the tab stop, which is the goal at first. If its words have too little room, they begin at the left. */
  function centre() {
    const [fact, room] = [elementOf(own.stop)?.getBoundingClientRect(), viewport.getBoundingClientRect()];
    if (fact) viewport.scrollLeft += Math.min((fact.left + fact.right - room.left - room.right) / 2, fact.left - room.left);
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const fact = factUnder(event);
    if (fact < 0) return;
    select(fact === model.get("selected") ? -1 : fact);
    elementOf(fact)?.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  function walk(event) {
    const fact = factUnder(event);
    if (fact < 0 || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = neighbour(arrangement(), fact, event.key, view().goal);
    if (event.key === "Enter" || event.key === " ") {
      if (fact === model.get("selected")) change({ revealed: fact });
      else select(fact);
    } else if (/^(Arrow|Home|End)/.test(event.key)) {
      select(next);
      elementOf(next)?.focus({ preventScroll: true });
      elementOf(next)?.scrollIntoView({ block: "nearest", inline: "nearest" });
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    /** @type {Record<string, () => void>} */
    const does = {
      Escape: close,
      "?": () => change({ help: !own.help }),
      e: () => tell({ every_step: !model.get("every_step") }),
      t: () => change({ table: !own.table }),
    };
    pressed(event, does);
  }

  return open(root, viewport, centre);
}

/** @param {View} view */
function opened(view) {
  return readable(view, FORMAT, VERSION);
}

/** @type {[string, string][]} */
const KEYS = [
  ["↑", "to a secret from which it is made"],
  ["↓", "to a secret that is made from it"],
  ["← →", "sideways"],
  ["Home End", "to the first leak, to the goal"],
  ["Enter", "its value"],
  ["e", "show every step, or fold steps"],
  ["t", "show as sentences"],
  ["Esc", "close, and select nothing"],
  ["?", "this help"],
];

export default announced(render);
