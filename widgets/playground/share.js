/** The panel that shares a history: as a link, a Python program, a file, or a page that plays without a network. */
import { html } from "../shared/dom.js";
import { save } from "../shared/save.js";

/** The greatest length of a history in an address; a longer one is sent as a file. */
export const ADDRESS_AT_MOST = 2000;
/** The greatest size of a file that is read, in bytes. The reader of Python has the same bound. */
const FILE_AT_MOST = 200_000;

/** @typedef {{text: string, python: string, file: string}} Shared */

/**
 * @param {object} does
 * @param {(content: string) => void} does.open opens a history from a file
 * @param {() => void} does.page asks Python for the page
 * @param {() => void} does.clip asks Python for the clip
 * @param {() => number} does.step the step that the pictures show: a file opens at it
 */
export function sharePanel({ open, page, clip, step }) {
  const link = html("input", { class: "mls-select mls-link", readonly: true, "aria-label": "Link" });
  const linkRow = html("div", { class: "mls-fields" }, link, copyButton("Copy the link", () => link.value));
  const long = html("p", {}, "This history is too long for an address. Save it as a file, and send the file.");
  const python = html("textarea", { class: "mls-select mls-python", readonly: true, rows: 8, "aria-label": "The history as a Python program" });
  const said = html("p", { role: "status" });
  const file = html("input", { type: "file", accept: ".json,application/json", hidden: true, "aria-label": "A file with a history", change: read });
  const element = html(
    "div",
    { class: "mls-share", role: "group", "aria-label": "Share this history", hidden: true },
    linkRow,
    long,
    html("div", { class: "mls-fields" }, python, copyButton("Copy as Python", () => python.value)),
    html(
      "div",
      { class: "mls-fields" },
      html("button", { type: "button", class: "mls-do", click: () => save("history.json", "application/json", `${shared.file.slice(0, -1)}, "step": ${step()}}`) }, "Save as a file"),
      html("button", { type: "button", class: "mls-do", click: () => file.click() }, "Open a file"),
      file,
      html("button", { type: "button", class: "mls-do", click: page }, "Save as a page that plays offline"),
      html("button", { type: "button", class: "mls-do", click: clip }, "Save as a clip for slides"),
    ),
    said,
  );
  /** @type {Shared} */
  let shared = { text: "", python: "", file: "" };

  async function read() {
    const [chosen] = file.files ?? [];
    file.value = "";
    said.textContent = "";
    if (!chosen) return;
    if (chosen.size > FILE_AT_MOST) said.textContent = `The file has ${chosen.size} bytes; at most ${FILE_AT_MOST} are read.`;
    else open(await chosen.text());
  }

  /** @param {string} name @param {() => string} text */
  function copyButton(name, text) {
    return html("button", { type: "button", class: "mls-do", click: () => copy(name, text()) }, name);
  }

  /** Without a secure connection a page has no clipboard: then the reader copies what is selected. @param {string} name @param {string} text */
  async function copy(name, text) {
    const isDone = await (navigator.clipboard?.writeText(text).then(() => true, () => false) ?? false);
    const field = text === link.value ? link : python;
    if (!isDone) field.select();
    said.textContent = isDone ? "Copied." : `${name}: the text is selected; copy it with the keyboard.`;
  }

  /** @param {{isOpen: boolean, shared: Shared, address: string}} state `address` is the address with the history, or empty */
  function show(state) {
    shared = state.shared;
    element.hidden = !state.isOpen;
    linkRow.hidden = state.address === "";
    long.hidden = shared.text.length <= ADDRESS_AT_MOST;
    if (link.value !== state.address) link.value = state.address;
    if (python.value !== shared.python) python.value = shared.python;
  }

  return { element, show };
}
