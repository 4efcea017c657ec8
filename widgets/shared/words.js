/** Functions that write words for all pictures. */

/** @param {string[]} words @returns {string} "a", "a and b", "a, b and c" */
export function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/**
 * Begin a sentence with these words. A name at their head stays as it is: one that begins like words of ours has quotes
 * (workbench/inspect/names.py).
 * @param {string} words
 */
export function upperFirst(words) {
  return /^(?!(?:the|an?|what) ).*?'s leaf key/.test(words) ? words : words.charAt(0).toUpperCase() + words.slice(1);
}

/** At most four things for a list: of more, the first three and "197 others". @param {string[]} words */
export function few(words) {
  return words.length > 4 ? [...words.slice(0, 3), `${words.length - 3} others`] : words;
}

const LONGEST = 60;

/** A name for a sentence: a long name is cut, with its length, as Python cuts it (names.py). @param {string} name */
export function briefName(name) {
  const whole = /^“.*”$/su.test(name) ? name.slice(1, -1) : name;
  const letters = [...whole];
  if (letters.length <= LONGEST) return name;
  return name.replace(whole, () => `${letters.slice(0, LONGEST).join("")}… (${letters.length} characters)`);
}

/** @param {number} number @param {string} one @param {string} many @returns {string} "1 message", "2 messages" */
export function counted(number, one, many) {
  return `${number} ${number === 1 ? one : many}`;
}

/** Letters that are as wide as two. */
const WIDE = /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u;

/** The beginning of a name that is too long for its place. @param {string} name @param {number} letters */
export function shortened(name, letters) {
  const all = [...name];
  let [room, kept] = [letters, 0];
  while (kept < all.length && room >= (WIDE.test(all[kept]) ? 2 : 1)) room -= WIDE.test(all[kept++]) ? 2 : 1;
  if (kept === all.length) return name;
  return `${all.slice(0, Math.max(1, room > 0 ? kept : kept - 1)).join("").trimEnd()}…`;
}

/** How wide a letter of 13 pixels is, about. @param {string} letter */
function letterWidth(letter) {
  if (WIDE.test(letter)) return 13.5;
  if (/[ЖШЩЮ]/.test(letter)) return 14;
  if (/[mwMW@%…ÆŒжмфшщыюМФЫ]/.test(letter)) return 13;
  if (/\p{M}/u.test(letter)) return 0; // it stands above or below the letter before
  return /[\p{Lu}_]/u.test(letter) ? 10 : /[ fijlrt.,:;'|!\[\]()]/.test(letter) ? 4.9 : 7.7;
}

/** How wide a text is in letters of 13 pixels, about. @param {string} text */
export function textWidth(text) {
  return [...text].reduce((sum, letter) => sum + letterWidth(letter), 0);
}

/** As much of a text as there is room for. @param {string} text @param {number} width @param {number} [letter] the width of each letter, if all are equal */
export function fitting(text, width, letter) {
  const all = [...text];
  const widths = all.map((one) => letter ?? letterWidth(one));
  if (widths.reduce((sum, one) => sum + one, 0) <= width) return text;
  let [room, kept] = [width - (letter ?? letterWidth("…")), 0];
  while (kept < all.length && widths[kept] <= room) room -= widths[kept++];
  return `${all.slice(0, Math.max(2, kept)).join("").trimEnd()}…`;
}

/** Begin a sentence with a viewer: "The server", but "bob". @param {{kind: string, name: string}} viewer */
export function viewerFirst({ kind, name }) {
  return kind === "member" ? name : upperFirst(name);
}

/**
 * What an object has under a name that people have chosen: "constructor" is no way to what every object has.
 * @template T @param {Record<string, T> | null | undefined} object @param {string} name @returns {T | undefined}
 */
export function own(object, name) {
  return object && Object.hasOwn(object, name) ? object[name] : undefined;
}

/** @param {string} hex @returns {string} in groups of eight digits; anything but hexadecimal as it is */
export function grouped(hex) {
  return /^([0-9a-f]{2}){8,}$/.test(hex) ? hex.replace(/.{8}(?=.)/g, "$& ") : hex;
}
