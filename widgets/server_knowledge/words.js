/** What the server knows, in words. */
import { briefName, counted, few, list } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./server.d.ts").UploadView} Upload */

export const HEADS = ["Arrives", "From", "Epoch", "Type", "Bytes", "What it gives away"];

/** @param {Frame} frame */
export function pictureLabel({ view }) {
  return `${view.title}: ${counted(view.uploads.length, "upload", "uploads")} of ${counted(view.users.length, "user", "users")}`;
}

/** @param {Frame} frame @returns {string} */
export function sentence(frame) {
  const { messages, sizeBits, timeBits, extra, wait } = frame;
  if (messages === 0) return "The server can read no message. Nobody has sent one yet.";
  const apart = messages === 1 ? "" : ` The size of a message tells ${bits(sizeBits)} of ${bits(Math.log2(messages))}, its time ${bits(timeBits)}.`;
  const costs = [
    extra > 0 ? `${Math.round(extra * 100)} % more bytes` : "",
    wait > 0 ? `${Math.round(wait)} seconds of waiting for a message` : "",
  ].filter(Boolean);
  const price = costs.length > 0 ? ` This costs ${list(costs)}.` : "";
  return `The server can read none of ${counted(messages, "message", "messages")}, but it knows who sends when.${apart}${answering(frame)}${price}`;
}

/** @param {Frame} frame */
function answering({ view, answers }) {
  const total = answers.reduce((sum, { count }) => sum + count, 0);
  if (total === 0) return " It cannot tell who answers whom.";
  const [{ by, to, count }] = answers;
  return ` ${counted(total, "message looks", "messages look")} like an answer; ${briefName(view.users[by].name)} seems to answer ${briefName(view.users[to].name)} ${times(count)}.`;
}

/** @param {Frame} frame @returns {string[][]} a row for each upload, in the order in which they arrive */
export function tableRows(frame) {
  const { view, padding, columns } = frame;
  return columns.flatMap(({ at, uploads }) =>
    uploads.map((number) => {
      const upload = view.uploads[number];
      return [clock(at), nameOf(frame, upload), String(upload.epoch), upload.kind, String(upload.sizes[padding]), givenAway(frame, upload, uploads.length)];
    }),
  );
}

/** @param {Frame} frame @param {Upload} upload */
export function nameOf({ view }, { user }) {
  return user === null ? "an unknown device" : briefName(view.users[user].name);
}

/** What an upload gives away. @param {Frame} frame @param {Upload} upload @param {number} together how many arrive with it */
export function givenAway(frame, upload, together) {
  const known = upload.readable ? [`in the clear: ${upload.readable}`] : [];
  const come = upload.invited.map((user) => briefName(frame.view.users[user].name));
  if (come.length > 0) known.push(`${list(few(come))} ${come.length === 1 ? "receives" : "receive"} the messages of the group from here on`);
  if (together > 1) known.push(`one of ${together} that arrive at once`);
  return known.join("; ") || "that it was sent, by whom and when";
}

/** @param {number} seconds @returns {string} "2:05" */
export function clock(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {number} seconds */
export function delayName(seconds) {
  return seconds === 0 ? "no delay" : `${seconds / 60} min`;
}

/** @param {number} value */
function bits(value) {
  return `${value.toFixed(1)} bits`;
}

/** @param {number} count */
function times(count) {
  return count === 1 ? "once" : `${count} times`;
}
