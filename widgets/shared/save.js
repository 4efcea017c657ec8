/** Files that the reader saves. */
import { html } from "./dom.js";

/** Let the reader save a text or bytes as a file. @param {string} name @param {string} type @param {string | Uint8Array<ArrayBuffer>} content */
export function save(name, type, content) {
  const href = URL.createObjectURL(new Blob([content], { type }));
  const anchor = html("a", { href, download: name });
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
}
