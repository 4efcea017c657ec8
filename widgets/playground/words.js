/** The words of a playground. */

/** "step 3", or "Step 3 of 9". Steps count from 0 in the view. @param {number} step @param {number} [last] */
export function stepName(step, last) {
  return last === undefined ? `step ${step + 1}` : `Step ${step + 1} of ${last + 1}`;
}
