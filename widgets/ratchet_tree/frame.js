/**
 * The frame of the picture is a function of view, step, beat and viewer. No frame depends on an earlier frame. The
 * timeline keeps trees that were computed before, so that going to another step is cheap.
 */
import { own } from "../shared/words.js";
import { left, nodeCount, right } from "./geometry.js";
import { tokensOf } from "./tokens.js";

/** @typedef {import("./view.d.ts").RatchetTreeView} View */
/** @typedef {import("./view.d.ts").NodeView} Node */
/** @typedef {import("./view.d.ts").StepView} Step */
/** @typedef {import("./view.d.ts").ViewerView} Viewer */

/**
 * The tree after a step, as recorded.
 * @typedef {object} Tree
 * @property {number} step
 * @property {number} epoch
 * @property {number} epochBegan the step in which the epoch began
 * @property {number} leafCount
 * @property {Map<number, Node>} nodes
 * @property {Map<number, number>} since the step that last changed a node
 * @property {Map<number, string>} hashes
 * @property {Record<string, string>} group
 */

/**
 * What one viewer has after a step.
 * @typedef {object} Knowledge
 * @property {number} step
 * @property {Map<string, import("./view.d.ts").How>} keys the private keys it holds
 * @property {Set<number>} unseen the nodes whose content it has not seen
 */

/**
 * How one node is drawn.
 * @typedef {object} Mark
 * @property {number} node
 * @property {"leaf" | "parent"} kind
 * @property {"keyed" | "blank" | "unknown"} state
 * @property {import("./view.d.ts").MemberView | null} member
 * @property {string | null} key
 * @property {string} print the first four digits of the public key
 * @property {"" | "held" | "leaked" | "computed"} hold what the viewer has of the private key
 * @property {number[]} unmerged
 * @property {number[]} resolution
 * @property {boolean} fresh new in this epoch
 * @property {boolean} changed by this very step
 * @property {boolean} lit whether this beat is about the node
 * @property {string} differs the viewer of the tree beside this one, if that viewer has something else here; else ""
 */

/**
 * A secret, a ciphertext or a message that travels in a beat.
 * @typedef {object} Token
 * @property {"secret" | "envelope" | "message"} kind
 * @property {number[]} route the nodes from its start to its end; [] means above the root: the key schedule
 * @property {boolean} open
 * @property {boolean} own whether it is the viewer who opens it
 * @property {boolean} known to the viewer
 * @property {string} label
 */

/**
 * @typedef {object} Frame
 * @property {number} step
 * @property {number} beat the beat, or -1 when the step is over
 * @property {Viewer} viewer
 * @property {number} epoch
 * @property {number} leafCount
 * @property {Tree} tree the recorded tree of this epoch: after the step, or before it until the epoch turns
 * @property {Mark[]} marks by node index
 * @property {Map<number, "path" | "filtered">} path edges on the path of the commit, by child
 * @property {Token[]} tokens
 * @property {boolean} indices whether leaves show their node index
 * @property {boolean} seen whether the viewer sees what the step did
 * @property {boolean} known whether the viewer knows of the beat
 */

/** What is drawn of a tree. @typedef {Pick<Frame, "viewer" | "leafCount" | "marks" | "path" | "tokens" | "indices">} Drawn */

/** A tree with more leaves is larger than its picture (large_picture.js). */
export const LARGEST = 512;
const CACHED_EVERY = 16;

/**
 * A view with the trees that were needed before.
 * @param {View} view
 */
export function timeline(view) {
  const memory = new Map();

  /**
   * @template T @param {string} of @param {() => T} first @param {(last: T, step: number) => T} next
   * @param {number} step @returns {T}
   */
  function fold(of, first, next, step) {
    let from = step;
    while (from > 0 && !memory.has(`${of} ${from}`)) from -= 1;
    let state = memory.get(`${of} ${from}`) ?? first();
    for (; from < step; from += 1) {
      state = next(state, from + 1);
      if ((from + 1) % CACHED_EVERY === 0) memory.set(`${of} ${from + 1}`, state);
    }
    const recent = `${of} recent`;
    if (step % CACHED_EVERY !== 0) {
      memory.delete(memory.get(recent));
      memory.set(recent, `${of} ${step}`);
      memory.set(`${of} ${step}`, state);
    }
    return state;
  }

  return {
    view,
    last: view.steps.length - 1,
    tallest: Math.max(view.keyframe.leaf_count, ...view.steps.map((step) => step.leaf_count ?? 1)),
    /** @param {number} step @returns {Tree} */
    tree: (step) =>
      fold(
        "tree",
        () => firstTree(view),
        (tree, next) => treeAfter(tree, view.steps[next], next),
        step,
      ),
    /** @param {string} viewer @param {number} step @returns {Knowledge} */
    knowledge: (viewer, step) =>
      fold(
        `viewer ${viewer}`,
        () => firstKnowledge(view, viewer),
        (had, next) => knowledgeAfter(had, view, viewer, next),
        step,
      ),
  };
}

/** @typedef {ReturnType<typeof timeline>} Timeline */

/** @param {View} view @returns {Tree} */
function firstTree(view) {
  const { epoch, leaf_count: leafCount, nodes, hashes, group } = view.keyframe;
  return {
    step: 0,
    epoch,
    epochBegan: 0,
    leafCount,
    group,
    nodes: new Map(Object.entries(nodes).map(([node, value]) => [Number(node), value])),
    since: new Map(),
    hashes: new Map(Object.entries(hashes ?? {}).map(([node, hash]) => [Number(node), hash])),
  };
}

/** @param {Tree} tree @param {Step} step @param {number} index @returns {Tree} */
function treeAfter(tree, step, index) {
  const leafCount = step.leaf_count ?? tree.leafCount;
  const nodes = new Map(tree.nodes);
  const since = new Map(tree.since);
  const hashes = new Map(tree.hashes);
  for (const node of step.blank) {
    nodes.delete(node);
    since.set(node, index);
  }
  for (const [node, value] of Object.entries(step.set)) {
    nodes.set(Number(node), value);
    since.set(Number(node), index);
  }
  for (const [node, hash] of Object.entries(step.hashes ?? {})) hashes.set(Number(node), hash);
  if (leafCount < tree.leafCount) {
    for (const known of [nodes, since, hashes])
      for (const node of known.keys()) if (node >= nodeCount(leafCount)) known.delete(node);
  }
  const epochBegan = step.epoch === tree.epoch ? tree.epochBegan : index;
  return {
    step: index,
    epoch: step.epoch,
    epochBegan,
    leafCount,
    nodes,
    since,
    hashes,
    group: { ...tree.group, ...step.group },
  };
}

/** @param {View} view @param {string} viewer @returns {Knowledge} */
function firstKnowledge(view, viewer) {
  const everyNode = Array.from({ length: nodeCount(view.keyframe.leaf_count) }, (_, node) => node);
  const keys = new Map((own(view.steps[0]?.keys_learned, viewer) ?? []).map(({ key, how }) => [key, how]));
  return { step: 0, keys, unseen: new Set(view.keyframe.unseen_by?.includes(viewer) ? everyNode : []) };
}

/** @param {Knowledge} had @param {View} view @param {string} viewer @param {number} index @returns {Knowledge} */
function knowledgeAfter(had, view, viewer, index) {
  const step = view.steps[index];
  const keys = new Map(had.keys);
  for (const key of own(step.keys_deleted, viewer) ?? []) keys.delete(key);
  for (const { key, how } of own(step.keys_learned, viewer) ?? []) keys.set(key, how);
  const unseen = new Set(step.tree_to?.includes(viewer) ? [] : had.unseen);
  for (const node of touched(step)) {
    if (isUnseen(step, viewer)) unseen.add(node);
    else unseen.delete(node);
  }
  return { step: index, keys, unseen };
}

/** Whether a viewer does not see what a step did. @param {Step} step @param {string} viewer */
export function isUnseen({ seen_by, unseen_by }, viewer) {
  return seen_by ? !seen_by.includes(viewer) : (unseen_by?.includes(viewer) ?? false);
}

/** @param {Step} step @returns {number[]} the nodes that a step changed */
function touched(step) {
  return [...Object.keys(step.set).map(Number), ...step.blank];
}

/**
 * @param {Timeline} time @param {{step: number, beat: number, viewer: string, node_indices?: boolean, beside?: string}} place
 * @returns {Frame} `beside` is the viewer of the tree beside this one, whose differences are marked
 */
export function frameAt(time, place) {
  const frame = frameOf(time, place);
  const other = time.view.viewers.find(({ id }) => id === place.beside);
  if (other) markDifferences(frame.marks, frameOf(time, { ...place, viewer: other.id }).marks, other.name);
  return frame;
}

/** @param {Mark[]} marks @param {Mark[]} others what another viewer has @param {string} name of the other viewer */
function markDifferences(marks, others, name) {
  for (const mark of marks) {
    const other = others[mark.node];
    if (mark.state !== other.state || mark.key !== other.key || mark.hold !== other.hold) mark.differs = name;
  }
}

/**
 * @param {Timeline} time @param {{step: number, beat: number, viewer: string, node_indices?: boolean}} place @returns {Frame}
 */
function frameOf(time, place) {
  const { view } = time;
  const step = Math.max(0, Math.min(time.last, place.step));
  const now_step = view.steps[step];
  const beat = place.beat >= 0 && place.beat < now_step.beats.length ? place.beat : -1;
  const viewer = view.viewers.find(({ id }) => id === place.viewer) ?? view.viewers[0];
  const seen = !isUnseen(now_step, viewer.id);
  const now = beat < 0 ? undefined : now_step.beats[beat];
  const known = seen && (now === undefined || now.known_to === null || now.known_to.includes(viewer.id));
  const tree = time.tree(step);
  const before = beat < 0 || step === 0 ? tree : time.tree(step - 1);
  const turned = beat < 0 || now_step.beats.every(({ kind }) => kind !== "epoch") || reached(now_step, beat, "epoch");
  return {
    step,
    beat,
    viewer,
    seen,
    known,
    epoch: (turned ? tree : before).epoch,
    tree: turned ? tree : before,
    leafCount: tree.leafCount,
    marks: marksOf(time, { now_step, step, beat, viewer, tree, before, lit: new Set(seen ? now?.nodes : []) }),
    path: seen ? pathEdges(now_step, beat) : new Map(),
    indices: place.node_indices ?? false,
    tokens: seen ? tokensOf(time, now_step, beat, viewer.id, known, tree) : [],
  };
}

/**
 * Another viewer who can see what this viewer cannot: what the step did, the beat, or the text of the message.
 * @param {View} view @param {Frame} frame @returns {Viewer | null} null if the viewer sees it, or nobody does
 */
export function witness(view, { step, beat, viewer, seen, known }) {
  const { actor, message, beats } = view.steps[step];
  const others = [...view.viewers.filter(({ id }) => id === actor), ...view.viewers];
  if (!seen) return others.find(({ id }) => !isUnseen(view.steps[step], id)) ?? null;
  if (!known) return others.find(({ id }) => beats[beat].known_to?.includes(id)) ?? null;
  if (message?.kind !== "application" || viewer.id in message.read) return null;
  return others.find(({ id }) => id in message.read) ?? null;
}

/**
 * @param {Step} step @param {number} beat @param {string} kind
 * @returns {boolean} whether a beat of this kind has come
 */
function reached(step, beat, kind) {
  return step.beats.slice(0, beat + 1).some((one) => one.kind === kind);
}

/**
 * @typedef {object} TraceReplay everything on which the marks of a frame depend
 * @property {Step} now_step
 * @property {number} step
 * @property {number} beat
 * @property {Viewer} viewer
 * @property {Tree} tree after the step
 * @property {Tree} before the step; the same tree if the step is over
 * @property {Set<number>} lit
 */

/**
 * A mark for each node. In the middle of a step the beats decide whether a node has its old value, no value or its new
 * value.
 * @param {Timeline} time
 * @param {TraceReplay} viewport
 * @returns {Mark[]}
 */
function marksOf(time, { now_step, step, beat, viewer, tree, before, lit }) {
  const knowledge = time.knowledge(viewer.id, step);
  const had = before === tree ? knowledge : time.knowledge(viewer.id, step - 1);
  const changing = new Set(touched(now_step));
  const late = beat < 0 ? new Set() : new Set(now_step.beats.flatMap(({ shows }) => shows ?? []));
  const come = now_step.beats.slice(0, beat + 1);
  const shown = new Set(come.flatMap(({ shows }) => shows ?? []));
  const blanked = new Set(come.flatMap(({ blanks }) => blanks ?? []));
  const members = new Map(time.view.members.map((member) => [member.id, member]));
  const brings = { opened: "open", welcome: "welcome", leaked: "compromise" };

  /** @param {string} key */
  function hold(key) {
    const how = knowledge.keys.get(key) ?? had.keys.get(key);
    if (how === undefined) return "";
    const bringer = brings[/** @type {keyof typeof brings} */ (how)];
    const isNew = beat >= 0 && !had.keys.has(key) && now_step.beats.some(({ kind }) => kind === bringer);
    if (isNew && !reached(now_step, beat, bringer)) return "";
    if (viewer.kind !== "attacker") return "held";
    return how === "leaked" ? "leaked" : "computed";
  }

  /** @type {Mark[]} */
  const marks = [];
  for (let node = 0; node < nodeCount(tree.leafCount); node += 1) {
    const isOld = late.has(node) && !shown.has(node);
    const value = isOld ? (blanked.has(node) ? undefined : before.nodes.get(node)) : tree.nodes.get(node);
    const knows = isOld ? had : knowledge;
    const isUnknown = knows.unseen.has(node);
    const keyed = isUnknown ? undefined : value;
    const since = tree.since.get(node) ?? -1;
    marks.push({
      node,
      kind: node % 2 === 0 ? "leaf" : "parent",
      state: isUnknown ? "unknown" : keyed ? "keyed" : "blank",
      member: keyed?.kind === "leaf" ? (members.get(keyed.member) ?? null) : null,
      key: keyed?.key ?? null,
      print: keyed ? time.view.keys[keyed.key].public.slice(0, 4) : "",
      hold: keyed ? hold(keyed.key) : "",
      unmerged: keyed?.kind === "parent" ? keyed.unmerged : [],
      get resolution() {
        return resolution(marks, node);
      },
      fresh: keyed !== undefined && !isOld && since > 0 && since >= tree.epochBegan,
      changed: changing.has(node) && !isOld,
      lit: lit.has(node),
      differs: "",
    });
  }
  return marks;
}

/** The mark of a blank node, of which nothing else is known. @param {number} node @returns {Mark} */
export function blankMark(node) {
  return {
    node,
    kind: node % 2 === 0 ? "leaf" : "parent",
    state: "blank",
    member: null,
    key: null,
    print: "",
    hold: "",
    unmerged: [],
    resolution: [],
    fresh: false,
    changed: false,
    lit: false,
    differs: "",
  };
}

/**
 * The resolution of a node (RFC 9420 §4.1.1). It is computed when it is asked for: in a tree of blank nodes all resolutions
 * together are much larger than the tree.
 * @param {Mark[]} marks @param {number} node @returns {number[]}
 */
export function resolution(marks, node) {
  const { state, kind, unmerged } = marks[node];
  if (state === "keyed") return [node, ...unmerged];
  if (state === "unknown" || kind === "leaf") return [];
  return [...resolution(marks, left(node)), ...resolution(marks, right(node))];
}

/**
 * The edges of the commit's path by child: all at the end of the step, before that the edges of the beats so far.
 * @param {Step} step @param {number} beat @returns {Frame["path"]}
 */
function pathEdges(step, beat) {
  const edges = new Map();
  if (step.path === null) return edges;
  const passed = new Set(
    step.beats.slice(0, beat + 1).flatMap((one) => (one.kind === "climb" ? one.edges.map(([child]) => child) : [])),
  );
  let child = step.path.committer;
  for (const { node, filtered } of step.path.nodes) {
    if (beat < 0 || passed.has(child)) edges.set(child, filtered ? "filtered" : "path");
    child = node;
  }
  return edges;
}
