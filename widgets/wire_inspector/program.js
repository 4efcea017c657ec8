/** Programs that recompute a value, and the key log: what a reader takes along to recompute with another tool. */

/** @typedef {import("./wire.d.ts").WireObjectView} View */
/** @typedef {import("./wire.d.ts").WireComputedView} Computed */

/**
 * The program whose last line gives a value: imports, the suite, and each definition that it needs, in order. Python writes
 * the same (workbench/review/recomputation.py).
 * @param {View} view @param {Computed} value
 */
export function program({ suite, definitions }, { line, needs, imports }) {
  const wanted = ["from workbench.mls import cipher_suite", ...imports];
  /** @type {string[]} */
  const names = [];
  /** @param {string} name */
  const visit = (name) => {
    if (names.includes(name)) return;
    const definition = definitions[name];
    definition.needs.forEach(visit);
    wanted.push(...definition.imports);
    names.push(name);
  };
  needs.forEach(visit);
  return [...new Set(wanted), "", `suite = cipher_suite(${suite})`, ...names.map((name) => definitions[name].line), line].join("\n");
}

/** The values from elsewhere that a value needs, with words: keys, contexts, references. @param {View} view @param {Computed} value @returns {[string, string][]} */
export function ingredients({ definitions }, { needs }) {
  return needs.filter((name) => name !== "data").map((name) => [name, definitions[name].words]);
}

/** All keys that opened or verified something, a line each: name, value, and what it is. @param {View} view */
export function keyLog({ title, suite, definitions }) {
  const keys = Object.entries(definitions).filter(([, { is_secret: isSecret, value }]) => isSecret && value);
  return [`# Keys of a message of MLS: ${title}. Cipher suite ${suite}. Each line: name, value in hexadecimal, what it is.`, ...keys.map(([name, { value, words }]) => `${name} ${value} # ${words}`), ""].join("\n");
}
