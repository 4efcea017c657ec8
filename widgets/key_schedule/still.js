/** The still picture of a key schedule. */
import { STILL_WIDTH, image, table } from "../shared/still.js";
import { frameAt } from "./frame.js";
import { draw } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";

/**
 * @param {{view: import("./schedule.d.ts").KeyScheduleView, step: number, viewer: string, epoch: number, selected: string}} traits
 * @param {string} style @returns {import("../shared/still.js").Still}
 */
export function still({ view, ...place }, style) {
  const frame = frameAt(view, place);
  const { shapes, height } = draw(frame, { width: STILL_WIDTH, stop: "" });
  return {
    label: pictureLabel(frame),
    sentence: sentence(frame),
    picture: image({ width: STILL_WIDTH, height, name: "mls-key-schedule" }, style, [["g", { class: "mls-schedule-picture" }, shapes]]),
    words: table("The key schedule as a table", HEADS, tableRows(frame)),
  };
}
