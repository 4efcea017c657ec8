/** The marks of the inspector, and what they mean. */
import { check, fault, lock } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** @param {string} marks @returns {Shape} */
function bytes(marks) {
  return ["span", { class: "mls-specimen-bytes", "aria-hidden": "true" }, [["span", { class: `mls-byte ${marks}` }, ["a7"]]]];
}

/** A mark in the key, whose name stands beside it. @param {Shape} mark @returns {Shape} */
function alone([tag, attributes, children]) {
  return [tag, { ...attributes, role: null, "aria-label": null, "aria-hidden": "true" }, children];
}

/** @type {Entry[]} */
export const MARKS = [
  { name: "lit", text: "the bytes of the field that you point at or have chosen", mark: bytes("is-lit"), is: ["mls-byte", "is-lit"], not: ["is-header"] },
  { name: "length", text: "the bytes of a field that give its length, or say that it is there", mark: bytes("is-lit is-header"), is: ["mls-byte", "is-header"] },
  { name: "covered", text: "the bytes that go into the computed value: what a signature, a MAC or a hash covers", mark: bytes("is-covered"), is: ["mls-byte", "is-covered"] },
  { name: "encrypted", text: "an encrypted part, for which this viewer holds no key", mark: alone(lock("closed")), is: ["mls-mark", "is-lock", "is-closed"] },
  { name: "opened", text: "an encrypted part that the keys of this viewer open; its fields stand below it", mark: alone(lock("open")), is: ["mls-mark", "is-lock", "is-open"] },
  { name: "verified", text: "a value that was computed again, and is the same; a signature that verifies", mark: alone(check("passed")), is: ["mls-mark", "is-passed"] },
  { name: "wrong", text: "a value that is not what was computed, or a check that failed", mark: alone(check("failed")), is: ["mls-mark", "is-failed"] },
  { name: "not checkable", text: "a computed value for which this viewer lacks a key or a context", mark: alone(check("unknown")), is: ["mls-mark", "is-unknown"] },
  { name: "stopped", text: "the field in which decoding stopped", mark: alone(fault()), is: ["mls-mark", "is-fault"] },
  { name: "not read", text: "bytes behind the place where decoding stopped", mark: bytes("is-behind"), is: ["mls-byte", "is-behind"] },
];
