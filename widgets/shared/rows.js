/** Values under their names, as a list of definitions. */
import { html, icon, iconButton } from "./dom.js";
import { grouped } from "./words.js";

/**
 * A value with its name, and the section of the RFC about it. `unknown` means that the value is words for "not known".
 * @typedef {{name: string, value: string, section?: string, unknown?: boolean}} Row
 */

/** Rows as a list of definitions; bytes have a button that copies them. @param {Row[]} rows */
export function rowList(rows) {
  return html("dl", { class: "mls-rows" }, ...rows.flatMap((row) => [term(row), definition(row)]));
}

/** @param {Row} row */
function term({ name, section }) {
  if (!section) return html("dt", {}, name);
  const href = `https://www.rfc-editor.org/rfc/rfc9420#section-${section}`;
  return html("dt", {}, name, " ", html("a", { href, target: "_blank", rel: "noreferrer" }, `§${section}`));
}

/** @param {Row} row */
function definition({ name, value, unknown }) {
  const text = grouped(value);
  if (text === value) return html("dd", { class: unknown ? "is-unknown" : "" }, value);
  const copy = iconButton("copy", `Copy ${name}`, async () => {
    await navigator.clipboard.writeText(value);
    copy.replaceChildren(icon("check"));
  });
  return html("dd", {}, html("div", { class: "mls-bytes" }, text), copy);
}
