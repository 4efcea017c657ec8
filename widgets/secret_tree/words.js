/** The words of a secret tree: what the viewer has at each node, in sentences and as a table. */
import { briefName, counted, few, list, shortened, viewerFirst } from "../shared/words.js";
import { cellsOf, leavesBelow, memberAt, readIn } from "./frame.js";
import { membersBelow } from "./geometry.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Standing} Standing */
/** @typedef {import("./frame.js").Cell} Cell */
/** @typedef {import("./frame.js").Ratchet} Ratchet */

export const HEADS = ["Place", "In the viewer's eyes", "What it gives"];

/** @type {Record<Standing, string>} */
export const STANDINGS = {
  held: "has the secret",
  leaked: "has the secret: it leaked",
  computed: "has the secret: the attacker computed it",
  below: "can derive the secret from one above",
  deleted: "has deleted the secret",
  gone: "cannot derive the secret any more",
  never: "never had the secret",
};

/** @type {Record<Cell["state"], string>} */
const CELLS = {
  next: "can be derived",
  used: "used and deleted",
  kept: "skipped and kept for a late message",
  gone: "not there",
  refused: "too far ahead: a message with it is refused",
};

/** @param {Frame} frame */
export function pictureLabel({ epoch, viewer, step }) {
  return `The secret tree of epoch ${epoch}, seen by ${viewer.name} after step ${step + 1}`;
}

/** Who sits at a leaf. @param {Frame} frame @param {number} leaf */
export function leafName(frame, leaf) {
  return memberAt(frame, leaf)?.name ?? `leaf ${leaf}`;
}

/** A node in words. @param {Frame} frame @param {number} node */
export function nodeName(frame, node) {
  const [first, width] = leavesBelow(node);
  if (width === 1) return `leaf ${first}, ${memberAt(frame, first)?.name ?? "blank"}`;
  return width === frame.leafCount ? "the root" : `node ${node}, leaves ${first} to ${first + width - 1}`;
}

/** What the picture shows. @param {Frame} frame @param {number} left the leaves that are folded away */
export function sentence(frame, left) {
  const { view, epoch, viewer, opened, leafCount, count } = frame;
  const { limits } = view;
  const what = `The encryption_secret of epoch ${epoch} is the root of the secret tree (§9): one secret for each leaf, two ratchets below it, and one key for each message.`;
  const isLater = view.epochs[epoch].step > frame.step;
  const kept = [...opened.values()].reduce((sum, each) => sum + each, 0);
  const root = frame.standing(leafCount - 1);
  const has = isLater
    ? `Epoch ${epoch} has not begun at step ${frame.step + 1}.`
    : root === "never"
      ? `${viewerFirst(viewer)} never had a secret of this tree.`
      : count === 0
        ? `${viewerFirst(viewer)} has deleted the whole tree.`
        : `${viewerFirst(viewer)} has opened ${opened.size} of ${leafCount} ${leafCount === 1 ? "leaf" : "leaves"}${kept ? `, and ${viewer.kind === "attacker" ? "has" : "keeps"} ${counted(kept, ...keys(frame))}` : ""}.`;
  const window = limits
    ? `A message may skip ${limits.forward} keys, and a skipped key is kept for ${limits.behind} generations.`
    : "The record does not say how many keys a message may skip.";
  return `${what} ${has} ${window}${foldedSentence(frame, left)}`;
}

/** What the picture leaves out. @param {Frame} frame @param {number} left the leaves that are folded away */
function foldedSentence(frame, left) {
  return left ? ` The picture shows the way to ${briefName(leafName(frame, frame.leaf))}; ${counted(left, "other leaf is", "other leaves are")} folded.` : "";
}

/** What the keys are that a viewer has: an attacker keeps all that it derived. @param {Frame} frame @returns {[string, string]} */
function keys({ viewer }) {
  return viewer.kind === "attacker" ? ["key", "keys"] : ["skipped key", "skipped keys"];
}

/** A node with what the viewer has there, for those who cannot see it. @param {Frame} frame @param {number} node */
export function nodeLabel(frame, node) {
  return `${nodeName(frame, node)}: ${frame.viewer.name} ${STANDINGS[frame.standing(node)]}`;
}

/** What is below a folded subtree, briefly. @param {Frame} frame @param {number} node */
export function foldedWords(frame, node) {
  const [, width] = leavesBelow(node);
  const open = openedBelow(frame, node);
  const people = membersBelow(node, frame.view.epochs[frame.epoch].members).length;
  const size = width === 1 ? leafName(frame, leavesBelow(node)[0]) : counted(people, "member", "members");
  return open.length && width > 1 ? `${size}, ${open.length} open` : size;
}

/** The opened leaves below a node. @param {Frame} frame @param {number} node */
export function openedBelow({ opened }, node) {
  const [first, width] = leavesBelow(node);
  return [...opened.keys()].filter((leaf) => leaf >= first && leaf < first + width).sort((one, other) => one - other);
}

/** A ratchet in words. @param {Frame} frame @param {Ratchet} ratchet */
export function ratchetWords(frame, { generation, standing, kept }) {
  const { view, viewer } = frame;
  if (generation === null) return standing === "never" ? `${viewer.name} never had it` : `${viewer.name} has deleted it`;
  const next = standing === "below" ? "not begun: all keys can be derived" : `next key: ${generation}`;
  const skipped = kept.length ? `, ${counted(kept.length, ...keys(frame))} kept` : "";
  return `${next}${skipped}${view.limits ? `, up to ${generation + view.limits.forward}` : ""}`;
}

/** A generation in words. @param {Frame} frame @param {Ratchet} ratchet @param {Cell} cell */
export function cellLabel(frame, { name }, { generation, state, message }) {
  const isKnown = state === "kept" && frame.viewer.kind === "attacker";
  const what = message < 0 ? "" : `; ${messageWords(frame, message)}`;
  return `${name} key ${generation} of ${leafName(frame, frame.leaf)}: ${isKnown ? "the attacker has it" : CELLS[state]}${what}`;
}

/** A message in words. @param {Frame} frame @param {number} message */
export function messageWords({ view }, message) {
  return `step ${view.messages[message].step + 1}: ${senderAndText(view, message)}`;
}

/** @param {Frame["view"]} view @param {number} message */
function senderAndText(view, message) {
  const { kind, text, sender } = view.messages[message];
  const name = view.members.find(({ id }) => id === sender)?.name ?? "somebody";
  return `${name}, ${kind === "application" ? `“${shortened(text, 24)}”` : `a ${kind}`}`;
}

/** What is said of the chosen message. @param {Frame} frame @param {number} [left] the leaves that are folded away */
export function messageSentence(frame, left = 0) {
  const { view, message, viewer, step } = frame;
  const { step: sent, ratchet, generation, leaf, epoch, readings } = view.messages[message];
  const read = readIn(frame, message);
  const whose = `The key of the message in step ${sent + 1} (${senderAndText(view, message)}) is ${ratchet} key ${generation} of leaf ${leaf} in epoch ${epoch}.`;
  const readers = new Set(readings.filter((each) => each.step <= step).flatMap(({ readers: some }) => view.crowds[some]));
  const members = [...readers].filter((each) => view.viewers[each].kind === "member").map((each) => view.viewers[each].name);
  const own = read !== null
    ? `${viewerFirst(viewer)} used the key in step ${read + 1}${viewer.kind === "attacker" ? "." : " and deleted it."}`
    : `${viewerFirst(viewer)} has not used the key.`;
  const used = members.length ? ` ${list(few(members.map(briefName)))} used the key.` : "";
  return `${whose} ${own}${used}${foldedSentence(frame, left)}`;
}

/** @param {Frame} frame @param {import("./geometry.js").Layout} layout @returns {string[][]} */
export function tableRows(frame, { spots }) {
  const nodes = spots.map(({ node, isFolded }) => [
    isFolded ? `${nodeName(frame, node)} (folded)` : nodeName(frame, node),
    STANDINGS[frame.standing(node)],
    isFolded ? foldedWords(frame, node) : leavesBelow(node)[1] === 1 ? "two ratchets" : "the secrets of two children",
  ]);
  const ratchets = frame.ratchets.map((ratchet) => [`${ratchet.name} ratchet of ${leafName(frame, frame.leaf)}`, ratchetWords(frame, ratchet), "a key for each message"]);
  const cells = frame.ratchets.flatMap((ratchet) =>
    cellsOf(frame, ratchet, 12)
      .filter(({ message, state }) => message >= 0 || state === "kept")
      .map((cell) => [`${ratchet.name} key ${cell.generation}`, CELLS[cell.state], cell.message < 0 ? "a late message" : messageWords(frame, cell.message)]));
  return [...nodes, ...ratchets, ...cells];
}
