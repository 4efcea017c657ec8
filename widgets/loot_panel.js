/** What a theft gets and opens, as a list beside the picture. */
import { html, svg } from "./dom.js";
import { instant, lootWords } from "./loot.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("./loot.js").Theft} Theft */

export function lootPanel() {
  const when = html("p", { class: "mls-when" });
  const taken = html("ul", { class: "mls-taken" });
  const open = html("div", { class: "mls-opened" });
  const element = html(
    "section",
    { class: "mls-loot", "aria-label": "The loot" },
    html("div", { class: "mls-panel-title" }, "The loot"),
    when,
    taken,
    html("div", { class: "mls-panel-title" }, "What is open then"),
    open,
  );

  /** @param {View} view @param {Theft} theft */
  function show(view, theft) {
    when.textContent = instant(view, theft.step);
    const kinds = lootWords(view, theft);
    taken.replaceChildren(...(kinds.length ? kinds : ["nothing"]).map((words) => html("li", {}, words)));
    open.replaceChildren(epochs(view, theft), messages(view, theft));
  }

  return { element, show };
}

/** Every epoch, those that are open with a flag. @param {View} view @param {Theft} theft */
function epochs(view, { epochs: open }) {
  return html(
    "ul",
    { class: "mls-epochs", "aria-label": "Epochs" },
    ...view.security.epochs.map(({ epoch }) => {
      const isOpen = open.includes(epoch);
      return html(
        "li",
        { class: isOpen ? "is-open" : "", title: isOpen ? `epoch ${epoch} is open` : `epoch ${epoch} is closed` },
        ...(isOpen ? [flag()] : []),
        String(epoch),
        html("span", { class: "mls-unseen" }, isOpen ? " open" : " closed"),
      );
    }),
  );
}

/** @param {View} view @param {Theft} theft */
function messages(view, { messages: open }) {
  const { messages: all, members } = view.security;
  const name = (/** @type {string | null} */ id) => members.find((member) => member.id === id)?.name ?? "somebody";
  return html(
    "ul",
    { class: "mls-read" },
    ...open.map((index) => html("li", {}, `${name(all[index].sender)}: “${all[index].text}”`)),
  );
}

function flag() {
  return svg(
    "svg",
    { class: "mls-small-flag", viewBox: "0 0 10 12", "aria-hidden": "true" },
    svg("path", { d: "M1.5 11.5V1.5l7 2.75-7 2.75" }),
  );
}
