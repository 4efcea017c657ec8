/** The words of the ratchet tree: labels, sentences and the table. */
import { counted, list, own, upperFirst, viewerFirst } from "../shared/words.js";
import { level } from "./geometry.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Mark} Mark */
/** @typedef {import("./view.d.ts").RatchetTreeView} View */
/** @typedef {import("./view.d.ts").ViewerView} Viewer */

const LEAK_HOLDER = "leak holder";
const LISTED_AT_MOST = 8;

/** The subject of a beat, for viewers who cannot know more of it. @type {Record<import("./view.d.ts").BeatKind, string>} */
const ABOUT = {
  proposals: "what the proposals change",
  leaf_key: "the fresh leaf key",
  climb: "this path secret",
  seal: "what is sealed to whom",
  open: "who opens what",
  welcome: "the Welcome",
  root: "the commit secret",
  schedule: "the secrets of the key schedule",
  epoch: "the new epoch",
  confirm: "whether the confirmation tag agrees",
  message: "this message",
  compromise: "this compromise",
};

/** Where RFC 9420 speaks of a field. @type {Record<string, string>} */
export const SECTIONS = {
  encryption_key: "7.2",
  signature_key: "7.2",
  credential: "5.3",
  capabilities: "7.2",
  leaf_node_source: "7.2",
  lifetime: "7.2",
  extensions: "7.2",
  signature: "7.2",
  parent_hash: "7.9",
  unmerged_leaves: "7.1",
  tree_hash: "7.8",
  resolution: "4.1.1",
  path_secret: "7.4",
  kem_output: "7.6",
  ciphertext: "7.6",
  commit_secret: "8",
  epoch_secret: "8",
  init_secret: "8",
  joiner_secret: "8",
  epoch_authenticator: "8.7",
  exporter_secret: "8.5",
  confirmed_transcript_hash: "8.2",
  confirmation_tag: "8.1",
  group_id: "8.1",
};

/** @param {number[]} nodes @returns {string} "node 1 and leaves 2 and 3" */
export function nodesInWords(nodes) {
  if (nodes.length > LISTED_AT_MOST) return `${nodes.length} nodes`;
  const parents = nodes.filter((node) => node % 2 === 1).map(String);
  const leaves = nodes.filter((node) => node % 2 === 0).map((node) => String(node / 2));
  return list([
    ...(parents.length ? [`${parents.length === 1 ? "node" : "nodes"} ${list(parents)}`] : []),
    ...(leaves.length ? [`${leaves.length === 1 ? "leaf" : "leaves"} ${list(leaves)}`] : []),
  ]);
}

/**
 * A node, part by part: the columns of the table.
 * @param {Mark} mark @param {string} viewer the viewer's name
 * @returns {{node: string, what: string, key: string, held: string, notes: string}}
 */
export function nodeParts(mark, viewer) {
  const what = mark.kind === "parent" ? "parent" : `leaf ${mark.node / 2}`;
  const parts = {
    node: `node ${mark.node}`,
    what: mark.member ? `${what}, ${mark.member.name}` : what,
    key: "",
    held: "",
    notes: "",
  };
  const notes = mark.differs ? [`not the same for ${mark.differs}`] : [];
  if (mark.state === "unknown") return { ...parts, key: `unknown to ${viewer}`, notes: notes.join(", ") };
  if (mark.unmerged.length) notes.push(`unmerged: ${nodesInWords(mark.unmerged)}`);
  if (mark.state === "blank" && mark.kind === "parent")
    notes.push(`resolution: ${nodesInWords(mark.resolution) || "empty"}`);
  if (mark.fresh) notes.push("new in this epoch");
  const held = {
    "": "",
    held: "private key held",
    leaked: "private key leaked",
    computed: "private key computed from what leaked",
  };
  return {
    ...parts,
    key: mark.state === "blank" ? "blank" : `public key ${mark.print}`,
    held: held[mark.hold],
    notes: notes.join(", "),
  };
}

/**
 * @param {Mark} mark @param {string} viewer the viewer's name
 * @returns {string} "node 3, parent, blank, resolution: leaves 2 and 3"
 */
export function nodeLabel(mark, viewer) {
  return Object.values(nodeParts(mark, viewer)).filter(Boolean).join(", ");
}

/** @param {number} node @param {number} members @returns {string} what a folded node stands for */
export function subtreeLabel(node, members) {
  const leaves = (level(node) === 0 ? 0 : 2 ** level(node)).toLocaleString("en");
  return `folded: ${leaves} leaves with ${counted(members, "member", "members")}`;
}

/** The picture as a table, a row for each node. @param {Frame} frame @returns {import("../shared/data_table.js").Table} */
export function treeTable({ marks, viewer }) {
  return {
    heads: ["Node", "What", "Public key", `Private key, for ${viewer.name}`, "Notes"],
    count: marks.length,
    row: (index) => Object.values(nodeParts(marks[index], viewer.name)),
  };
}

/** @param {View} view @param {Frame} frame @returns {string} what the step did, as far as the viewer knows */
export function stepSentence(view, { step, viewer, seen }) {
  const { sentence, message } = view.steps[step];
  const standing = standingAfter(view, step, viewer);
  if (!seen) return `This step is unknown to ${viewer.name}.${standing}`;
  if (message?.kind !== "application") return `${sentence}${standing}`;
  const text = own(message.read, viewer.id);
  return text === undefined
    ? `${sentence} ${viewerFirst(viewer)} cannot read it.`
    : `${sentence} ${viewerFirst(viewer)} reads: “${text}”`;
}

/**
 * Whether the attacker can read the epoch, in words, after a commit or a compromise.
 * @param {View} view @param {number} step @param {Viewer} viewer
 */
function standingAfter(view, step, viewer) {
  const { epoch, kind } = view.steps[step];
  const padlock = padlockOf(view, { epoch, step, viewer });
  const changes = ["commit", ...(viewer.id === LEAK_HOLDER ? [] : ["compromise"])];
  return padlock && changes.includes(kind) ? ` ${upperFirst(padlock.words)}.` : "";
}

/**
 * @param {View} view @param {Frame} frame
 * @returns {string} which step this is, and its title if the viewer knows it
 */
export function stepTitle(view, { step, viewer, seen }) {
  return `Step ${step + 1} of ${view.steps.length}: ${seen ? view.steps[step].title : `unknown to ${viewer.name}`}`;
}

/** @param {View} view @param {Frame} frame @returns {string} the sentence of the beat, or of the whole step */
export function sentence(view, frame) {
  if (frame.beat < 0 || !frame.seen) return stepSentence(view, frame);
  const beat = view.steps[frame.step].beats[frame.beat];
  return frame.known ? beat.sentence : `Unknown to ${frame.viewer.name}: ${ABOUT[beat.kind]}.`;
}

/** @param {View} view @param {Frame} frame @returns {string} the name of the whole picture */
export function pictureLabel(view, frame) {
  const { step, epoch, viewer, marks } = frame;
  const padlock = padlockOf(view, frame);
  const members = marks.filter(({ member }) => member !== null).length;
  return (
    `Ratchet tree of ${view.title} ${view.alone ? "in an unknown epoch" : `in epoch ${epoch}`}, step ${step + 1} of ${view.steps.length}, seen by ${viewer.name}: ` +
    `${members} ${members === 1 ? "member" : "members"}, ${marks.length} ${marks.length === 1 ? "node" : "nodes"}` +
    (padlock ? `; ${padlock.words}` : "")
  );
}

/**
 * Whether the attacker can read the epoch: with all leaks for the viewer "leak holder", with what it knew by then for the
 * recorded attacker. Null for all other viewers.
 * @param {View} view @param {{epoch: number, step: number, viewer: Viewer}} frame
 */
export function padlockOf({ padlocks, steps }, { epoch, step, viewer }) {
  if (viewer.kind !== "attacker") return null;
  if (viewer.id === LEAK_HOLDER) return padlocks?.[epoch] ?? null;
  // Until the epoch changes, the padlock of the step before is still right.
  return steps[steps[step].epoch === epoch ? step : step - 1]?.padlock ?? null;
}
