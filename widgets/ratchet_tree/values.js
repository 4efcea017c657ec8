/** The real values of a node and of the group, as far as a viewer knows them. */
import { nodesInWords } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Timeline} Timeline */

/**
 * A field under its RFC name; if the viewer cannot know the value, words that say so.
 * @typedef {{name: string, value: string, unknown?: boolean}} Row
 */

/** @param {string} name @param {string | null} value null if it is unknown @param {Frame} frame @returns {Row} */
function row(name, value, { viewer }) {
  return value === null ? { name, value: `unknown to ${viewer.name}`, unknown: true } : { name, value };
}

/** @param {Timeline} time @param {Frame} frame @param {number} node @returns {Row[]} */
export function nodeRows(time, frame, node) {
  const mark = frame.marks[node];
  if (mark.state === "unknown") return [row("content", null, frame)];
  const hash = frame.beat < 0 && knowsEpoch(time.view, frame) ? frame.tree.hashes.get(node) : undefined;
  return [
    ...(mark.state === "blank"
      ? [row("resolution", nodesInWords(mark.resolution) || "empty", frame)]
      : keyedRows(time, frame, node)),
    ...(hash ? [row("tree_hash", hash, frame)] : []),
    ...pathRows(time, frame, node),
  ];
}

/** @param {Timeline} time @param {Frame} frame @param {number} node @returns {Row[]} */
function keyedRows(time, frame, node) {
  const mark = frame.marks[node];
  const key = time.view.keys[mark.key ?? ""];
  const value = [time.tree(frame.step), time.tree(Math.max(0, frame.step - 1))]
    .map(({ nodes }) => nodes.get(node))
    .find((one) => one?.key === mark.key);
  return [
    row("encryption_key", key.public, frame),
    row("private key", mark.hold === "" ? null : (key.private ?? "held, but not recorded"), frame),
    ...(mark.kind === "parent" ? [row("unmerged_leaves", nodesInWords(mark.unmerged) || "none", frame)] : []),
    ...Object.entries(value?.values ?? {}).map(([name, text]) => row(name, text || "empty", frame)),
  ];
}

/**
 * The path secrets that this step's commit sealed at a node, and to the key of the node.
 * @param {Timeline} time @param {Frame} frame @param {number} node @returns {Row[]}
 */
function pathRows(time, frame, node) {
  const path = time.view.steps[frame.step].path;
  if (!path || !frame.seen) return [];
  const viewer = frame.viewer;
  /** @type {Row[]} */
  const rows = [];
  for (const { node: at, path_secret, known_to, envelopes } of path.nodes) {
    if (at === node && path_secret) {
      rows.push(row("path_secret", known_to.includes(viewer.id) ? path_secret : null, frame));
    }
    for (const { to, kem_output, ciphertext, opened_by } of envelopes) {
      if (at !== node && to !== node) continue;
      const opened = opened_by.includes(viewer.id) ? `, opened by ${viewer.name}` : "";
      rows.push(
        row(`sealed at node ${at} to node ${to}${opened}`, "", frame),
        row("kem_output", kem_output, frame),
        row("ciphertext", ciphertext, frame),
      );
    }
  }
  return rows;
}

/** The values of the group in this epoch. @param {Timeline} time @param {Frame} frame @returns {Row[]} */
export function groupRows(time, frame) {
  const { view } = time;
  if (!frame.seen) return [row("content", null, frame)];
  const { message, proposals } = view.steps[frame.step];
  const { group, epochBegan } = frame.tree;
  const secrets = view.steps[epochBegan].secrets ?? [];
  const knows = knowsEpoch(view, frame);
  return [
    row("cipher suite", view.suite, frame),
    row("group_id", view.group_id, frame),
    ...Object.entries(group).map(([name, value]) => row(name, knows ? value || "empty" : null, frame)),
    ...secrets.map(({ name, value, known_to }) => row(name, known_to.includes(frame.viewer.id) ? value : null, frame)),
    ...proposals.map(({ type, text }) => row(`proposal: ${type}`, text, frame)),
    ...(message ? [row(`${message.kind} message, ${message.size} bytes`, message.wire, frame)] : []),
  ];
}

/**
 * Whether the viewer saw the epoch begin, or got its tree later.
 * @param {import("./view.d.ts").RatchetTreeView} view @param {Frame} frame @returns {boolean}
 */
function knowsEpoch(view, { step, tree: { epochBegan }, viewer: { id } }) {
  const unseen = epochBegan === 0 ? view.keyframe.unseen_by : view.steps[epochBegan].unseen_by;
  return !unseen?.includes(id) || view.steps.slice(epochBegan, step + 1).some(({ tree_to }) => tree_to?.includes(id));
}
