/** The side panel: the real values of a node or of the group, and the help. */
import { html, iconButton } from "./dom.js";
import { specimen } from "./picture.js";
import { SECTIONS, grouped, nodeParts, nodesInWords, upperFirst } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Timeline} Timeline */

/** @typedef {{name: string, value: string, unknown?: boolean}} Row a field under its RFC name, or a word where a viewer cannot know it */

/**
 * The values of a node, as far as the viewer knows them.
 * @param {Timeline} time @param {Frame} frame @param {number} node @returns {Row[]}
 */
export function nodeRows(time, frame, node) {
  const mark = frame.marks[node];
  const viewer = frame.viewer.name;
  const unknown = (/** @type {string} */ name) => ({ name, value: `unknown to ${viewer}`, unknown: true });
  if (mark.state === "unknown") return [unknown("content")];
  const hash = time.tree(frame.step).hashes.get(node);
  const rows = mark.state === "blank" ? [{ name: "resolution", value: nodesInWords(mark.resolution) || "empty" }] : keyedRows(time, frame, node);
  return [...rows, ...(hash ? [{ name: "tree_hash", value: hash }] : []), ...pathRows(time, frame, node)];
}

/** @param {Timeline} time @param {Frame} frame @param {number} node @returns {Row[]} */
function keyedRows(time, frame, node) {
  const mark = frame.marks[node];
  const key = time.view.keys[mark.key ?? ""];
  const value = [time.tree(frame.step), time.tree(Math.max(0, frame.step - 1))].map(({ nodes }) => nodes.get(node)).find((one) => one?.key === mark.key);
  const privateKey = mark.hold === "" ? { value: `unknown to ${frame.viewer.name}`, unknown: true } : { value: key.private ?? "held, but not recorded" };
  return [
    { name: "encryption_key", value: key.public },
    { name: "private key", ...privateKey },
    ...(mark.kind === "parent" ? [{ name: "unmerged_leaves", value: nodesInWords(mark.unmerged) || "none" }] : []),
    ...Object.entries(value?.values ?? {}).map(([name, text]) => ({ name, value: text })),
  ];
}

/** What this step's commit sealed at a node, and to it. @param {Timeline} time @param {Frame} frame @param {number} node @returns {Row[]} */
function pathRows(time, frame, node) {
  const path = time.view.steps[frame.step].path;
  if (!path || !frame.seen) return [];
  const viewer = frame.viewer;
  /** @type {Row[]} */
  const rows = [];
  for (const { node: at, path_secret, known_to, envelopes } of path.nodes) {
    if (at === node && path_secret) {
      rows.push(known_to.includes(viewer.id) ? { name: "path_secret", value: path_secret } : { name: "path_secret", value: `unknown to ${viewer.name}`, unknown: true });
    }
    for (const { to, kem_output, ciphertext, opened_by } of envelopes) {
      if (at !== node && to !== node) continue;
      const opened = opened_by.includes(viewer.id) ? `, opened by ${viewer.name}` : "";
      rows.push({ name: `sealed at node ${at} to node ${to}${opened}`, value: "" }, { name: "kem_output", value: kem_output }, { name: "ciphertext", value: ciphertext });
    }
  }
  return rows;
}

/** The values of the group in this epoch. @param {Timeline} time @param {Frame} frame @returns {Row[]} */
export function groupRows(time, frame) {
  const { view } = time;
  const { message, proposals } = view.steps[frame.step];
  const { group, epochBegan } = time.tree(frame.step);
  const { secrets } = view.steps[epochBegan];
  const { id, name } = frame.viewer;
  if (!frame.seen) return [{ name: "content", value: `unknown to ${name}`, unknown: true }];
  return [
    { name: "cipher suite", value: view.suite },
    { name: "group_id", value: view.group_id },
    ...Object.entries(group).filter(([, value]) => value).map(([field, value]) => ({ name: field, value })),
    ...(secrets ?? []).map((secret) => secret.known_to.includes(id) ? { name: secret.name, value: secret.value } : { name: secret.name, value: `unknown to ${name}`, unknown: true }),
    ...proposals.map(({ type, text }) => ({ name: `proposal: ${type}`, value: text })),
    ...(message ? [{ name: `${message.kind} message, ${message.size} bytes`, value: message.wire }] : []),
  ];
}

/**
 * Rows as a list of definitions, each value with a button that copies it.
 * @param {Row[]} rows
 */
export function rowList(rows) {
  return html("dl", { class: "mls-rows" }, ...rows.flatMap(({ name, value, unknown }) => {
    const section = SECTIONS[name];
    const term = html("dt", {}, name, ...(section ? [" ", html("a", { href: `https://www.rfc-editor.org/rfc/rfc9420#section-${section}`, target: "_blank", rel: "noreferrer" }, `§${section}`)] : []));
    if (!value) return [term, html("dd", { class: "is-empty" })];
    if (unknown) return [term, html("dd", { class: "is-unknown" }, value)];
    const text = grouped(value);
    if (text === value) return [term, html("dd", {}, value)];
    const copy = iconButton("copy", `Copy ${name}`, () => navigator.clipboard?.writeText(value));
    return [term, html("dd", { class: "is-bytes" }, html("code", {}, text), copy)];
  }));
}

/** @param {Frame} frame @param {number} node @returns {string} */
export function nodeTitle(frame, node) {
  const { what } = nodeParts(frame.marks[node], frame.viewer.name);
  return `${upperFirst(`node ${node}`)}, ${what}`;
}

/** @type {[Partial<import("./frame.js").Mark>, string][]} */
const MARKS = [
  [{ kind: "leaf", member: { id: "", name: "", initial: "A", hue: 0 } }, "a leaf; the viewer knows its public key only"],
  [{ node: 3, hold: "held" }, "filled: the viewer holds the private key"],
  [{ node: 3, state: "blank" }, "dashed: blank, no key"],
  [{ node: 3, unmerged: [0, 2] }, "+2: unmerged leaves, which do not know its private key"],
  [{ node: 3, fresh: true }, "a ring: new in this epoch"],
  [{ node: 3, hold: "stolen" }, "narrow hatch and flag: private key stolen"],
  [{ node: 3, hold: "computed" }, "wide hatch: private key computed from what was stolen"],
  [{ node: 3, state: "unknown" }, "dotted, question mark: unknown to the viewer"],
];

const KEYS = [
  ["[ ]", "one step back or on"], [", .", "one beat back or on"], ["space", "play or pause"], ["arrows", "move through the tree"],
  ["Home End", "root, last leaf"], ["Enter", "show a node's values"], ["Esc", "close the panel"], ["+ −", "zoom"], ["?", "this help"],
];

/** The marks and the keys. */
export function help() {
  return html("div", { class: "mls-help" },
    html("ul", { class: "mls-legend" }, ...MARKS.map(([mark, text]) => html("li", {}, specimen(mark), text))),
    html("dl", { class: "mls-keys" }, ...KEYS.flatMap(([key, text]) => [
      html("dt", {}, ...key.split(" ").map((one) => html("kbd", {}, one))), html("dd", {}, text),
    ])),
  );
}

/**
 * The side panel; it stands beside the tree, or below it where there is little room.
 * @param {() => void} close
 */
export function panel(close) {
  const title = html("h3");
  const content = html("div", { class: "mls-content" });
  const side = html("aside", { class: "mls-panel", "aria-label": "Details", hidden: true },
    html("header", {}, title, iconButton("close", "Close", close)), content);
  let shown = "";

  /** @param {Timeline} time @param {Frame} frame @param {"" | "node" | "group" | "help"} what @param {number} node */
  function show(time, frame, what, node) {
    side.hidden = what === "";
    const rows = what === "node" ? nodeRows(time, frame, node) : what === "group" ? groupRows(time, frame) : [];
    const now = JSON.stringify([what, node, frame.epoch, frame.viewer.id, rows]);
    if (now === shown) return;
    shown = now;
    title.textContent = what === "node" ? nodeTitle(frame, node) : what === "group" ? `The group in epoch ${frame.epoch}` : "Marks and keys";
    content.replaceChildren(what === "help" ? help() : rowList(rows));
  }

  return { side, show };
}
