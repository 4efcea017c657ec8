/** What a compromise gets and opens, as a list beside the picture. */
import { html } from "../shared/dom.js";
import { DIAMOND, SMALL_FLAG, STRIKE } from "./picture.js";
import { instant, leakedWords, openedWords } from "./compromise.js";
import { helpList } from "../shared/side_details.js";
import { made } from "../shared/shapes.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("./compromise.js").Compromise} Compromise */

const EPOCHS_AT_MOST = 24;
const MESSAGES_AT_MOST = 6;

/** @type {[string, string, string][]} the class of a bar, what is drawn at its end, and what it means */
const MARKS = [
  ["", "", "a secret from its birth, the diamond, to its end; still there if it goes on to the edge"],
  ["", STRIKE, "a strike: deleted"],
  ["is-taken", "", "narrow hatch: the compromise gets it"],
  ["is-deleted", STRIKE, "hollow: deleted before the compromise"],
  ["is-known", "", "wide hatch: the attacker can compute it from what leaked"],
];

/** @type {[string, string][]} */
const KEYS = [
  ["← →", "a step earlier or later"],
  ["PgDn PgUp", "to where an epoch begins"],
  ["Home End", "the first or last step"],
  ["[ ]", "a step earlier or later, from anywhere"],
];

/** @type {Record<string, string>} */
const HATCHES = {
  "is-taken": "M10 4.5l9-9M14 4.5l9-9M18 4.5l9-9M22 4.5l9-9",
  "is-known": "M10 4.5l9-9M20 4.5l9-9",
};

export function leakDetails() {
  const help = html("div", { hidden: true }, helpList(MARKS.map(explained), KEYS));
  const when = html("p", { class: "mls-when" });
  const taken = html("ul", { class: "mls-taken" });
  const open = html("div", { class: "mls-opened" });
  const element = html(
    "section",
    { class: "mls-leaked", "aria-label": "What leaks" },
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
    when.textContent = instant(view, compromise.step);
    const kinds = leakedWords(view, compromise);
    taken.replaceChildren(...(kinds.length ? kinds : ["nothing"]).map((words) => html("li", {}, words)));
    open.replaceChildren(epochs(view, compromise), messages(view, compromise));
  }

  return { element, show };
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

/** @param {[string, string, string]} mark @returns {[Node, string]} */
function explained([name, end, text]) {
  return [specimen(name, end), text];
}

/** A bar to explain. @param {string} name @param {string} end */
function specimen(name, end) {
  const place = { x: 6, y: -4.5, width: 28, height: 9 };
  return made([
    "svg",
    { class: "mls-specimen mls-lives mls-hue-0", viewBox: "0 -10 40 20", "aria-hidden": "true" },
    [
      [
        "g",
        { class: `mls-span ${name}` },
        [
          ["rect", { class: "mls-span-body", ...place }],
          ["path", { class: "mls-specimen-hatch", d: HATCHES[name] ?? "" }],
          ["path", { class: "mls-birth", d: DIAMOND, transform: "translate(6 0)" }],
          ["path", { class: "mls-strike", d: end, transform: "translate(34 0)" }],
        ],
      ],
    ],
  ]);
}
