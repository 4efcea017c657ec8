/** The marks of what the server knows, and what they mean. */
import { specimen } from "../shared/key.js";
import { frameOf } from "./frame.js";
import { markOf } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */

/** A mark by itself. @param {string} kind */
function mark(kind) {
  /** @type {import("./server.d.ts").UploadView} */
  const upload = { user: 0, at: 0, epoch: 0, kind, sizes: [64], readable: "", invited: [] };
  const view = { format: "", version: 1, title: "", paddings: ["none"], users: [], uploads: [upload] };
  const shapes = markOf(upload, frameOf(view, 0, 0)).filter(([tag]) => tag !== "text");
  return specimen(["g", { class: `mls-upload is-${kind} mls-hue-0` }, shapes]);
}

/** @type {Entry[]} */
export const MARKS = [
  { name: "message", text: "an encrypted message with its number of bytes; a larger message has a wider mark", mark: mark("application"), is: ["mls-upload", "is-application"] },
  { name: "commit", text: "a commit: it ends an epoch", mark: mark("commit"), is: ["mls-upload", "is-commit"] },
  { name: "proposal", text: "a proposal", mark: mark("proposal"), is: ["mls-upload", "is-proposal"] },
  {
    name: "invited",
    text: "from here on the device of this user receives the messages of the group",
    mark: specimen(["path", { class: "mls-invited", d: "M-6 0 0-6 6 0 0 6z" }]),
    is: ["mls-invited"],
  },
  {
    name: "at once",
    text: "messages that arrive at one instant: the server cannot put them in order",
    mark: specimen(["rect", { class: "mls-batch", x: -18, y: -20, width: 36, height: 40, rx: 8 }]),
    is: ["mls-batch"],
  },
  {
    name: "waiting",
    text: "how many messages wait for a device that has not fetched them",
    mark: specimen(["text", { class: "mls-waiting", x: -8, y: 5 }, ["3"]]),
    is: ["mls-waiting"],
  },
];
