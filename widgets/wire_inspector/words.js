/** The words of the inspector: what a message is, what a field is, and the table. */
import { pathName, standing, word } from "./prepared.js";
import { list, upperFirst } from "../shared/words.js";

/** @typedef {import("./prepared.js").Prepared} Prepared */
/** @typedef {import("./wire.d.ts").WireView} List */
/** @typedef {import("./wire.d.ts").WireObjectView} View */
/** @typedef {import("./wire.d.ts").WireComputedView} Computed */

/** "1,184 bytes". @param {number} count */
export function bytesIn(count) {
  return counted(count, "byte", "bytes");
}

/** "1 field", "1,184 fields". @param {number} count @param {string} one @param {string} many */
function counted(count, one, many) {
  return `${grouped(count)} ${count === 1 ? one : many}`;
}

/** A number with commas; QuickJS knows no other languages. @param {number} count */
function grouped(count) {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** @param {List} all @param {string} id */
export function viewerName(all, id) {
  return all.viewers.find((each) => each.id === id)?.name ?? "";
}

/** What the picture shows, in one or two sentences. @param {List} all @param {Prepared} own */
export function sentence(all, own) {
  const { view, count } = own;
  const about = all.messages.find(({ id }) => id === view.id)?.words ?? "";
  const size = bytesIn(own.bytes[0].length);
  const said = [`${about ? `${about}. ` : ""}${upperFirst(view.title)}: ${size} in ${counted(count, "field", "fields")}.`];
  const [fault] = view.faults;
  if (fault) said.push(`Decoding stopped at byte ${grouped(fault.offset)}, in ${fault.path}: ${fault.reason}.`);
  if (view.computed.length) said.push(verdicts(view.computed));
  if (view.sealed.length) said.push(seals(all, view));
  return said.join(" ");
}

/** @param {Computed[]} computed */
function verdicts(computed) {
  const passed = computed.filter(({ outcome }) => outcome === "passed").length;
  const failed = computed.filter(({ outcome }) => outcome === "failed");
  const open = computed.length - passed - failed.length;
  const said = [`${grouped(passed)} of its ${counted(computed.length, "computed value is", "computed values are")} verified`];
  if (failed.length) said.push(`${list(failed.slice(0, 3).map(({ name }) => name))} ${failed.length === 1 ? "is" : "are"} wrong`);
  if (open) said.push(`${grouped(open)} cannot be checked with these keys`);
  return `${list(said)}.`;
}

/** @param {List} all @param {View} view */
function seals(all, { sealed, viewer }) {
  const opened = sealed.filter(({ opens }) => opens >= 0).length;
  const who = all.viewers.length > 1 ? ` with the keys of ${viewerName(all, viewer)}` : "";
  return `${counted(sealed.length, "part is", "parts are")} encrypted; ${opened === 0 ? "none" : grouped(opened)} ${opened === 1 ? "is" : "are"} open${who}.`;
}

/** Where a field stands: "bytes 4 to 17 of the message". @param {Prepared} own @param {number} field */
export function placeOf(own, field) {
  const { fields, sheets } = own.view;
  const [start, length] = [fields.start[field], fields.length[field]];
  const whose = sheets[fields.sheet[field]].words;
  if (length === 0) return `before byte ${grouped(start)} of ${whose}`;
  const header = fields.header[field] ? `, the first ${fields.header[field] === 1 ? "" : `${fields.header[field]} `}of them its length or presence` : "";
  return length === 1 ? `byte ${grouped(start)} of ${whose}` : `bytes ${grouped(start)} to ${grouped(start + length - 1)} of ${whose}${header}`;
}

/** What a screen reader says of the field that is lit. @param {Prepared} own @param {number} field */
export function fieldSentence(own, field) {
  const text = word(own, field, "text");
  const { verdict, seal } = standing(own, field);
  const said = [`${pathName(own, field)}, ${word(own, field, "type")}, ${placeOf(own, field)}`];
  if (text) said.push(text);
  if (verdict) said.push({ passed: "verified", failed: "wrong", unknown: "cannot be checked here" }[verdict]);
  if (seal) said.push(seal === "open" ? "encrypted, and opened here" : "encrypted");
  return `${said.join("; ")}.`;
}

/** The name of the picture. @param {List} all @param {Prepared} own */
export function pictureLabel(all, own) {
  return `The bytes of a message: ${own.view.title}. ${all.title}`;
}

export const HEADS = ["Field", "Type", "Bytes", "Value", "State", "Section", "Meaning"];
/** The greatest number of rows of the table. */
const ROWS_AT_MOST = 1000;

/** @param {Prepared} own */
export function tableRows(own) {
  const rows = [];
  for (let field = 0; field < Math.min(own.count, ROWS_AT_MOST); field++) {
    const { verdict, seal, isFault } = standing(own, field);
    const state = [
      seal && (seal === "open" ? "encrypted, opened" : "encrypted"),
      verdict && { passed: "verified", failed: "wrong", unknown: "not checkable" }[verdict],
      isFault && "decoding stopped here",
    ];
    rows.push([
      pathName(own, field),
      word(own, field, "type"),
      placeOf(own, field),
      word(own, field, "text"),
      state.filter(Boolean).join(", "),
      word(own, field, "section"),
      word(own, field, "meaning"),
    ]);
  }
  if (own.count > ROWS_AT_MOST) rows.push([`and ${grouped(own.count - ROWS_AT_MOST)} more fields`, "", "", "", "", "", ""]);
  return rows;
}
