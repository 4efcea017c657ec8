/**
 * An inspector of bytes: a field to paste into, a file to upload or to drop, the MLS objects in them, and the bytes of one.
 *
 * Traits from Python: kinds, largest, examples ({name, words, text, states}), found ({number, words, objects}), shown ({wire, object, explanation}: traits of the
 * picture of bytes), audited ({words, findings, sides: traits of pictures of two sides}), saved ({number, name, type, content}).
 * In explanation and findings, which are HTML, Python has escaped all text of the bytes.
 * To Python: asked ({number, text, upload, name, kind, states} or {number, do}), chosen,
 * cancelled (the number of a wish). Progress ({number, done, total}) says how far the work on a wish is.
 */
import { render as renderSides } from "../group_diff/group_diff.js";
import { OWN_KEYS, html } from "../shared/dom.js";
import { live } from "../shared/live.js";
import { localModel } from "../shared/local_model.js";
import { announced } from "../shared/notebook_output.js";
import { save } from "../shared/save.js";
import { isWaiting } from "../shared/waiting.js";
import { waitingLine } from "../shared/waiting_line.js";
import { inBase64 } from "../wire_inspector/given.js";
import { render as renderWire } from "../wire_inspector/wire_inspector.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {{where: string, kind: string, length: number, group: string, epoch: string}} Row */
/** @typedef {{name: string, words: string, text: string, states: string[]}} Example */

const TRAITS = ["asked", "audited", "cancelled", "chosen", "failed", "found", "progress", "saved", "shown"];
const HEADS = ["Object", "Place", "Bytes", "Group", "Epoch"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { begin, soon, tell, stop } = live({ model, el }, TRAITS, update);
  /** What only this view knows: its words, the last saved file, the example in the field, and whether to audit what comes. */
  const own = { words: "", saved: model.get("saved").number, example: /** @type {Example | null} */ (null), isToAudit: false };
  let listed = "";
  let told = "";
  let findings = "";

  const text = html("textarea", {
    class: "mls-select mls-given",
    rows: 5,
    spellcheck: "false",
    "aria-label": "Bytes, in hexadecimal, base64, or inside of a log or JSON",
    placeholder: "Paste a message in hexadecimal or base64, a log, or JSON",
  });
  const kind = html(
    "select",
    { class: "mls-select", "aria-label": "Struct" },
    html("option", { value: "automatic" }, "recognise it"),
    ...model.get("kinds").map((/** @type {string} */ name) => html("option", { value: name }, name)),
  );
  const file = html("input", { type: "file", class: "mls-select", "aria-label": "A file with bytes" });
  const state = html("input", { type: "file", multiple: true, class: "mls-select", "aria-label": "The states of members" });
  const said = html("p", { class: "mls-answer", role: "status" });
  const waiting = waitingLine(model, tell);
  const rows = html("tbody", {});
  const list = html(
    "div",
    { class: "mls-found", role: "group", tabindex: 0, "aria-label": "Objects" },
    html("table", {}, html("thead", {}, html("tr", {}, ...HEADS.map((head) => html("th", { scope: "col" }, head)))), rows),
  );
  const audit = html("button", { type: "button", class: "mls-do", click: () => request("audit") }, "Audit");
  const files = html(
    "span",
    { class: "mls-actions" },
    html("button", { type: "button", class: "mls-do", click: () => request("report") }, "Save the report as a page"),
    html("button", { type: "button", class: "mls-do", click: () => request("json") }, "Save the report as JSON"),
  );
  const review = html("div", { class: "mls-actions", role: "group", "aria-label": "Audit of these bytes" }, audit, files);
  const audited = html("div", { class: "mls-audited" });
  const compared = html("div", { class: "mls-compared" });
  /** What ends the pictures of two sides. @type {(() => void)[]} */
  let endSides = [];
  const explanation = html("div", { class: "mls-explained" });
  const wire = html("div", { class: "mls-fields-of" });
  /** The model of the picture of bytes, and what ends the picture. */
  let bytes = /** @type {Model | null} */ (null);
  let endWire = () => {};
  const root = html(
    "div",
    { class: "mls mls-inspector", ...OWN_KEYS, dragover: (/** @type {DragEvent} */ event) => event.preventDefault(), drop: dropped },
    html(
      "form",
      { class: "mls-ask", "aria-label": "Inspect", submit: (/** @type {Event} */ event) => (event.preventDefault(), (own.isToAudit = false), void ask()) },
      text,
      html(
        "div",
        { class: "mls-fields" },
        field("or a file", file),
        field("Struct", kind),
        field("Optional: members' states or keys. Can the first member process it? Do two states agree?", state),
        html("button", { type: "submit", class: "mls-do" }, "Inspect"),
      ),
      html(
        "div",
        { class: "mls-actions mls-examples", role: "group", "aria-label": "Try an example" },
        html("span", {}, "Try an example:"),
        ...model.get("examples").map((/** @type {Example} */ example) => html("button", { type: "button", class: "mls-do", title: example.words, click: () => tryOut(example) }, example.name)),
      ),
      said,
      waiting.element,
    ),
    review,
    list,
    audited,
    compared,
    explanation,
    wire,
  );

  async function ask() {
    if (isBusy()) return;
    const [upload] = file.files ?? [];
    const held = [...(state.files ?? [])];
    const largest = model.get("largest");
    const tooLarge = [upload, ...held].find((each) => each && each.size > largest);
    own.words = tooLarge ? `${tooLarge.name} has ${tooLarge.size} bytes; at most ${largest} are inspected here.` : "";
    if (own.words) return soon();
    tell({
      asked: {
        number: model.get("asked").number + 1,
        text: upload ? "" : text.value,
        upload: upload ? await inBase64(upload) : "",
        name: upload?.name ?? "",
        kind: kind.value,
        states: held.length ? await Promise.all(held.map(inBase64)) : (own.example?.states ?? []),
      },
    });
  }

  /** Put an example in the field, inspect it, and audit it. @param {Example} example */
  function tryOut(example) {
    if (isBusy()) return;
    text.value = example.text;
    file.value = state.value = "";
    kind.value = "automatic";
    Object.assign(own, { example, isToAudit: true });
    void ask();
  }

  function isBusy() {
    return isWaiting(model, model.get("found").number);
  }

  /** Ask for something about the bytes that were given last. @param {"audit" | "report" | "json"} what */
  function request(what) {
    if (isBusy()) return;
    own.words = "";
    tell({ asked: { number: model.get("asked").number + 1, do: what } });
  }

  /** @param {Row} row @param {number} number */
  function rowOf({ where, kind: name, length, group, epoch }, number) {
    const choose = html("button", { type: "button", class: "mls-do", click: () => tell({ chosen: number }) }, name);
    return html("tr", {}, html("th", { scope: "row" }, choose), ...[where, String(length), group, epoch].map((cell) => html("td", {}, cell)));
  }

  function update() {
    const found = model.get("found");
    const { words: aboutAudit, findings: nowFound, sides } = model.get("audited");
    const words = own.words || (isBusy() ? "Working…" : found.words || aboutAudit || (own.example?.words ?? ""));
    if (said.textContent !== words) said.textContent = words;
    waiting.show(isBusy());
    const now = JSON.stringify(found.objects);
    if (now !== listed) {
      listed = now;
      rows.replaceChildren(...found.objects.map(rowOf));
    }
    list.hidden = review.hidden = found.objects.length < 1;
    if (nowFound !== findings) {
      audited.innerHTML = findings = nowFound;
      showSides(sides);
    }
    files.hidden = !findings;
    const saved = model.get("saved");
    if (saved.number !== own.saved) {
      own.saved = saved.number;
      save(saved.name, saved.type, saved.content);
    }
    [...rows.children].forEach((row, number) => row.querySelector("button")?.setAttribute("aria-pressed", String(number === model.get("chosen"))));
    if (own.isToAudit && !isBusy() && found.objects.length) {
      own.isToAudit = false;
      request("audit");
    }
    const shown = model.get("shown");
    showBytes(shown.wire, shown.object);
    if (shown.explanation !== told) explanation.innerHTML = told = shown.explanation;
  }

  /** @param {Record<string, unknown>[]} sides the traits of the picture of each group that has two sides */
  function showSides(sides) {
    for (const end of endSides) end();
    const places = sides.map(() => html("div", {}));
    compared.replaceChildren(...places);
    endSides = sides.map((traits, number) => renderSides({ model: localModel(traits), el: places[number] }));
  }

  /** @param {any} list @param {any} object those of the chosen object; empty if there is none */
  function showBytes(list, object) {
    wire.hidden = object.id === undefined;
    if (wire.hidden) return;
    const traits = { view: { ...list, messages: list.messages.filter((/** @type {{id: string}} */ { id }) => id === object.id) }, shown: object, message: object.id };
    if (bytes === null) {
      bytes = localModel({ ...traits, viewer: "", others: {}, selected: -1, live: false, asked: { number: 0 }, answer: { number: 0, words: "" } });
      endWire = renderWire({ model: bytes, el: wire });
    } else if (bytes.get("shown") !== object) {
      for (const [name, value] of Object.entries({ ...traits, selected: -1 })) bytes.set(name, value);
    }
  }

  /** @param {DragEvent} event */
  function dropped(event) {
    event.preventDefault();
    if (!event.dataTransfer?.files.length) return;
    file.files = event.dataTransfer.files;
    text.value = "";
    own.example = null;
    void ask();
  }

  /** What is written in the field replaces the file, and the other way round; both replace the example. */
  text.addEventListener("input", () => ((file.value = ""), (own.example = null)));
  file.addEventListener("change", () => ((text.value = ""), (own.example = null)));
  el.append(root);
  begin();
  return () => {
    stop();
    endWire();
    showSides([]);
    root.remove();
  };
}

/** @param {string} name @param {HTMLElement} input */
function field(name, input) {
  return html("label", { class: "mls-field" }, html("span", {}, name), input);
}

export default announced(render);
