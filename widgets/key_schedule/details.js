/** The details of one secret: what it is, how it is made, who has it, and its value on demand. */
import { html } from "../shared/dom.js";
import { GLOSSARY } from "../shared/glossary.js";
import { rowList } from "../shared/rows.js";
import { list } from "../shared/words.js";
import { deletedIn } from "./frame.js";
import { bytesInWords, named } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Shown} Shown */

const TERMS = new Map(Object.entries(GLOSSARY).map(([name, [meaning]]) => [name.toLowerCase(), meaning]));

/** What the glossary has no term for, because the RFC has no name for it or only one in a formula. @type {Record<string, string>} */
const MEANINGS = {
  external_priv: "The private key to which an external commit seals. All members derive it from the external_secret.",
  psk: "A pre-shared key that members mix into an epoch.",
  psk_extracted: "A pre-shared key after the first step, before it is bound to its name.",
  psk_input: "A pre-shared key that is bound to its name, its nonce and its place among the others.",
  welcome_key: "The key that opens the GroupInfo in a Welcome.",
  welcome_nonce: "The nonce of the welcome_key.",
};

/** @param {string} name @returns {string} */
export function meaningOf(name) {
  return MEANINGS[name] ?? TERMS.get(name.replaceAll("_", " ")) ?? "";
}

/**
 * @param {Frame} frame @param {Shown} shown
 * @param {{isRevealed: boolean, reveal: () => void, turn: (epoch: number) => void, exporter: HTMLElement | null}} does
 */
export function detailsOf(frame, { secret, standing, holders, gone }, { isRevealed, reveal, turn, exporter }) {
  const ended = deletedIn(frame, secret);
  const gives = frame.schedule.secrets.filter(({ inputs }) => inputs.includes(secret.key)).map(({ key }) => key);
  const welcomed = frame.view.crowds[secret.welcomed];
  const rows = [
    secret.formula ? { name: "made by", value: secret.formula, section: secret.section } : { name: "comes from", value: secret.source, section: secret.section },
    { name: "length", value: bytesInWords(secret.length) },
    { name: "has it now", value: named(frame, holders) || (secret.is_zero ? "everybody" : "nobody") },
    ...(gone.length ? [{ name: "had it and deleted it", value: named(frame, gone) }] : []),
    ...(standing === "deleted" && ended !== null ? [{ name: `${frame.viewer.name} deleted it`, value: `in step ${ended + 1}: ${frame.view.steps[ended].title}` }] : []),
    ...(welcomed.length ? [{ name: "found it in a Welcome", value: named(frame, welcomed), section: "12.4.3.1" }] : []),
    ...(gives.length ? [{ name: "gives", value: list(gives) }] : []),
  ];
  const value = { name: "value", value: secret.value ?? "not recorded", unknown: secret.value === null };
  const other = secret.name !== "init_secret" ? null : secret.epoch === frame.epoch ? frame.after : frame.before;
  const acts = [
    ...(isRevealed ? [] : [html("button", { type: "button", class: "mls-reveal", click: reveal }, "Show the value")]),
    ...(other === null ? [] : [html("button", { type: "button", class: "mls-reveal", click: () => turn(other) }, `Go to epoch ${other}`)]),
  ];
  return html(
    "div",
    {},
    html("p", { class: "mls-meaning" }, meaningOf(secret.name)),
    rowList([...rows, ...(isRevealed ? [value] : [])]),
    html("div", { class: "mls-acts" }, ...acts),
    ...(exporter ? [exporter] : []),
  );
}
