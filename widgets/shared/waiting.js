/** Whether a picture waits for an answer of Python. */

/** @typedef {import("./model.d.ts").Model} Model */

/**
 * Whether Python still works on what the reader asked for last. `failed` has the number of what Python could not
 * answer ({asked, words}); a page without Python has no such trait.
 * @param {Model} model @param {number} answered the number of the last answer
 */
export function isWaiting(model, answered) {
  return model.get("asked").number > Math.max(answered, model.get("failed")?.asked ?? 0);
}
