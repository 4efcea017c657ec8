/** The marks of a timeline and what they mean. */
import { specimen } from "../shared/key.js";
import { actMark, signatureMark, touchMark } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

/** What somebody did, by itself. @param {string} kind */
const act = (kind) => specimen(["g", { class: `mls-act is-${kind} mls-hue-0`, transform: "scale(1.7)" }, actMark(kind)]);
/** What happened to a member, by itself. @param {string} kind */
const touch = (kind) => specimen(["g", { class: `mls-touch is-${kind}`, transform: "scale(2)" }, touchMark(kind)]);
/** A piece of a lane, by itself. @param {string} name */
const lane = (name) => specimen(["g", { class: "mls-hue-0" }, [["path", { class: "mls-membership", d: "M-24 0H24" }], ["path", { class: name, d: "M-24 0H24" }]]]);
/** @param {string} state */
const signature = (state) => specimen(["g", { transform: "translate(-20 24) scale(2.4)" }, signatureMark(state)]);

/** @type {Entry[]} */
export const MARKS = [
  { is: ["mls-act", "is-create"], name: "group created", text: "a square with a plus: the group is created", mark: act("create") },
  { is: ["mls-act", "is-found"], name: "group founded", text: "a square with a plus: the group is founded by a ReInit or a branch", mark: act("found") },
  { is: ["mls-act", "is-commit"], name: "commit", text: "a circle with a dot: a commit, which ends an epoch and begins the next", mark: act("commit") },
  { is: ["mls-act", "is-propose"], name: "proposal", text: "a small circle: a proposal, which takes effect when somebody commits it", mark: act("propose") },
  { is: ["mls-act", "is-message"], name: "message", text: "an envelope: an application message", mark: act("message") },
  { is: ["mls-act", "is-join"], name: "joined", text: "a diamond with a plus: a device joins by a Welcome that has waited for it", mark: act("join") },
  { is: ["mls-act", "is-process"], name: "caught up", text: "two triangles: a device receives what it has missed", mark: act("process") },
  { is: ["mls-act", "is-compromise"], name: "compromise", text: "a flag: the attacker takes all secrets of a device", mark: act("compromise") },
  { is: ["mls-act", "is-unknown"], name: "unknown", text: "a question mark: a step that the viewer cannot know of", mark: act("unknown") },
  { is: ["mls-touch", "is-came"], name: "came in", text: "a plus on a lane: this member comes into the group", mark: touch("came") },
  { is: ["mls-touch", "is-went"], name: "removed", text: "a cross on a lane: this member is no longer in the group", mark: touch("went") },
  { is: ["mls-membership"], not: ["is-unknown"], name: "member", text: "a line: the member is in the group and its device is up to date", mark: lane("mls-membership") },
  { is: ["mls-membership", "is-unknown"], name: "device unknown", text: "a dotted line: the member is in the tree; nothing is known of its device", mark: specimen(["g", { class: "mls-hue-0" }, [["path", { class: "mls-membership is-unknown", d: "M-24 0H24" }]]]) },
  { is: ["mls-gap", "is-behind"], name: "behind", text: "a dashed line: the device has not received the last commit", mark: lane("mls-gap is-behind") },
  { is: ["mls-gap", "is-away"], name: "offline", text: "a hollow line: the device is offline, nothing reaches it", mark: lane("mls-gap is-away") },
  { is: ["mls-signed", "is-verified"], name: "signature checked", text: "a tick: the signature was checked here, with the public key of the sender's leaf", mark: signature("verified") },
  { is: ["mls-signed", "is-decrypted"], name: "checked by devices", text: "a thin tick: the devices that decrypted the message have checked the signature", mark: signature("decrypted") },
  { is: ["mls-signed", "is-failed"], name: "forged", text: "a cross: the signature does not verify with the key of the sender that the message names", mark: signature("failed") },
  { is: ["mls-signed", "is-unknown"], name: "signature unknown", text: "an exclamation mark: nobody here could check the signature", mark: signature("unknown") },
  { is: ["mls-fork"], name: "branch", text: "a line that leaves below: another branch of the history, with the same steps until there", mark: specimen(["path", { class: "mls-fork", d: "M-18-20C-18 8-18 8 0 8H24" }]) },
];
