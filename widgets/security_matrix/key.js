/** The marks of a compromise and what they mean. */
import { cellShapes, headShapes } from "./marks.js";

/** @typedef {import("./frame.js").Cell} Cell */
/** @typedef {import("./frame.js").Column} Column */
/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** @type {Cell} */
const QUIET = { state: "seated", key: "", starts: true, ends: true, forgeable: false, sent: 0, read: 0, compromise: false, open: false };
/** @type {Column} */
const COLUMN = { epoch: 3, sentence: "", begin: 0, end: 0, standing: "healed", reopeners: [], by: "" };

/** A cell by itself. @param {Partial<Cell>} cell @returns {Shape} */
function cell(cell) {
  const whole = { ...QUIET, ...cell };
  const looks = `mls-cell mls-hue-0 ${whole.key && `has-${whole.key}`}`;
  return ["svg", { class: "mls-specimen is-wide", viewBox: "0 2 52 34", "aria-hidden": "true" }, [["g", { class: looks }, cellShapes(whole)]]];
}

/** The head of a column by itself, without its number and words; the view box leaves out the band. @param {Partial<Column>} column @returns {Shape} */
function head(column) {
  const whole = { ...COLUMN, ...column };
  const shapes = headShapes(whole, "").filter(([, attributes]) => !/number|word/.test(String(attributes?.class)));
  const looks = `mls-column is-${whole.standing}`;
  return ["svg", { class: "mls-specimen", viewBox: "11 16 30 24", "aria-hidden": "true" }, [["g", { class: looks }, shapes]]];
}

/** @type {Entry[]} */
export const MARKS = [
  { is: ["mls-life"], name: "life of a leaf key", text: "a capsule: the lifetime of a leaf key, until a fresh key replaces it", mark: cell({}) },
  { is: ["has-leaked"], name: "leaf key leaked", text: "narrow hatch: the attacker has the leaf key", mark: cell({ key: "leaked" }) },
  { is: ["has-derived"], name: "leaf key derived", text: "wide hatch: the leaf key follows from what leaked", mark: cell({ key: "derived" }) },
  { is: ["mls-flag"], name: "leak", text: "a flag: something leaked from the device in this epoch", mark: cell({ compromise: true }) },
  { is: ["mls-letter"], not: ["is-open"], name: "messages, not read", text: "an envelope with a number: messages that the attacker cannot read", mark: cell({ sent: 2 }) },
  { is: ["mls-letter", "is-open"], name: "messages read", text: "an open envelope with two numbers: how many of the messages the attacker reads", mark: cell({ sent: 2, read: 1 }) },
  { is: ["mls-forgeable"], name: "can be forged", text: "a wavy underline: the attacker can sign as this member", mark: cell({ forgeable: true }) },
  { is: ["mls-eye"], name: "read", text: "an eye, and a coloured background: the attacker reads the epoch", mark: head({ standing: "readable" }) },
  { is: ["mls-band", "is-shaky"], name: "healed so far", text: "a padlock with a number: healed so far; the number says how many members' compromise would reopen the epoch", mark: head({ reopeners: ["a", "b"] }) },
  { is: ["mls-band"], not: ["is-shaky", "is-open"], name: "healed", text: "a padlock without a number: healed, and no member's compromise would reopen the epoch", mark: head({}) },
  { is: ["mls-lock", "is-open"], name: "open again", text: "an open padlock with a name: the epoch had healed, and a leak from this member opened it again", mark: head({ standing: "reopened" }) },
];
