/** What is said of the field that is lit: its value and meaning, what opens it, and how its values are computed. */
import { check, fault, lock } from "./picture.js";
import { hasInside, pathName, word } from "./prepared.js";
import { ingredients } from "./program.js";
import { bytesIn, placeOf, viewerName } from "./words.js";
import { html } from "../shared/dom.js";
import { made } from "../shared/shapes.js";
import { wordsOf } from "../shared/terms.js";
import { grouped, list, upperFirst } from "../shared/words.js";

/** @typedef {import("./prepared.js").Prepared} Prepared */
/** @typedef {import("./wire.d.ts").WireView} List */
/** @typedef {import("./wire.d.ts").WireComputedView} Computed */

const RFC = "https://www.rfc-editor.org/rfc/rfc9420#section-";
/** The most bytes of a value that are shown at once. */
const SHOWN = 48;
/** The most checks of a field that are listed: the GroupInfo of a large group has thousands. */
const CHECKS_AT_MOST = 24;

/**
 * @typedef {object} Does
 * @property {(viewer: string) => void} view looks with the keys of another viewer
 * @property {(field: number) => void} go chooses another field
 * @property {(value: number) => void} light lights the bytes that a computed value covers
 * @property {(value: Computed) => void} copy
 */

/** @param {List} all @param {Prepared} own @param {number} field @param {Does} does @returns {Node[]} */
export function fieldDetails(all, own, field, does) {
  const meaning = word(own, field, "meaning");
  return [
    html(
      "p",
      { class: "mls-wire-line" },
      html("strong", {}, word(own, field, "name")),
      html("span", { class: "mls-wire-type" }, word(own, field, "type")),
      html("span", {}, placeOf(own, field)),
      ...valueOf(own, field),
      section(word(own, field, "section")),
    ),
    html("p", { class: "mls-wire-meaning" }, meaning),
    ...faultsOf(own, field),
    ...sealOf(all, own, field, does),
    ...(own.computed.get(field) ?? []).map((value) => computedCard(own, value, does)),
    ...checksOf(own, field),
    html("details", { class: "mls-wire-words" }, html("summary", {}, "Path and words"), html("code", {}, pathName(own, field)), ...wordsOf(`${word(own, field, "name")} ${meaning}`)),
  ];
}

/** @param {string} text such as "§6.3.1" */
function section(text) {
  if (!text) return html("span", {});
  return html("a", { href: `${RFC}${text.slice(1)}`, target: "_blank", rel: "noreferrer" }, `RFC 9420 ${text}`);
}

/** The value in words, and its bytes if there are no fields inside. @param {Prepared} own @param {number} field */
function valueOf(own, field) {
  const { fields } = own.view;
  const text = word(own, field, "text");
  const said = text ? [html("span", { class: "mls-wire-value" }, text)] : [];
  if (hasInside(own, field) || fields.length[field] === 0) return said;
  const from = fields.start[field] + fields.header[field];
  const data = own.bytes[fields.sheet[field]].subarray(from, fields.start[field] + fields.length[field]);
  return data.length ? [...said, html("code", { class: "mls-wire-hex" }, shortHex(data))] : said;
}

/** @param {Uint8Array} data */
function shortHex(data) {
  const digits = [...data.subarray(0, SHOWN)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return data.length > SHOWN ? `${grouped(digits)} … ${bytesIn(data.length)}` : grouped(digits);
}

/** @param {Prepared} own @param {number} field */
function faultsOf(own, field) {
  return (own.faults.get(field) ?? []).map(({ offset, path, reason, section: where }) =>
    html("div", { class: "mls-wire-card is-failed" }, made(fault()), html("span", {}, `Decoding stopped at byte ${offset}, in ${path}: ${reason}. `, section(where))),
  );
}

/** @param {List} all @param {Prepared} own @param {number} field @param {Does} does */
function sealOf(all, own, field, does) {
  const seal = own.sealed.get(field);
  if (!seal) return [];
  const { key, by, opens, problem } = seal;
  const said = [html("span", {}, `Encrypted. ${upperFirst(key)} opens it. `)];
  if (problem) said.push(html("span", {}, `The viewer has the key, but the key does not open it: ${problem}. `));
  const others = by.filter((id) => id !== own.view.viewer);
  if (by.length) said.push(html("span", {}, `Who has this key now: ${list(few(by.map((id) => viewerName(all, id))))}. `));
  else if (all.viewers.length > 1) said.push(html("span", {}, "Nobody has this key now. "));
  const buttons = [];
  if (opens >= 0) buttons.push(html("button", { type: "button", class: "mls-do", click: () => does.go(opens) }, "Show what is inside"));
  else if (others.length) {
    const [first] = others;
    buttons.push(html("button", { type: "button", class: "mls-do", click: () => does.view(first) }, `Look with the keys of ${viewerName(all, first)}`));
  }
  return [html("div", { class: "mls-wire-card" }, made(lock(opens >= 0 ? "open" : "closed")), html("span", {}, ...said, ...buttons))];
}

/** @param {string[]} names */
function few(names) {
  return names.length > 6 ? [...names.slice(0, 5), `${names.length - 5} others`] : names;
}

/** @type {Record<Computed["outcome"], string>} */
const SAID = { passed: "verified", failed: "wrong", "not checkable": "cannot be checked here" };

/** @param {Prepared} own @param {Computed} value @param {Does} does */
function computedCard(own, value, does) {
  const { view } = own;
  const place = view.computed.indexOf(value);
  const head = html("span", {}, html("strong", {}, upperFirst(value.name)), ` (${value.kind}): ${SAID[value.outcome]}. `, section(value.section));
  const mark = made(check(value.outcome === "passed" ? "passed" : value.outcome === "failed" ? "failed" : "unknown"));
  if (!value.line) return html("div", { class: "mls-wire-card" }, mark, html("span", {}, head, html("span", {}, ` The check takes ${value.missing}.`)));
  const copy = html("button", { type: "button", class: "mls-do" }, "Copy as Python");
  copy.addEventListener("click", () => does.copy(value));
  const from = ingredients(view, value);
  return html(
    "div",
    {
      ...{ class: `mls-wire-card is-${value.outcome === "failed" ? "failed" : "computed"}` },
      ...{ mouseenter: () => does.light(place), mouseleave: () => does.light(-1), focusin: () => does.light(place), focusout: () => does.light(-1) },
    },
    mark,
    html(
      "div",
      { class: "mls-wire-made" },
      head,
      ...(value.value ? [html("code", { class: "mls-wire-hex" }, shortText(value.value))] : []),
      html("pre", { tabindex: 0, role: "group", "aria-label": `The line of Python that recomputes the ${value.name}` }, html("code", {}, value.line)),
      ...(from.length ? [html("ul", {}, ...from.map(([name, words]) => html("li", {}, html("code", {}, name), ` is ${words}`)))] : []),
      copy,
    ),
  );
}

/** @param {string} hex */
function shortText(hex) {
  return hex.length > 2 * SHOWN ? `${grouped(hex.slice(0, 2 * SHOWN))} … ${bytesIn(hex.length / 2)}` : grouped(hex);
}

/** The checks of the reviewer's desk. @param {Prepared} own @param {number} field */
function checksOf(own, field) {
  const checks = own.checks.get(field) ?? [];
  if (!checks.length) return [];
  const { listed, others } = listedChecks(checks);
  const rows = listed.map(({ name, outcome, section: where, reason }) =>
    html(
      "li",
      {},
      made(check(outcome === "passed" ? "passed" : outcome === "failed" ? "failed" : "unknown")),
      html("span", {}, `${upperFirst(name)}: ${outcome}${reason ? `: ${reason}` : ""}. `, section(where)),
    ),
  );
  const more = others ? [html("li", {}, others)] : [];
  return [html("ul", { class: "mls-wire-checks", "aria-label": "Checks of the reviewer's desk" }, ...rows, ...more)];
}

/**
 * The first checks, those that did not pass before the others, and words for the rest.
 * @param {import("./wire.d.ts").WireCheckView[]} checks
 */
export function listedChecks(checks) {
  const sorted = [...checks.filter(({ outcome }) => outcome !== "passed"), ...checks.filter(({ outcome }) => outcome === "passed")];
  const rest = sorted.slice(CHECKS_AT_MOST);
  const counts = [...new Set(rest.map(({ outcome }) => outcome))].map((each) => `${rest.filter(({ outcome }) => outcome === each).length} ${each}`);
  return { listed: sorted.slice(0, CHECKS_AT_MOST), others: rest.length ? `and ${rest.length} more: ${list(counts)}` : "" };
}
