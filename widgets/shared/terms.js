/** The terms of the glossary that a text uses. */
import { GLOSSARY } from "./glossary.js";
import { html } from "./dom.js";
import { rowList } from "./rows.js";

/**
 * The terms in a text, each where it does not stand within a longer one: "commit secret" is not "commit".
 * @param {string} text @returns {string[]}
 */
export function termsIn(text) {
  let rest = text.replaceAll("_", " ");
  const found = new Set();
  for (const name of Object.keys(GLOSSARY).sort((one, other) => other.length - one.length)) {
    const whole = new RegExp(`(?<!\\w)${name}s?(?!\\w)`, "gi");
    if (!whole.test(rest)) continue;
    found.add(name);
    rest = rest.replace(whole, "");
  }
  return Object.keys(GLOSSARY).filter((name) => found.has(name));
}

/** The terms in a text, explained; nothing if there are none. @param {string} text @returns {Node[]} */
export function wordsOf(text) {
  const rows = termsIn(text).map((name) => ({ name, value: GLOSSARY[name][0], section: GLOSSARY[name][1] }));
  return rows.length ? [html("h3", {}, "Words"), rowList(rows)] : [];
}
