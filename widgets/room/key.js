/** The marks of a room, and what they mean. */
import { badge, envelope, readingMark } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {import("./frame.js").Reading} Reading */

/** A mark that is an image of its own. @param {Shape} mark @returns {Shape} */
function alone([tag, attributes, children]) {
  return [tag, { ...attributes, class: `${attributes?.class} mls-specimen mls-hue-0` }, children];
}

/** @param {boolean} archive */
function face(archive) {
  return alone(badge({ user: "A", archive, id: "", name: "", device: "", hue: 0, lines: [], situations: [], members: [], alerts: [], pen: [] }, 0));
}

/** What the lock says about the chosen message. @type {Record<Reading, {name: string, text: string}>} */
const LOCKS = {
  now: { name: "can read", text: "the keys on this device open the chosen message now" },
  then: { name: "could read", text: "its keys opened the chosen message when it was sent; the key is deleted" },
  once: { name: "could later", text: "its keys opened the chosen message later; the key is deleted" },
  never: { name: "never could", text: "nothing that this device ever held opens the chosen message" },
};

/** @type {Entry[]} */
export const MARKS = [
  { name: "person", text: "a person's device: the initial of the person, in the person's colour", mark: face(false), is: ["mls-badge"], not: ["is-archive"] },
  { name: "archive", text: "an archive: it reads everything from when it came in, and never sends", mark: face(true), is: ["mls-badge", "is-archive"] },
  { name: "waiting", text: "a message that waits for this device: for its connection or for an epoch", mark: alone(envelope()), is: ["mls-envelope"] },
  ...Object.entries(LOCKS).map(([reading, words]) => ({
    ...words,
    mark: alone(readingMark(/** @type {Reading} */ (reading))),
    is: ["mls-lock", `is-${reading}`],
  })),
];
