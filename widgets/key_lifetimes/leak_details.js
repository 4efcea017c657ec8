/** The list beside the picture: what a compromise gets, and what that opens. */
import { html } from "../shared/dom.js";
import { MARKS } from "./key.js";
import { SMALL_FLAG } from "./picture.js";
import { instant, leakedWords, openedWords } from "./compromise.js";
import { helpList } from "../shared/key.js";
import { made } from "../shared/shapes.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("./compromise.js").Compromise} Compromise */

const EPOCHS_AT_MOST = 24;
const MESSAGES_AT_MOST = 6;

/** @type {[string, string][]} */
const KEYS = [
  ["← →", "a step earlier or later"],
  ["PgDn PgUp", "to the first step of an epoch"],
  ["Home End", "the first or last step"],
  ["[ ]", "a step earlier or later, from anywhere"],
];

export function leakDetails() {
  const help = html("div", { hidden: true });
  /** What the help explains now. */
  let explained = "";
  const when = html("p", { class: "mls-when" });
  const taken = html("ul", { class: "mls-taken" });
  const open = html("div", { class: "mls-opened" });
  const element = html(
    "div",
    { class: "mls-leaked", role: "group", "aria-label": "What leaks" },
    html("div", { class: "mls-panel-title" }, "What leaks"),
    when,
    taken,
    html("div", { class: "mls-panel-title" }, "What is open then"),
    open,
    help,
  );

  /** @param {View} view @param {Compromise} compromise @param {boolean} isHelp whether marks and keys are explained */
  function show(view, compromise, isHelp) {
    help.hidden = !isHelp;
    if (isHelp) explain(saidBy(view, compromise));
    when.textContent = instant(view, compromise.step);
    const kinds = leakedWords(view, compromise);
    taken.replaceChildren(...(kinds.length ? kinds : ["nothing"]).map((words) => html("li", {}, words)));
    open.replaceChildren(epochs(view, compromise), messages(view, compromise));
  }

  /** @param {string[]} said */
  function explain(said) {
    if (explained === said.join("\n")) return;
    explained = said.join("\n");
    help.replaceChildren(helpList(MARKS, KEYS, said));
  }

  return { element, show };
}

/** What the picture says now: the kinds of secrets on the device, and the steps. @param {View} view @param {Compromise} compromise @returns {string[]} */
function saidBy(view, { device }) {
  const kinds = (view.devices[device] ?? []).flatMap(({ kind, lanes }) => [view.kinds[kind].one, ...lanes.map(({ name }) => name)]);
  return [...kinds, ...view.security.steps.map(({ sentence }) => sentence)];
}

/** Every epoch, those that are open with a flag; of many only words. @param {View} view @param {Compromise} compromise */
function epochs(view, compromise) {
  const { epochs: open } = compromise;
  if (view.security.epochs.length > EPOCHS_AT_MOST) return html("p", { class: "mls-when" }, openedWords(compromise));
  return html(
    "ul",
    { class: "mls-epochs", "aria-label": "Epochs" },
    ...view.security.epochs.map(({ epoch }) => {
      const isOpen = open.includes(epoch);
      return html(
        "li",
        { class: isOpen ? "is-open" : "", title: isOpen ? `epoch ${epoch} is open` : `epoch ${epoch} is closed` },
        ...(isOpen ? [made(SMALL_FLAG)] : []),
        String(epoch),
        html("span", { class: "mls-unseen" }, isOpen ? " open" : " closed"),
      );
    }),
  );
}

/** @param {View} view @param {Compromise} compromise */
function messages(view, { messages: open }) {
  const { messages: all, members } = view.security;
  const name = (/** @type {string | null} */ id) => members.find((member) => member.id === id)?.name ?? "somebody";
  return html(
    "ul",
    { class: "mls-read" },
    ...open
      .slice(0, MESSAGES_AT_MOST)
      .map((index) => html("li", {}, `${name(all[index].sender)}: “${all[index].text}”`)),
    ...(open.length > MESSAGES_AT_MOST ? [html("li", {}, `and ${open.length - MESSAGES_AT_MOST} more`)] : []),
  );
}
