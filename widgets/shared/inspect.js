/** The way from a message in a picture to its bytes: the pictures of a workspace share the message, and a page opens them. */

/** Sent upwards from a picture when a reader asks for the bytes of a message; `detail` is the step that sent it. */
export const INSPECT = "mls-workbench.inspect";

/** Sent upwards from a picture when a reader wants to compare branches of a history: a page that can compare them opens them. */
export const COMPARE = "mls-workbench.compare";

/** @param {Element} from */
export function askToCompare(from) {
  from.dispatchEvent(new CustomEvent(COMPARE, { bubbles: true, composed: true }));
}

/** @param {Element} from @param {number} step */
export function askForBytes(from, step) {
  from.dispatchEvent(new CustomEvent(INSPECT, { bubbles: true, composed: true, detail: step }));
}
