/** A form for other bytes: pasted, or in a file, and the keys of a member if the reader has them. */
import { html } from "../shared/dom.js";

/** @typedef {{text: string, upload: string, name: string, states: string[]}} Asked */

/** The greatest size of a file, in bytes; Python has the same bound. */
const LARGEST = 1_000_000;

/** @param {{ask: (asked: Asked) => void}} does */
export function givenBytes({ ask }) {
  const text = html("textarea", {
    ...{ class: "mls-select mls-given", rows: 4, spellcheck: "false" },
    ...{ "aria-label": "Bytes, in hexadecimal, base64, or inside of a log or JSON" },
    placeholder: "Paste a message in hexadecimal or base64, a log, or JSON; or drop a file here",
  });
  const file = html("input", { type: "file", class: "mls-select", "aria-label": "A file with bytes" });
  const state = html("input", { type: "file", class: "mls-select", "aria-label": "The state or keys of a member" });
  const said = html("p", { class: "mls-answer", role: "status" });
  const element = html(
    "form",
    { class: "mls-ask", hidden: true, submit: (/** @type {Event} */ event) => (event.preventDefault(), void send()) },
    text,
    html(
      "div",
      { class: "mls-fields" },
      html("label", { class: "mls-field" }, html("span", {}, "or a file"), file),
      html("label", { class: "mls-field" }, html("span", {}, "Optional: a member's state or keys, to open it"), state),
      html("button", { type: "submit", class: "mls-do" }, "Inspect"),
    ),
    said,
  );
  let isBusy = false;
  let own = "";

  /** @param {File} [dropped] */
  async function send(dropped) {
    if (isBusy) return;
    const upload = dropped ?? file.files?.[0];
    const held = state.files?.[0];
    const tooLarge = [upload, held].find((each) => each && each.size > LARGEST);
    own = tooLarge ? `${tooLarge.name} has ${tooLarge.size} bytes; at most ${LARGEST} are inspected here.` : "";
    said.textContent = own;
    if (own) return;
    ask({ text: upload ? "" : text.value, upload: upload ? await inBase64(upload) : "", name: upload?.name ?? "", states: held ? [await inBase64(held)] : [] });
  }

  /** @param {{isOpen: boolean, isBusy: boolean, words: string}} now */
  function show(now) {
    isBusy = now.isBusy;
    element.hidden = !now.isOpen;
    const words = own || (now.isBusy ? "Working…" : now.words);
    if (said.textContent !== words) said.textContent = words;
  }

  /** What is written in the field replaces the file, and the other way round. */
  text.addEventListener("input", () => (file.value = ""));
  file.addEventListener("change", () => (text.value = ""));
  return { element, show, take: (/** @type {File} */ dropped) => void send(dropped) };
}

/** @param {File} file @returns {Promise<string>} */
export async function inBase64(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  let letters = "";
  for (let at = 0; at < bytes.length; at += 32_768) letters += String.fromCharCode(...bytes.subarray(at, at + 32_768));
  return btoa(letters);
}
