/** The marks of the tree and what they mean. */
import { ICONS } from "../shared/dom.js";
import { specimen } from "../shared/key.js";
import { tokenShapes } from "./motion.js";
import { markAlone } from "./picture.js";

/** @typedef {import("../shared/key.js").Entry} Entry */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

const MEMBER = { id: "", name: "", initial: "A", hue: 0 };
const HELD = ["has-held", "has-leaked", "has-computed"];

/** A node by itself. @param {Partial<import("./frame.js").Mark>} traits */
const node = (traits) => specimen(markAlone(traits));
/** An edge by itself. @param {string} name */
const edge = (name) => specimen(["path", { class: `mls-edge ${name}`, d: "M-20 20C-20 0 20 0 20-20" }]);
/** A block by itself. @param {string} name */
const block = (name) => specimen(["rect", { class: `mls-block ${name}`, x: -12, y: -18, width: 24, height: 36 }]);
/** An icon by itself. @param {string} name @param {string} looks */
const icon = (name, looks) =>
  specimen(["g", { class: looks, transform: "scale(2.4) translate(-8 -8)" }, [["path", { class: "mls-key-icon", d: ICONS[name] }]]]);
/** Something that travels, by itself. @param {"secret" | "envelope" | "message"} kind @param {{open?: boolean, known?: boolean}} [how] */
const token = (kind, { open = false, known = true } = {}) =>
  specimen([
    "g",
    { class: `mls-token is-${kind}${open ? " is-open" : ""}${known ? "" : " is-unknown"}`, transform: "scale(1.6)" },
    tokenShapes({ kind, route: [], open, own: false, known, label: "" }),
  ]);

/** @type {Entry[]} */
export const MARKS = [
  { is: ["is-leaf", "is-keyed"], not: ["is-tiny", ...HELD], name: "member", text: "a rounded square: the leaf of a member; the viewer knows its public key", mark: node({ kind: "leaf", member: MEMBER }) },
  { is: ["is-tiny", "is-leaf", "is-keyed"], name: "member", text: "a stroke in a colour: the leaf of a member, where there is no room for more", mark: specimen(["g", { class: "mls-node is-leaf is-keyed is-tiny mls-hue-0" }, [["rect", { class: "mls-shape", x: -5, y: -12, width: 10, height: 24, rx: 3 }]]]) },
  { is: ["is-parent", "is-keyed"], not: HELD, name: "parent", text: "a circle with its node index: a parent node; the viewer knows its public key", mark: node({ node: 3 }) },
  { is: ["has-held"], name: "private key held", text: "filled: the viewer holds the private key", mark: node({ node: 3, hold: "held" }) },
  { is: ["has-leaked"], name: "private key leaked", text: "narrow hatch and flag: the private key has leaked to the attacker", mark: node({ node: 3, hold: "leaked" }) },
  { is: ["has-computed"], name: "private key computed", text: "wide hatch: the attacker has computed the private key from what leaked", mark: node({ node: 3, hold: "computed" }) },
  { is: ["mls-node", "is-blank"], name: "blank", text: "dashed: blank, no key", mark: node({ node: 3, state: "blank" }) },
  { is: ["mls-node", "is-unknown"], name: "unknown", text: "dotted, question mark: unknown to the viewer", mark: node({ node: 3, state: "unknown" }) },
  { is: ["mls-chip"], name: "unmerged leaves", text: "+2: two unmerged leaves, whose members do not know the private key", mark: node({ node: 3, unmerged: [0, 2] }) },
  { is: ["mls-ring"], name: "new in this epoch", text: "a ring: the key is new in this epoch", mark: node({ node: 3, fresh: true }) },
  { is: ["mls-edge", "is-path"], name: "path of the commit", text: "a thick line: the path of the commit, from the committer up to the root", mark: edge("is-path") },
  { is: ["mls-edge", "is-filtered"], name: "filtered", text: "a thin line in the colour of the path: the path passes a filtered node, which gets no key", mark: edge("is-filtered") },
  { is: ["mls-print"], name: "start of the public key", text: "four hex digits: the start of the public key", mark: specimen(["g", { class: "mls-node", transform: "scale(1.5)" }, [["text", { class: "mls-print", y: 4 }, ["a15c"]]]]) },
  { is: ["mls-index"], name: "node index", text: "a number above a leaf: its node index", mark: specimen(["g", { transform: "translate(0 5) scale(0.9)" }, [markAlone({ node: 4, kind: "leaf", member: MEMBER }, true)]]) },
  { is: ["mls-direct"], name: "direct path", text: "a line in ink: the direct path of the leaf under the pointer, up to the root", mark: specimen(["path", { class: "mls-direct", d: "M-20 20C-20 0 20 0 20-20" }]) },
  { is: ["mls-copath"], name: "copath", text: "brackets: the copath of this leaf; its commits seal to these nodes", mark: specimen(["path", { class: "mls-copath", d: "M-14-18h-4v36h4M14-18h4v36h-4" }]) },
  { is: ["mls-block"], not: ["is-part", "is-empty", "is-unknown", ...HELD], name: "subtree", text: "a block: a subtree without room for its nodes, full of members", mark: block("is-full") },
  { is: ["mls-block", "is-part"], not: HELD, name: "with blanks", text: "a light block: some of its leaves are blank", mark: block("is-part") },
  { is: ["mls-block", "is-empty"], not: HELD, name: "empty", text: "a very light block: all of its leaves are blank", mark: block("is-empty") },
  { is: ["mls-block", "is-unknown"], name: "unknown subtree", text: "a dotted block: the viewer has seen none of these nodes", mark: block("is-unknown") },
  { is: ["mls-block", "has-held"], name: "keys in it held", text: "a dark block: the viewer holds a private key in this subtree", mark: block("has-held") },
  { is: ["mls-block", "has-leaked"], name: "keys in it leaked", text: "a framed block in the colour of danger: a private key in this subtree has leaked to the attacker", mark: block("has-leaked") },
  { is: ["mls-block", "has-computed"], name: "keys in it computed", text: "a framed block in the colour of danger: the attacker has computed a private key in this subtree", mark: block("has-computed") },
  { is: ["mls-fold"], name: "folded", text: "a triangle with the number of members: a subtree that you have folded", mark: specimen(["g", { class: "mls-fold" }, [["path", { d: "M0-16 14 4-14 4z" }], ["text", { y: 20 }, ["64"]]]]) },
  { is: ["mls-found"], name: "found", text: "a small triangle below a leaf: a member that you searched for", mark: specimen(["path", { class: "mls-found", d: "M0-8 9 8-9 8z" }]) },
  { is: ["mls-differs"], name: "not the same", text: "the sign “is not equal”: the tree beside this one has another state or key here", mark: specimen(["g", { transform: "translate(7 5) scale(0.85)" }, [markAlone({ node: 3, differs: "B" })]]) },
  { is: ["is-tiny", "is-different"], name: "not the same", text: "dashes of ink around a small mark, which is empty if it is a leaf: the same, where there is no room for the sign", mark: specimen(["g", { class: "mls-node is-leaf is-keyed is-tiny is-different mls-hue-0" }, [["rect", { class: "mls-shape", x: -5, y: -12, width: 10, height: 24, rx: 3 }]]]) },
  { is: ["mls-fold", "is-different"], name: "not the same in it", text: "a triangle in dashes of ink: in this folded subtree something is not the same", mark: specimen(["g", { class: "mls-fold is-different" }, [["path", { d: "M0-16 14 4-14 4z" }], ["text", { y: 20 }, ["64"]]]]) },
  { is: ["mls-block", "is-different"], name: "not the same in it", text: "a block in dashes of ink: in this subtree the tree beside this one has something else", mark: block("is-full is-different") },
  { is: ["is-lit"], name: "here", text: "a thick outline in the colour of the path: this part of the step is about this node", mark: node({ node: 3, lit: true }) },
  { is: ["mls-token", "is-secret"], not: ["is-unknown"], name: "secret", text: "a diamond: a secret", mark: token("secret") },
  { is: ["mls-token", "is-envelope"], not: ["is-open", "is-unknown"], name: "ciphertext", text: "an envelope: a ciphertext, with the start of the public key to which it is sealed", mark: token("envelope") },
  { is: ["mls-token", "is-envelope", "is-open"], not: ["is-unknown"], name: "opened", text: "an open envelope: a member there opens the ciphertext; green: the viewer opens it", mark: token("envelope", { open: true }) },
  { is: ["mls-token", "is-message"], not: ["is-unknown"], name: "message", text: "a moving envelope: a message to all members; open if the viewer can read it", mark: token("message") },
  { is: ["mls-token", "is-unknown"], name: "unknown", text: "a moving question mark: something that the viewer cannot know of", mark: token("secret", { known: false }) },
  { is: ["mls-check"], name: "confirmation tag agrees", text: "a tick: the viewer has checked the confirmation tag, and it agrees", mark: icon("check", "mls-check") },
  { is: ["mls-padlock", "is-healed"], name: "attacker locked out", text: "a closed padlock: the attacker cannot read this epoch", mark: icon("locked", "mls-padlock is-healed") },
  { is: ["mls-padlock", "is-open"], name: "readable for the attacker", text: "an open padlock: the attacker can read this epoch", mark: icon("unlocked", "mls-padlock is-open") },
  { is: ["mls-padlock", "is-reopened"], name: "readable again", text: "an open padlock: the epoch had healed, and a later leak opened it again", mark: icon("unlocked", "mls-padlock is-reopened") },
];

const PUBLIC = new Set(["member", "parent", "blank", "unmerged leaves", "start of the public key", "direct path", "copath", "subtree", "with blanks", "empty", "folded", "found", "not the same", "not the same in it"]);
/** The marks of what everybody in a group can see of the tree. */
export const PUBLIC_MARKS = MARKS.filter(({ name }) => PUBLIC.has(name));
