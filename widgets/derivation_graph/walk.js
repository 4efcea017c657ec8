/** Questions to a derivation: the facts that lead to a fact, the fact to which an arrow key goes, and words. */

/** @typedef {import("./derivation.d.ts").DerivationView} View */
/** @typedef {import("./derivation.d.ts").ArrangementView} Arrangement */
/** @typedef {import("./derivation.d.ts").DerivedFactView} DerivedFact */

/**
 * All facts on the way from the leaks to a fact, with the fact itself.
 * @param {Arrangement} arrangement @param {number} fact @returns {Set<number>}
 */
export function wayTo({ arrows }, fact) {
  const way = new Set([fact]);
  for (const needed of way) {
    // The loop goes on over the facts that it adds.
    for (const { conclusion, lines } of arrows) {
      if (conclusion === needed) lines.forEach(({ premise }) => way.add(premise));
    }
  }
  return way;
}

/**
 * The fact to which a key goes: up to a premise, down to a conclusion, sideways in the row.
 * @param {Arrangement} arrangement @param {number} fact @param {string} key @param {number} goal @returns {number}
 */
export function neighbour({ places, arrows }, fact, key, goal) {
  const here = places.findIndex((place) => place.fact === fact);
  const beside = places[here + (key === "ArrowLeft" ? -1 : 1)];
  switch (key) {
    case "ArrowUp":
      return arrows.find(({ conclusion }) => conclusion === fact)?.lines[0].premise ?? fact;
    case "ArrowDown":
      return arrows.find(({ lines }) => lines.some(({ premise }) => premise === fact))?.conclusion ?? fact;
    case "ArrowLeft":
    case "ArrowRight":
      return beside?.rank === places[here].rank ? beside.fact : fact;
    case "Home":
      return places[0].fact;
    case "End":
      return goal;
    default:
      return fact;
  }
}

/** @param {DerivedFact} fact @returns {string} a fact in words, and how the attacker has it */
export function factLabel({ words, leak }) {
  return leak ? `${words}, leaked with ${leak.words}` : `${words}, derived by the attacker`;
}

/** What the picture shows, in sentences. @param {View} view @param {Arrangement} arrangement @returns {string[]} */
export function sentences({ facts }, { places, arrows }) {
  const leaked = places.map(({ fact }) => facts[fact]).filter(({ leak }) => leak);
  return [...leaked.map(({ source }) => source), ...arrows.map(({ sentence }) => sentence)];
}
