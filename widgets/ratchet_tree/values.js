/** The real values of a node and of the group, as far as a viewer knows them. */
import { isUnseen } from "./frame.js";
import { nodesInWords } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Timeline} Timeline */

/**
 * A field under its RFC name; if the viewer cannot know the value, words that say so.
 * @typedef {{name: string, value: string, unknown?: boolean}} Row
 */

/**
 * The values of one node after a step, for a view that is lean (widgets/ratchet_tree/lean.py).
 * @typedef {object} Given
 * @property {number} step
 * @property {number} node
 * @property {Record<string, import("./view.d.ts").KeyView>} keys
 * @property {import("./view.d.ts").NodeView[]} nodes after the step, and before it
 * @property {string | null} hash
 * @property {import("./view.d.ts").PathNodeView[]} path
 */

const ELSEWHERE = "The values of a large tree stay with Python, which sends those of the chosen node.";

/** @param {string} name @param {string | null} value null if it is unknown @param {Frame} frame @returns {Row} */
function row(name, value, { viewer }) {
  return value === null ? { name, value: `unknown to ${viewer.name}`, unknown: true } : { name, value };
}

/**
 * @param {Timeline} time @param {Frame} frame @param {number} node @param {Partial<Given>} [sent] what Python has sent last
 * @returns {Row[]}
 */
export function nodeRows(time, frame, node, sent = {}) {
  const mark = frame.marks[node];
  if (mark.state === "unknown") return [row("content", null, frame)];
  const isFor = sent.node === node && sent.step === frame.step;
  const given = time.view.lean ? (isFor ? /** @type {Given} */ (sent) : null) : recorded(time, frame, node);
  const resolved = mark.state === "blank" ? [row("resolution", nodesInWords(mark.resolution) || "empty", frame)] : [];
  if (!given) return [...resolved, row("values", ELSEWHERE, frame)];
  const hash = frame.beat < 0 && knowsEpoch(time.view, frame) ? given.hash : null;
  return [
    ...(mark.state === "blank" ? resolved : keyedRows(frame, node, given)),
    ...(hash ? [row("tree_hash", hash, frame)] : []),
    ...(frame.seen ? pathRows(frame, node, given.path) : []),
  ];
}

/** The values of a node in the view itself. @param {Timeline} time @param {Frame} frame @param {number} node @returns {Given} */
function recorded(time, frame, node) {
  const trees = [time.tree(frame.step), time.tree(Math.max(0, frame.step - 1))];
  return {
    step: frame.step,
    node,
    keys: time.view.keys,
    nodes: trees.flatMap(({ nodes }) => nodes.get(node) ?? []),
    hash: frame.tree.hashes.get(node) ?? null,
    path: time.view.steps[frame.step].path?.nodes ?? [],
  };
}

/** @param {Frame} frame @param {number} node @param {Given} given @returns {Row[]} */
function keyedRows(frame, node, given) {
  const mark = frame.marks[node];
  const key = given.keys[mark.key ?? ""];
  const value = given.nodes.find((one) => one.key === mark.key);
  return [
    row("encryption_key", key.public, frame),
    row("private key", mark.hold === "" ? null : (key.private ?? "held, but not recorded"), frame),
    ...(mark.kind === "parent" ? [row("unmerged_leaves", nodesInWords(mark.unmerged) || "none", frame)] : []),
    ...Object.entries(value?.values ?? {}).map(([name, text]) => row(name, text || "empty", frame)),
  ];
}

/**
 * The path secrets that this step's commit sealed at a node, and to the key of the node.
 * @param {Frame} frame @param {number} node @param {import("./view.d.ts").PathNodeView[]} path @returns {Row[]}
 */
function pathRows(frame, node, path) {
  const viewer = frame.viewer;
  /** @type {Row[]} */
  const rows = [];
  for (const { node: at, path_secret, known_to, envelopes } of path) {
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
    ...(message ? [row(`${message.kind} message, ${message.size} bytes`, wireOf(message), frame)] : []),
  ];
}

/**
 * Whether the viewer saw the epoch begin, or got its tree later.
 * @param {import("./view.d.ts").RatchetTreeView} view @param {Frame} frame @returns {boolean}
 */
function knowsEpoch(view, { step, tree: { epochBegan }, viewer: { id } }) {
  const isUnknown = epochBegan === 0 ? view.keyframe.unseen_by?.includes(id) : isUnseen(view.steps[epochBegan], id);
  return !isUnknown || view.steps.slice(epochBegan, step + 1).some(({ tree_to }) => tree_to?.includes(id));
}

/** The bytes of a message, or their beginning, as far as the view has them. @param {import("./view.d.ts").MessageView} message */
function wireOf({ wire, size }) {
  return /^[0-9a-f]+$/.test(wire) && wire.length < 2 * size ? `${wire}… (the first ${wire.length / 2} bytes)` : wire;
}
