/** The form of a playground: who acts on whom, and a button for each action that says why it cannot be used. */
import { attribute, html } from "../shared/dom.js";
import { stepName } from "./words.js";

/** @typedef {import("./view.d.ts").OfferView} Offer */
/** @typedef {import("./view.d.ts").ButtonView} Button */
/** @typedef {Record<string, string>} Chosen */

/** The fields, with their labels. Those that are typed have a length at most. @type {[string, string, number][]} */
const FIELDS = [
  ["who", "Member", 0],
  ["whom", "On whom", 0],
  ["newcomer", "Newcomer", 40],
  ["text", "Message", 500],
  ["outsider", "Outsider", 40],
  ["psk", "Key", 40],
];
const RARE_FIELDS = new Set(["outsider", "psk"]);
/** How long typing has to stop until Python hears of it, in milliseconds. */
const TYPED = 200;

/**
 * @param {object} does
 * @param {HTMLElement} does.waiting how far long work is
 * @param {(chosen: Chosen) => void} does.choose
 * @param {(name: string, from: number) => void} does.act
 * @param {() => void} does.newest goes to the newest step
 * @param {() => number} does.step the step that the pictures show: an offer of Python is late by a moment
 */
export function actionForm({ waiting, choose, act, newest, step }) {
  /** @type {Record<string, HTMLInputElement | HTMLSelectElement>} */
  const inputs = {};
  /** @type {Chosen} */
  let chosen = {};
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let typed;
  /** The action that waits for a yes, because the picture shows an older step. @type {{name: string, from: number} | null} */
  let asks = null;
  /** @type {{offer: Offer, last: number, isBusy: boolean} | null} */
  let now = null;
  /** @type {Map<string, HTMLButtonElement>} */
  const buttons = new Map();

  const fields = FIELDS.map(([name, label, longest]) => {
    const input = longest
      ? html("input", { class: "mls-select", "aria-label": label, maxlength: longest, autocomplete: "off", spellcheck: "false", input: () => type(TYPED) })
      : html("select", { class: "mls-select", "aria-label": label, change: () => type(0) });
    inputs[name] = input;
    return { isRare: RARE_FIELDS.has(name), label: html("label", { class: "mls-field" }, html("span", {}, label), input) };
  });
  const past = html("p", { class: "mls-past" });
  const question = html("div", { class: "mls-question", role: "group", hidden: true });
  const said = html("p", { class: "mls-answer", role: "status" });
  const frequent = html("div", { class: "mls-actions", role: "group", "aria-label": "Actions" });
  const rare = html("div", { class: "mls-actions", role: "group", "aria-label": "More actions" });
  const reasons = html("ul", {});
  const why = html("details", { class: "mls-why" }, html("summary", {}, "Why some buttons cannot be used"), reasons);
  const element = html(
    "form",
    { class: "mls-action-form", "aria-label": "Act", submit: (/** @type {Event} */ event) => event.preventDefault() },
    past,
    html("div", { class: "mls-fields" }, ...fields.flatMap(({ isRare, label }) => (isRare ? [] : [label]))),
    frequent,
    question,
    said,
    waiting,
    html(
      "details",
      { class: "mls-more" },
      html("summary", {}, "More actions: joining, outsiders, keys, new groups"),
      html("div", { class: "mls-fields" }, ...fields.flatMap(({ isRare, label }) => (isRare ? [label] : []))),
      rare,
    ),
    why,
  );

  /** @param {number} wait */
  function type(wait) {
    clearTimeout(typed);
    typed = setTimeout(() => choose(read()), wait);
  }

  function read() {
    return Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value]));
  }

  /** @param {string} name */
  function press(name) {
    if (now === null) return;
    const button = now.offer.buttons.find((each) => each.name === name);
    if (!button || now.isBusy) return;
    if (button.reason !== null) said.textContent = `${button.reason}.`;
    else if (step() < now.last) ask(button);
    else act(name, step());
  }

  /** Ask before the later steps are left. @param {Button} button */
  function ask({ name, label }) {
    if (now === null) return;
    const { last } = now;
    const from = step();
    asks = { name, from };
    const yes = html("button", { type: "button", class: "mls-do", click: () => answer(true) }, `${label}, from ${stepName(from)}`);
    question.replaceChildren(
      html("p", {}, `Act from here? ${stepName(from, last)} is shown, which is not the newest step. The later steps stay in the list of histories.`),
      yes,
      html("button", { type: "button", class: "mls-do", click: newest }, "Go to the newest step"),
      html("button", { type: "button", class: "mls-do", click: () => answer(false) }, "Cancel"),
    );
    question.hidden = false;
    yes.focus();
  }

  /** @param {boolean} isYes */
  function answer(isYes) {
    const asked = asks;
    close();
    if (asked === null) return;
    buttons.get(asked.name)?.focus();
    if (isYes) act(asked.name, asked.from);
  }

  function close() {
    asks = null;
    question.hidden = true;
  }

  /** @param {HTMLElement} place @param {Button[]} shown */
  function fill(place, shown) {
    for (const { name, label, hint, reason } of shown) {
      let button = buttons.get(name);
      if (!button) {
        button = html("button", { type: "button", class: "mls-do", click: () => press(name) });
        buttons.set(name, button);
        place.append(button);
      }
      if (button.textContent !== label) button.textContent = label;
      attribute(button, "aria-disabled", String(reason !== null));
      attribute(button, "title", reason ?? hint);
    }
  }

  /**
   * @param {Offer} offer @param {Chosen} values what the fields say
   * @param {{last: number, isBusy: boolean, words: string}} state the last step; whether Python works; what it said
   */
  function show(offer, values, { last, isBusy, words }) {
    if (asks && step() !== asks.from) close();
    now = { offer, last, isBusy };
    for (const [name, input] of Object.entries(inputs)) {
      if (input instanceof HTMLSelectElement) choices(input, offer.people, values[name]);
      // a field in which the reader types keeps what is there
      else if (values !== chosen && input !== focused()) input.value = values[name] ?? "";
    }
    chosen = values;
    fill(frequent, offer.buttons.filter((each) => !each.is_rare));
    fill(rare, offer.buttons.filter((each) => each.is_rare));
    const greyed = offer.buttons.filter(({ reason }) => reason !== null);
    why.hidden = greyed.length === 0;
    reasons.replaceChildren(...greyed.map(({ label, reason }) => html("li", {}, html("b", {}, label), `: ${reason}`)));
    past.hidden = offer.step >= last;
    past.textContent = past.hidden ? "" : `${stepName(offer.step, last)} is shown. An action begins another history from here.`;
    element.classList.toggle("is-busy", isBusy);
    const sentence = isBusy ? "Working…" : words || offer.limit;
    if (said.textContent !== sentence) said.textContent = sentence;
  }

  function focused() {
    return /** @type {Document | ShadowRoot} */ (element.getRootNode()).activeElement;
  }

  return { element, show, stop: () => clearTimeout(typed) };
}

/** @param {HTMLSelectElement} select @param {string[]} people @param {string} chosen */
function choices(select, people, chosen) {
  const now = JSON.stringify(people);
  if (select.dataset.people !== now) {
    select.dataset.people = now;
    select.replaceChildren(html("option", { value: "" }, "choose"), ...people.map((name) => html("option", { value: name }, name)));
  }
  select.value = people.includes(chosen) ? chosen : "";
}
