/**
 * The bytes of a message, as a widget: every byte belongs to a field, encrypted parts open in place, and each computed value
 * has a line of Python that computes it again. The same module runs in JupyterLab (anywidget), in Panel and in an exported
 * page. So it uses only get, set, save_changes, on and off of the model.
 *
 * Traits: view (the list of messages and viewers), message and viewer (their ids), shown (the message as the viewer sees it),
 * others (further messages, by "message viewer", for pages without Python), selected (a field, or -1), live (whether Python
 * answers), asked ({number, text, upload, name, states}: bytes that the reader gives; absent where none are taken), answer
 * ({number, words}).
 */
import { fieldDetails } from "./details.js";
import { frameOf, inSight, isOpen, lineOf, shownBy } from "./frame.js";
import { MARKS } from "./key.js";
import { givenBytes } from "./given.js";
import { ROW, drawBytes, drawFields } from "./picture.js";
import { hasInside, prepared } from "./prepared.js";
import { keyLog, program } from "./program.js";
import { HEADS, fieldSentence, pictureLabel, sentence, tableRows } from "./words.js";
import { dataTable } from "../shared/data_table.js";
import { OWN_KEYS, attribute, html, iconButton, offer, uniqueName } from "../shared/dom.js";
import { helpList, keyLine } from "../shared/key.js";
import { live, pressed, readable } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { save } from "../shared/save.js";
import { mount } from "../shared/shapes.js";
import { isWaiting } from "../shared/waiting.js";
import { own as ownOf } from "../shared/words.js";
import { viewerAmong } from "../shared/workspace.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./wire.d.ts").WireView} List */
/** @typedef {import("./wire.d.ts").WireObjectView} View */
/** @typedef {import("./prepared.js").Prepared} Prepared */

const FORMAT = "mls-workbench/wire-view";
const VERSION = 1;
const TRAITS = ["view", "message", "viewer", "shown", "others", "selected", "live", "asked", "answer", "failed"];
/** The width of the bytes from which a row has 16 of them, in pixels. */
const WIDE = 540;

/** @param {{message: string, viewer: string, shown: View, others: Record<string, View>}} traits @returns {View | null} */
export function objectOf({ message, viewer, shown, others }) {
  if (shown.id === message && shown.viewer === viewer) return shown;
  return ownOf(others, `${message} ${viewer}`) ?? null;
}

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const { begin, soon, tell, stop } = live({ model, el }, TRAITS, update, {
    message: { trait: "message", read: () => (stepOf(model.get("message")) >= 0 ? stepOf(model.get("message")) : undefined), write: messageOf },
    step: { trait: "message", read: () => undefined, write: messageOf },
    viewer: viewerAmong(() => listOf().viewers),
  });
  const id = uniqueName("mls-wire");
  const own = {
    ...{ hovered: -1, cursor: -1, value: -1, sheet: 0, toggled: new Map(), unfolded: new Set(), table: false, help: false, given: false },
    ...{ said: "", scrolled: -1 },
    shown: /** @type {View | null} */ (null),
  };

  const messages = html("select", { class: "mls-select", "aria-label": "Message", change: () => tell({ message: messages.value, selected: -1 }) });
  const viewers = html("select", { class: "mls-select", "aria-label": "Keys of", change: () => tell({ viewer: viewers.value }) });
  const messagesLabel = html("label", { class: "mls-viewer" }, html("span", {}, "Message"), messages);
  const viewersLabel = html("label", { class: "mls-viewer" }, html("span", {}, "Keys of"), viewers);
  const give = html("button", { type: "button", class: "mls-do", click: () => change({ given: !own.given }) }, "Other bytes");
  const tableButton = iconButton("table", "Show as a table", () => change({ table: !own.table }));
  const helpButton = iconButton("help", "Help", () => change({ help: !own.help }));
  const bar = html(
    "div",
    { class: "mls-bar", role: "group", "aria-label": "Controls" },
    messagesLabel,
    viewersLabel,
    html(
      "span",
      { class: "mls-wire-does mls-at-end" },
      give,
      html("button", { type: "button", class: "mls-do", click: saveBytes }, "Save the bytes"),
      html("button", { type: "button", class: "mls-do", click: saveKeys }, "Save the keys"),
      tableButton,
      helpButton,
    ),
  );
  const given = givenBytes({ ask: (asked) => tell({ asked: { ...asked, number: model.get("asked").number + 1 } }) });
  const sheets = html("div", { class: "mls-wire-sheets", role: "group", "aria-label": "Byte strings" });
  const bytes = list("mls-wire-bytes", { role: "grid", "aria-label": "Bytes" }, moveByte);
  const fields = list("mls-wire-fields", { role: "tree", "aria-label": "Fields" }, moveField);
  const details = html("div", { class: "mls-wire-details", role: "group", "aria-label": "The chosen field", tabindex: 0 });
  const words = html("p", { class: "mls-sentence", "aria-live": "polite" });
  const status = html("p", { class: "mls-wire-status", role: "status" });
  const key = keyLine(MARKS);
  const table = dataTable("The fields of the message as a table");
  const body = html("div", { class: "mls-wire-body" }, html("div", { class: "mls-wire-left" }, sheets, bytes.element), fields.element);
  const root = html(
    "div",
    { class: "mls mls-room mls-wire", ...OWN_KEYS, keydown: press, dragover: (/** @type {DragEvent} */ event) => event.preventDefault(), drop: dropped },
    bar,
    given.element,
    words,
    body,
    details,
    status,
    key.element,
    table.region,
  );
  const watcher = new ResizeObserver(soon);
  let detailed = "";

  /** A list of rows of which only those in sight are on the page. @param {string} name @param {Record<string, string>} attributes @param {(event: KeyboardEvent) => void} move */
  function list(name, attributes, move) {
    const rows = html("div", { class: "mls-wire-rows", role: "presentation" });
    const room = html("div", { class: "mls-wire-space", role: "presentation" }, rows);
    const element = html("div", { class: name, tabindex: 0, ...attributes, scroll: soon, keydown: move, click: clicked, mouseover: pointed, mouseleave: () => change({ hovered: -1 }) }, room);
    return { element, room, rows };
  }

  /** @returns {List} */
  function listOf() {
    return readable(model.get("view"), FORMAT, VERSION);
  }

  /** The step that sent a message, or -1. @param {string} message */
  function stepOf(message) {
    return listOf().messages.find((each) => each.id === message)?.step ?? -1;
  }

  /** The traits that show a message of a step; another message of the same step stays. @param {number} step */
  function messageOf(step) {
    if (stepOf(model.get("message")) === step) return undefined;
    const found = listOf().messages.find((each) => each.step === step);
    return found && { message: found.id, selected: -1 };
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    if (Object.entries(changes).every(([name, value]) => /** @type {any} */ (own)[name] === value)) return;
    Object.assign(own, changes);
    soon();
  }

  function objectNow() {
    return objectOf({ message: model.get("message"), viewer: model.get("viewer"), shown: model.get("shown"), others: model.get("others") });
  }

  /** @param {View} view */
  function frameNow(view) {
    const columns = bytes.element.clientWidth >= WIDE ? 16 : 8;
    const { hovered, cursor, value, sheet, toggled, unfolded } = own;
    return frameOf(view, { selected: model.get("selected"), hovered, cursor, value, sheet, toggled, unfolded, columns });
  }

  function update() {
    const all = listOf();
    offerChoices(all);
    const isLive = model.get("live");
    const takes = isLive && model.get("asked") !== undefined;
    give.hidden = !takes;
    give.setAttribute("aria-expanded", String(own.given));
    given.show({ isOpen: own.given && takes, isBusy: takes && isWaiting(model, model.get("answer").number), words: model.get("answer").words });
    const now = objectNow();
    const view = now ?? own.shown ?? (model.get("shown").id === undefined ? null : model.get("shown"));
    root.classList.toggle("is-waiting", now === null);
    status.textContent = now ? own.said : isLive ? "Opening the message…" : "This page does not have the bytes of this message with these keys. Run the cell again to open it.";
    if (!view) return;
    if (view !== own.shown) renew(view);
    const selected = model.get("selected");
    if (selected >= view.fields.depth.length) return tell({ selected: -1 });
    if (selected !== own.scrolled) reveal(view, selected);
    const frame = frameNow(view);
    attribute(root, "aria-label", pictureLabel(all, frame.own));
    showSheets(frame.own);
    const drawn = [...put(bytes, frame.lines.length, (range) => drawBytes(frame, range, id)), ...put(fields, frame.rows.length, (range) => drawFields(frame, range, id))];
    attribute(bytes.element, "aria-rowcount", String(frame.lines.length));
    attribute(bytes.element, "aria-colcount", "18");
    active(bytes.element, own.cursor >= 0 ? `${id}b${own.cursor}` : "");
    active(fields.element, selected >= 0 ? `${id}t${selected}` : "");
    key.show(drawn, view);
    const said = sentence(all, frame.own);
    if (words.textContent !== said) words.textContent = said;
    showDetails(all, frame.own, frame.lit, said);
    helpButton.setAttribute("aria-pressed", String(own.help));
    tableButton.setAttribute("aria-pressed", String(own.table));
    table.show(own.table ? { heads: HEADS, rows: tableRows(frame.own) } : null);
  }

  /** Another message, or the same with other keys. @param {View} view */
  function renew(view) {
    const isOther = own.shown === null || own.shown.id !== view.id;
    Object.assign(own, { shown: view, hovered: -1, value: -1, cursor: -1, sheet: 0, scrolled: -1, toggled: new Map(), unfolded: new Set() });
    detailed = "";
    if (isOther) for (const { element } of [bytes, fields]) element.scrollTop = 0;
  }

  /** @param {List} all */
  function offerChoices({ messages: given, viewers: who }) {
    messagesLabel.hidden = given.length < 2;
    viewersLabel.hidden = who.length < 2;
    offer(messages, given.map(({ id, words }) => [id, words]), model.get("message"));
    offer(viewers, who.map(({ id, name }) => [id, name]), model.get("viewer"));
  }

  /** @param {Prepared} own_ */
  function showSheets({ view }) {
    sheets.hidden = view.sheets.length < 2;
    mount(
      sheets,
      view.sheets.map(({ words: name }, number) => ["button", { type: "button", class: "mls-do", "data-sheet": number, "aria-pressed": String(number === own.sheet) }, [name], number]),
    );
  }

  /** Put the rows that are in sight on the page. @param {ReturnType<typeof list>} place @param {number} count @param {(range: {first: number, end: number}) => import("../shared/shapes.js").Shape[]} drawn */
  function put({ element, room, rows }, count, drawn) {
    const range = inSight({ top: element.scrollTop, height: element.clientHeight || 400 }, ROW, count);
    room.style.height = `${count * ROW}px`;
    rows.style.top = `${range.first * ROW}px`;
    const shapes = drawn(range);
    mount(rows, shapes);
    return shapes;
  }

  /** @param {HTMLElement} element @param {string} name */
  function active(element, name) {
    if (name && element.querySelector(`#${CSS.escape(name)}`)) attribute(element, "aria-activedescendant", name);
    else element.removeAttribute("aria-activedescendant");
  }

  /** @param {List} all @param {Prepared} from @param {number} field @param {string} said */
  function showDetails(all, from, field, said) {
    const now = `${from.view.id} ${from.view.viewer} ${own.help ? "help" : field}`;
    if (now === detailed) return;
    detailed = now;
    if (own.help) details.replaceChildren(html("h3", {}, "Marks and keys"), helpList(MARKS, KEYS, [said, ...from.view.strings]));
    else if (field < 0) details.replaceChildren(html("p", { class: "mls-wire-hint" }, "Point at a byte or a field to see what it is. A click or Enter keeps it here. The arrow keys go from byte to byte, and from field to field."));
    else details.replaceChildren(...fieldDetails(all, from, field, { view: (viewer) => tell({ viewer }), go: choose, light: (value) => change({ value }), copy }));
  }

  /** Bring a field into sight in both lists. @param {View} view @param {number} field */
  function reveal(view, field) {
    own.scrolled = field;
    if (field < 0) return;
    const from = prepared(view);
    own.sheet = view.fields.sheet[field];
    own.toggled = shownBy(from, own.toggled, field);
    if (own.cursor < view.fields.start[field] || own.cursor >= view.fields.start[field] + view.fields.length[field]) own.cursor = view.fields.length[field] ? view.fields.start[field] : -1;
    const frame = frameNow(view);
    into(fields.element, frame.rows.indexOf(field));
    into(bytes.element, lineOf(frame, view.fields.start[field]));
  }

  /** @param {HTMLElement} element @param {number} row */
  function into(element, row) {
    const [top, height] = [row * ROW, element.clientHeight || 400];
    if (top < element.scrollTop || top + ROW > element.scrollTop + height) element.scrollTop = Math.max(0, top - height / 3);
  }

  /** @param {number} field */
  function choose(field) {
    Object.assign(own, { hovered: -1, help: false });
    own.said = own.shown && field >= 0 ? fieldSentence(prepared(own.shown), field) : "";
    tell({ selected: field });
  }

  /** @param {Event} event @returns {{field: number, at: number} | null} what a byte, a fold or a row is about */
  function aimOf(event) {
    const target = /** @type {HTMLElement} */ (event.target).closest("[data-at], [data-field]");
    if (!(target instanceof HTMLElement) || !own.shown) return null;
    if (target.dataset.field !== undefined) return { field: Number(target.dataset.field), at: -1 };
    const at = Number(target.dataset.at);
    const fold = target.dataset.fold;
    return { field: fold === undefined ? prepared(own.shown).owner[own.sheet][at] : Number(fold), at };
  }

  /** @param {Event} event */
  function pointed(event) {
    const aim = aimOf(event);
    if (aim) change({ hovered: aim.field });
  }

  /** @param {Event} event */
  function clicked(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    const aim = aimOf(event);
    if (!aim || !own.shown) return;
    const fold = /** @type {HTMLElement | null} */ (target.closest("[data-fold]"));
    if (fold) return unfold(Number(fold.dataset.fold));
    const twist = /** @type {HTMLElement | null} */ (target.closest("[data-twist]"));
    if (twist) return toggle(Number(twist.dataset.twist));
    if (aim.at >= 0) own.cursor = aim.at;
    choose(aim.field === model.get("selected") && aim.at < 0 ? -1 : aim.field);
  }

  /** @param {number} field */
  function unfold(field) {
    if (!own.shown) return;
    if (hasInside(prepared(own.shown), field) && !isOpen(prepared(own.shown), own.toggled, field)) toggle(field);
    else change({ unfolded: new Set([...own.unfolded, field]) });
  }

  /** @param {number} field @param {boolean} [to] */
  function toggle(field, to) {
    if (!own.shown) return;
    const from = prepared(own.shown);
    change({ toggled: new Map(own.toggled).set(field, to ?? !isOpen(from, own.toggled, field)) });
  }

  sheets.addEventListener("click", (event) => {
    const button = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!button || !own.shown) return;
    const sheet = Number(button.dataset.sheet);
    own.cursor = -1;
    change({ sheet });
    choose(own.shown.sheets[sheet].field);
  });

  /** The arrow keys go from byte to byte, and the field of the byte is chosen. @param {KeyboardEvent} event */
  function moveByte(event) {
    if (!own.shown) return;
    const from = prepared(own.shown);
    const frame = frameNow(own.shown);
    const { columns } = frame.chosen;
    const size = from.bytes[own.sheet].length;
    if (size === 0) return;
    const line = frame.lines[lineOf(frame, Math.max(0, own.cursor))];
    /** @param {number} to */
    const go = (to) => () => {
      own.cursor = Math.max(0, Math.min(size - 1, own.cursor < 0 ? 0 : to));
      choose(from.owner[own.sheet][own.cursor]);
      into(bytes.element, lineOf(frameNow(/** @type {View} */ (own.shown)), own.cursor));
      soon();
    };
    const past = line.fold >= 0 ? line.end : own.cursor + columns;
    pressed(event, {
      ...{ ArrowRight: go(line.fold >= 0 ? line.end : own.cursor + 1), ArrowLeft: go(own.cursor - 1), ArrowDown: go(past), ArrowUp: go(own.cursor - columns) },
      ...{ Home: go(0), End: go(size - 1), PageDown: go(own.cursor + 16 * columns), PageUp: go(own.cursor - 16 * columns) },
      ...{ Enter: () => (line.fold >= 0 ? unfold(line.fold) : choose(from.owner[own.sheet][Math.max(0, own.cursor)])) },
    });
  }

  /** The arrow keys go through the tree of fields, as in other trees. @param {KeyboardEvent} event */
  function moveField(event) {
    if (!own.shown) return;
    const from = prepared(own.shown);
    const { rows } = frameNow(own.shown);
    const field = model.get("selected");
    const at = rows.indexOf(field);
    const isOpened = field >= 0 && hasInside(from, field) && isOpen(from, own.toggled, field);
    /** @param {number} row */
    const go = (row) => () => choose(rows[Math.max(0, Math.min(rows.length - 1, row))]);
    pressed(event, {
      ...{ ArrowDown: go(at + 1), ArrowUp: go(at - 1), Home: go(0), End: go(rows.length - 1), PageDown: go(at + 15), PageUp: go(at - 15) },
      ArrowRight: () => (field >= 0 && hasInside(from, field) && !isOpened ? toggle(field, true) : go(at + 1)()),
      ArrowLeft: () => (isOpened ? toggle(field, false) : field >= 0 && from.parent[field] >= 0 ? choose(from.parent[field]) : undefined),
      Enter: () => field >= 0 && hasInside(from, field) && toggle(field),
    });
  }

  /** @param {KeyboardEvent} event */
  function press(event) {
    if (/** @type {HTMLElement} */ (event.target).closest("input, textarea, select")) return;
    pressed(event, { t: () => change({ table: !own.table }), "?": () => change({ help: !own.help }), Escape: () => choose(-1) });
  }

  /** @param {DragEvent} event */
  function dropped(event) {
    event.preventDefault();
    const [file] = event.dataTransfer?.files ?? [];
    if (!file || give.hidden) return;
    change({ given: true });
    given.take(file);
  }

  /** @param {import("./wire.d.ts").WireComputedView} value */
  async function copy(value) {
    if (!own.shown) return;
    const text = program(own.shown, value);
    const isDone = await (navigator.clipboard?.writeText(text).then(() => true, () => false) ?? false);
    if (isDone) own.said = "Copied: paste it into Python, and its last line gives the value.";
    else {
      save("recompute.py", "text/x-python", `${text}\n`);
      own.said = "This page has no clipboard. The program is saved as recompute.py.";
    }
    soon();
  }

  function saveBytes() {
    if (!own.shown) return;
    save("message.bin", "application/octet-stream", prepared(own.shown).bytes[0]);
  }

  function saveKeys() {
    if (own.shown) save("keys.txt", "text/plain", keyLog(own.shown));
  }

  el.append(root);
  watcher.observe(root);
  begin();

  return () => {
    stop();
    watcher.disconnect();
    root.remove();
  };
}

/** @type {[string, string][]} */
const KEYS = [
  ["← → ↑ ↓", "from byte to byte; in the tree of fields from field to field, and into a field and out of it"],
  ["Home End", "to the first and the last"],
  ["Enter", "choose; show what is folded"],
  ["t", "the table"],
  ["?", "this help"],
  ["Esc", "choose nothing"],
];

export default announced(render);
