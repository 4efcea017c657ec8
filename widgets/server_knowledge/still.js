/** The still picture of what the server knows. */
import { frameOf } from "./frame.js";
import { draw, extent } from "./picture.js";
import { HEADS, pictureLabel, sentence, tableRows } from "./words.js";
import { STILL_WIDTH, image, table } from "../shared/still.js";

/**
 * @param {{view: import("./server.d.ts").ServerView, padding: number, delay: number}} traits @param {string} style
 * @returns {import("../shared/still.js").Still}
 */
export function still({ view, padding, delay }, style) {
  const frame = frameOf(view, padding, delay);
  const size = { width: STILL_WIDTH };
  const { width, height } = extent(frame, size);
  return {
    label: pictureLabel(frame),
    sentence: sentence(frame),
    picture: image({ width, height, name: "mls-server-knowledge" }, style, draw(frame, size)),
    words: table("What the server knows as a table", HEADS, tableRows(frame)),
  };
}
