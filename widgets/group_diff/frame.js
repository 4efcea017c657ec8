/**
 * What is compared now: two sides, the rows of their commits, group contexts, trees and fields, and what the two have to do
 * with each other. A frame is a function of the view and of what is chosen.
 */
import { briefName, upperFirst } from "../shared/words.js";

/** @typedef {import("./view.d.ts").GroupDiffView} View */
/** @typedef {import("./view.d.ts").DiffEpochView} Epoch */
/** @typedef {import("./view.d.ts").DiffCommitView} Commit */
/** @typedef {import("./view.d.ts").DiffNodeView} Node */
/** @typedef {import("../ratchet_tree/view.d.ts").MemberView} Member */

/**
 * What the reader has chosen. `first` and `second` are members, or "" for the group; `other_step` is the step of the second
 * side, -1 for the step of the first.
 * @typedef {{step: number, other_step: number, viewer: string, first: string, second: string, first_line: number, second_line: number, selected: string, member: string}} Place
 *
 * One side. `epochs` are those of its line up to its own, by their numbers; `epoch` is null if it is in none.
 * @typedef {{name: string, mark: string, member: Member | null, line: number, step: number, isMoment: boolean, epoch: Epoch | null, epochs: Map<number, Epoch>}} Side
 *
 * What one side has in a row. `bytes` says where a field stands.
 * @typedef {{text: string, isBytes: boolean, member?: Member | null, bytes?: string}} Cell
 *
 * "first" and "second" are states of a row that only one side has.
 * @typedef {"same" | "differs" | "first" | "second" | "unknown"} State
 * @typedef {{id: string, name: string, state: State, first: Cell | null, second: Cell | null, section: string, commits?: [number, number], member?: string | null}} Row
 * @typedef {{id: string, title: string, words: string, rows: Row[], left: number}} Section
 *
 * What the two sides have to do with each other. `common` is the last epoch that both share, `parted` the first that
 * differs, `commits` what began it on each side (-1: none, or unknown), `ahead` how many commits one of them is ahead.
 * @typedef {{kind: "same" | "ahead" | "fork" | "unknown" | "groups" | "absent" | "unseen", common: number | null, parted: number | null, commits: [number, number], ahead: number, behind: 0 | 1}} Relation
 *
 * The trees of both sides. `nodes` are by their index, `count` is the number of nodes, blank nodes included. `different` are
 * the indices of the nodes that are not the same, and `rows` their rows.
 * @typedef {{nodes: Map<number, Node>, count: number}} Tree
 * @typedef {{sides: [Tree, Tree], different: number[], rows: Row[]}} Trees
 *
 * `trees` are null if one of them is unknown to the viewer, or if a side is in no epoch.
 * @typedef {{view: View, sides: [Side, Side], relation: Relation, trees: Trees | null, sections: Section[], step: number, last: number, viewer: string, viewerName: string, selected: string, member: string}} Frame
 */

/** So many rows of a section are drawn; the table has all of them. */
export const ROWS = { commits: 8, tree: 12, fields: 14 };
const COMMON_COMMITS = 2;

/** @param {View} view @param {Place} place @returns {Frame} */
export function frameOf(view, place) {
  const line = lineIn(view, place.first_line);
  const last = Math.max(0, view.lines[line].steps.length - 1);
  const step = Math.max(0, Math.min(last, place.step));
  const sides = sidesOf(view, place);
  const viewer = view.viewers.some(({ id }) => id === place.viewer) ? place.viewer : "";
  const relation = relationOf(sides, viewer);
  const trees = treesOf(view, sides, viewer);
  return {
    view,
    sides,
    relation,
    trees,
    sections: relation.kind === "absent" ? [] : [commitsOf(view, sides, viewer), factsOf(view, sides, viewer), treeSection(trees), ...fieldsOf(view, relation)],
    step,
    last,
    viewer,
    viewerName: view.viewers.find(({ id }) => id === viewer)?.name ?? "",
    selected: place.selected,
    member: place.member,
  };
}

/** @param {View} view @param {number} line */
function lineIn(view, line) {
  return line in view.lines ? line : 0;
}

// The two sides

/** @param {View} view @param {Place} place @returns {[Side, Side]} */
function sidesOf(view, place) {
  const { step } = place;
  const other = place.other_step < 0 ? step : place.other_step;
  const [one, two] = [lineIn(view, place.first_line), lineIn(view, place.second_line)];
  const areMoments = one === two && place.first === place.second;
  return [
    sideOf(view, { line: one, who: place.first, step, isMoment: areMoments, mark: "1" }),
    sideOf(view, { line: two, who: place.second, step: other, isMoment: areMoments, mark: "2" }),
  ];
}

/** @param {View} view @param {{line: number, who: string, step: number, isMoment: boolean, mark: string}} given @returns {Side} */
function sideOf(view, { line, who, step: wanted, isMoment, mark }) {
  const { name, epochs, begins, steps, places } = view.lines[line];
  const step = Math.max(0, Math.min(steps.length - 1, wanted));
  const member = view.members.find(({ id }) => id === who) ?? null;
  const place = member && Object.hasOwn(places, who) ? places[who].filter((each) => each.step <= step).at(-1) : undefined;
  const passed = epochs.map((index) => view.epochs[index]);
  const last = member ? (place?.epoch ?? null) : (passed.filter((_, at) => begins[at] <= step).at(-1)?.epoch ?? null);
  const until = last === null ? [] : passed.filter(({ epoch }) => epoch <= last);
  const whole = member?.name ?? (view.lines.length > 1 ? name : "the group");
  return {
    name: isMoment ? `${whole} after step ${step + 1}` : whole,
    mark: isMoment ? mark : (member?.initial ?? mark),
    member,
    line,
    step,
    isMoment,
    epoch: until.at(-1) ?? null,
    epochs: new Map(until.map((each) => [each.epoch, each])),
  };
}

/** @param {[Side, Side]} sides @param {string} viewer @returns {Relation} */
function relationOf([one, two], viewer) {
  const none = { common: null, parted: null, commits: /** @type {[number, number]} */ ([-1, -1]), ahead: 0, behind: /** @type {0 | 1} */ (0) };
  if (one.epoch === null || two.epoch === null) return { ...none, kind: "absent" };
  if (one.epoch.facts[0] !== two.epoch.facts[0]) return { ...none, kind: "groups" };
  const both = [...one.epochs.keys()].filter((epoch) => two.epochs.has(epoch));
  const [ours, theirs] = [one, two].map(({ epochs }) => (/** @type {number} */ epoch) => /** @type {Epoch} */ (epochs.get(epoch)));
  const parted = both.find((epoch) => ours(epoch).id !== theirs(epoch).id) ?? null;
  const common = both.filter((epoch) => parted === null || epoch < parted).at(-1) ?? null;
  if (parted !== null) {
    if ([ours(parted), theirs(parted)].some((epoch) => isUnseen(epoch, viewer))) return { ...none, kind: "unseen", common, parted };
    /** @type {[number, number]} */
    const commits = [ours(parted).commit, theirs(parted).commit];
    return { ...none, kind: commits.includes(-1) ? "unknown" : "fork", common, parted, commits };
  }
  const ahead = two.epoch.epoch - one.epoch.epoch;
  const [short, long] = ahead < 0 ? [two, one] : [one, two];
  const end = /** @type {Epoch} */ (short.epoch).epoch;
  if (common !== end) return { ...none, kind: "unknown", common };
  if (ahead === 0) return { ...none, kind: "same", common };
  const next = long.epochs.get(end + 1);
  if (next && isUnseen(next, viewer)) return { ...none, kind: "unseen", common, parted: end + 1 };
  const commit = next?.commit ?? -1;
  return { kind: "ahead", common, parted: end + 1, commits: ahead > 0 ? [-1, commit] : [commit, -1], ahead: Math.abs(ahead), behind: ahead > 0 ? 0 : 1 };
}

/** Whether a viewer cannot know what began an epoch. @param {Epoch} epoch @param {string} viewer */
export function isUnseen({ unseen_by }, viewer) {
  return viewer !== "" && unseen_by.includes(viewer);
}

// The rows

/** @param {string | null} one @param {string | null} two @param {boolean} [isKnown] @returns {State} */
function stateOf(one, two, isKnown = true) {
  if (!isKnown) return "unknown";
  if (one === null || two === null) return one === two ? "same" : one === null ? "second" : "first";
  return one === two ? "same" : "differs";
}

/** The commits that led to each side, aligned by the epoch that they began. @param {View} view @param {[Side, Side]} sides @param {string} viewer @returns {Section} */
function commitsOf(view, [one, two], viewer) {
  const all = [...new Set([...one.epochs.keys(), ...two.epochs.keys()])].sort((a, b) => a - b);
  const rows = all.map((epoch) => {
    const [ours, theirs] = [one.epochs.get(epoch) ?? null, two.epochs.get(epoch) ?? null];
    const state = stateOf(ours?.id ?? null, theirs?.id ?? null);
    return /** @type {Row} */ ({
      id: `epoch ${epoch}`,
      name: `epoch ${epoch}`,
      state,
      first: ours && commitCell(view, ours, viewer),
      second: theirs && commitCell(view, theirs, viewer),
      section: "12.4",
      commits: [ours?.commit ?? -1, theirs?.commit ?? -1],
    });
  });
  const common = rows.filter(({ state }) => state === "same");
  const folded = Math.max(0, common.length - COMMON_COMMITS);
  const words = folded > 0 ? `${folded} earlier ${folded === 1 ? "epoch is" : "epochs are"} the same` : "";
  return { id: "commits", title: "Commits that led here", words, rows, left: folded };
}

/** @param {View} view @param {Epoch} epoch @param {string} viewer @returns {Cell} */
function commitCell(view, epoch, viewer) {
  if (isUnseen(epoch, viewer)) return { text: "unknown to this viewer", isBytes: false };
  const commit = view.commits[epoch.commit];
  if (commit) return { text: commit.words, isBytes: false, member: view.members.find(({ id }) => id === commit.member) };
  return { text: epoch.epoch === 0 ? "the group begins" : "how this epoch began is not known here", isBytes: false };
}

/** @param {View} view @param {[Side, Side]} sides @param {string} viewer @returns {Section} */
function factsOf(view, [one, two], viewer) {
  const rows = view.facts.map(({ name, section }, at) => {
    const [ours, theirs] = [one, two].map(({ epoch }) => factIn(/** @type {Epoch} */ (epoch), at, view.facts.length, viewer));
    const isKnown = ours !== null && theirs !== null;
    return /** @type {Row} */ ({ id: `fact ${name}`, name, state: stateOf(ours, theirs, isKnown), first: factCell(ours), second: factCell(theirs), section });
  });
  return { id: "facts", title: "Group context", words: countWords(rows, "field"), rows, left: 0 };
}

/** What a viewer can know of a fact; null for what is unknown. @param {Epoch} epoch @param {number} at @param {number} count @param {string} viewer */
function factIn(epoch, at, count, viewer) {
  if (isUnseen(epoch, viewer)) return null;
  // The last fact comes from a secret: only those who hold it can compare it.
  if (at === count - 1 && viewer !== "" && !epoch.known_by.includes(viewer)) return null;
  return epoch.facts[at];
}

/** @param {string | null} text @returns {Cell | null} */
function factCell(text) {
  if (text === null) return null;
  return { text: text || "empty", isBytes: /^[0-9a-f:]{16,}$/.test(text) };
}

/** The trees that were compared before, by the epoch of the first side: a large tree is compared once. @type {WeakMap<Epoch, {other: Epoch, lines: string, trees: Trees}>} */
const compared = new WeakMap();

/** @param {View} view @param {[Side, Side]} sides @param {string} viewer @returns {Trees | null} */
function treesOf(view, [one, two], viewer) {
  if (!one.epoch || !two.epoch || [one.epoch, two.epoch].some((epoch) => isUnseen(epoch, viewer))) return null;
  const lines = `${one.line} ${two.line}`;
  const before = compared.get(one.epoch);
  if (before?.other === two.epoch && before.lines === lines) return before.trees;
  const trees = compare(view, nodesOf(view, one), nodesOf(view, two));
  compared.set(one.epoch, { other: two.epoch, lines, trees });
  return trees;
}

/** @param {View} view @param {Tree} ours @param {Tree} theirs @returns {Trees} */
function compare(view, ours, theirs) {
  const different = Array.from({ length: Math.max(ours.count, theirs.count) }, (_, index) => index).filter(
    (index) => ours.nodes.get(index)?.digest !== theirs.nodes.get(index)?.digest || index >= Math.min(ours.count, theirs.count),
  );
  const members = new Map(view.members.map((member) => [member.id, member]));
  return { sides: [ours, theirs], different, rows: different.map((index) => nodeRow(members, [ours, theirs], index)) };
}

/** @param {View} view @param {Side} side @returns {Tree} */
export function nodesOf(view, { epoch, epochs }) {
  /** @type {Map<number, Node>} */
  const nodes = new Map();
  for (const { nodes: changed, node_count } of epochs.values()) {
    for (const [index, node] of Object.entries(changed)) {
      if (node !== null) nodes.set(Number(index), view.nodes[node]);
      else nodes.delete(Number(index));
    }
    for (const index of nodes.keys()) if (index >= node_count) nodes.delete(index);
  }
  return { nodes, count: epoch?.node_count ?? 0 };
}

/** @param {Trees | null} trees @returns {Section} */
function treeSection(trees) {
  const about = { id: "tree", title: "Ratchet tree", left: 0 };
  if (!trees) return { ...about, words: "unknown to this viewer", rows: [] };
  const { sides, rows } = trees;
  const all = Math.max(...sides.map(({ count }) => count));
  return { ...about, words: rows.length === 0 ? `all ${all} nodes are the same` : `${rows.length} of ${all} nodes ${rows.length === 1 ? "differs" : "differ"}`, rows };
}

/** A node on both sides, also one that is the same. @param {Map<string, Member>} members @param {[Tree, Tree]} sides @param {number} index @returns {Row} */
function nodeRow(members, sides, index) {
  const [one, two] = sides.map(({ nodes }) => nodes.get(index));
  const owner = (/** @type {Node | undefined} */ node) => members.get(node?.member ?? "") ?? null;
  const owners = [one, two].flatMap((node) => owner(node) ?? []);
  const isOne = owners.every(({ id }) => id === owners[0].id);
  const [first, second] = [one, two].map((node, side) => {
    const member = owner(node);
    return index >= sides[side].count ? null : { text: `${!isOne && member ? `${briefName(member.name)}, ` : ""}${node?.words ?? "blank"}`, isBytes: false, member };
  });
  const state = !first ? "second" : !second ? "first" : one?.digest === two?.digest ? "same" : "differs";
  const name = isOne && owners.length ? `node ${index}, ${briefName(owners[0].name)}` : `node ${index}`;
  return { id: nodeId(index), name, state, first, second, section: "7.8", member: owners[0]?.id ?? null };
}

/** @param {number} index */
export function nodeId(index) {
  return `node ${index}`;
}

/** The index of the node that a row is about, -1 for all other rows. @param {string} id */
export function nodeIn(id) {
  return /^node \d+$/.test(id) ? Number(id.slice(5)) : -1;
}

/** A row by its id: also that of a node that is the same on both sides. @param {Frame} frame @param {string} id */
export function rowIn({ view, sections, trees }, id) {
  const found = sections.flatMap(({ rows }) => rows).find((row) => row.id === id);
  const isNode = trees && trees.sides.some(({ count }) => nodeIn(id) < count) && nodeIn(id) >= 0;
  if (found || !isNode) return found ?? null;
  return nodeRow(new Map(view.members.map((member) => [member.id, member])), trees.sides, nodeIn(id));
}

/** The first commit that differs, field by field. @param {View} view @param {Relation} relation @returns {Section[]} */
function fieldsOf(view, { kind, commits: [one, two], parted }) {
  if (kind !== "fork" && kind !== "ahead") return [];
  const pair = view.pairs.find(({ first, second }) => (kind === "fork" ? first === one && second === two : first === Math.max(one, two) && second < 0));
  const turned = pair ? undefined : view.pairs.find(({ first, second }) => first === two && second === one);
  const isTurned = turned !== undefined || (kind === "ahead" && one < 0);
  const found = pair ?? turned;
  const title = "Field by field";
  if (!found) return [{ id: "fields", title, words: "the fields of these commits are left out here: open their bytes", rows: [], left: 0 }];
  const rows = found.fields.map(({ path, section, first, second }) => {
    const [ours, theirs] = (isTurned ? [second, first] : [first, second]).map(fieldCell);
    const state = ours && theirs ? "differs" : ours ? "first" : "second";
    return /** @type {Row} */ ({ id: `field ${path}`, name: path.replace(/^public_message\./, "") || found.struct, state, first: ours, second: theirs, section });
  });
  const counted = rows.length + found.left_out;
  const fields = `${counted} ${counted === 1 ? "field" : "fields"}`;
  const words = kind === "fork" ? `${fields} ${counted === 1 ? "differs" : "differ"} in the commits that began epoch ${parted}` : `${fields} of the commit that began epoch ${parted}`;
  return [{ id: "fields", title, words: `${words}; bytes of the ${found.struct}`, rows, left: found.left_out }];
}

/** @param {import("./view.d.ts").DiffValueView | null} value @returns {Cell | null} */
function fieldCell(value) {
  if (value === null) return null;
  const bytes = value.end - value.start === 1 ? `byte ${value.start}` : `bytes ${value.start} to ${value.end - 1}`;
  return { text: value.text, isBytes: /^[0-9a-f]{8,}…?$/.test(value.text), bytes };
}

/** @param {Row[]} rows @param {string} noun */
function countWords(rows, noun) {
  const different = rows.filter(({ state }) => state !== "same" && state !== "unknown").length;
  const unknown = rows.filter(({ state }) => state === "unknown").length;
  const parts = [different === 0 ? `no ${noun} differs` : `${different} of ${rows.length} ${noun}s ${different === 1 ? "differs" : "differ"}`, ...(unknown ? [`${unknown} unknown`] : [])];
  return parts.join(", ");
}

/** The rows of a section that are drawn, and how many are not. @param {Section} section @returns {{rows: Row[], more: number}} */
export function drawnRows({ id, rows, left }) {
  if (id === "commits") {
    const parted = rows.findIndex(({ state }) => state !== "same");
    const end = parted < 0 ? rows.length : parted;
    const shown = [...rows.slice(Math.max(0, end - COMMON_COMMITS), end), ...rows.slice(end, end + ROWS.commits)];
    return { rows: shown, more: rows.length - shown.length - Math.max(0, end - COMMON_COMMITS) };
  }
  const most = id === "tree" ? ROWS.tree : id === "fields" ? ROWS.fields : rows.length;
  return { rows: rows.slice(0, most), more: Math.max(0, rows.length - most) + (id === "fields" ? left : 0) };
}

/** The side that begins a sentence. @param {Side} side */
export function sideFirst({ name, member }) {
  return member ? name : upperFirst(name);
}
