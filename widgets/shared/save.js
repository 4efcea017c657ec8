/** Files that the reader saves. */
import { html } from "./dom.js";

/** Let the reader save a text as a file. @param {string} name @param {string} type @param {string} text */
export function save(name, type, text) {
  const href = URL.createObjectURL(new Blob([text], { type }));
  const anchor = html("a", { href, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
