/** The duration of each beat of a step, and the order of the beats. */

/** @typedef {import("./view.d.ts").StepView} Step */

const LEVEL = 250;
const PAUSE = 900;
const LONGEST = 4000;

/**
 * How many levels something travels in a beat of each kind. Other kinds last a little longer than one level.
 * @type {Partial<Record<string, number>>}
 */
const LEVELS = { seal: 2.6, open: 2.6, proposals: 2, epoch: 1.6, message: 3, welcome: 2.6 };

/**
 * The time of each beat in milliseconds: 250 a level at speed 1, and faster for tall trees, so that no step lasts
 * over four seconds.
 * @param {Step} step @param {number} speed @returns {number[]}
 */
export function durations(step, speed) {
  const times = step.beats.map(
    ({ kind, edges }) => LEVEL * (kind === "climb" ? Math.max(1, edges.length) : (LEVELS[kind] ?? 1.4)),
  );
  const total = times.reduce((sum, time) => sum + time, 0);
  return times.map((time) => (time * Math.min(1, LONGEST / total)) / speed);
}

/** The time at a place before playback continues, in milliseconds. @param {Step} step @param {number} beat @param {number} speed */
export function stay(step, beat, speed) {
  return beat < 0 ? PAUSE / speed : durations(step, speed)[beat];
}

/** @typedef {{step: number, beat: number}} Place */

/** @param {Step[]} steps @param {Place} place @returns {Place | null} the place one beat on, or null at the end */
export function onward(steps, { step, beat }) {
  if (beat >= 0) return { step, beat: beat + 1 < steps[step].beats.length ? beat + 1 : -1 };
  if (step + 1 >= steps.length) return null;
  return { step: step + 1, beat: steps[step + 1].beats.length ? 0 : -1 };
}

/** @param {Step[]} steps @param {Place} place @returns {Place | null} the place one beat back, or null at the start */
export function backward(steps, { step, beat }) {
  if (beat > 0) return { step, beat: beat - 1 };
  if (beat < 0 && steps[step].beats.length) return { step, beat: steps[step].beats.length - 1 };
  return step > 0 ? { step: step - 1, beat: -1 } : null;
}
