/** Functions that write words for all pictures. */

/** @param {string[]} words @returns {string} "a", "a and b", "a, b and c" */
export function list(words) {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words[words.length - 1]}`;
}

/** @param {string} words */
export function upperFirst(words) {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** @param {string} hex @returns {string} in groups of eight digits; anything but hexadecimal as it is */
export function grouped(hex) {
  return /^([0-9a-f]{2}){8,}$/.test(hex) ? hex.replace(/.{8}(?=.)/g, "$& ") : hex;
}
