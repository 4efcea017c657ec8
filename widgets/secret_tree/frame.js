/**
 * The frame of a secret tree: what one viewer has of one epoch's tree after one step. A pure function of view and traits.
 */

/** @typedef {import("./view.d.ts").SecretTreeView} View */
/** @typedef {import("./view.d.ts").KeyedMessageView} Message */
/** @typedef {import("../ratchet_tree/view.d.ts").ViewerView} Viewer */
/** @typedef {import("../ratchet_tree/view.d.ts").MemberView} Member */

/**
 * The traits. An epoch below 0 means the viewer's own at the step; a leaf below 0 that of the message, or one that matters.
 * @typedef {{step: number, viewer: string, epoch: number, message: number, leaf: number, selected: string}} Place
 */

/**
 * What the viewer has at a node: its secret (`held`, `leaked` or `computed`), or it can derive it from a held one above
 * (`below`), or it has deleted it (`deleted`), or lost the way to it (`gone`), or never had one (`never`).
 * @typedef {"held" | "leaked" | "computed" | "below" | "deleted" | "gone" | "never"} Standing
 */

/** @typedef {"handshake" | "application"} RatchetName */

/**
 * One generation of a ratchet. `next`: its key can be derived from the ratchet's secret; `used`: the viewer read or sent
 * a message with it; `kept`: the key of a skipped message; `gone`: deleted without use, or never had; `refused`: too far.
 * @typedef {{generation: number, state: "next" | "used" | "kept" | "gone" | "refused", message: number}} Cell
 */

/**
 * A ratchet of the chosen leaf. `generation` is the first key that its secret gives, null if the viewer has no secret of
 * it; `standing` is that of this secret. `ahead` says whether the ratchet is still to be begun.
 * @typedef {{name: RatchetName, generation: number | null, standing: Standing, kept: number[], newest: number}} Ratchet
 */

/**
 * @typedef {object} Frame
 * @property {View} view
 * @property {number} step
 * @property {Viewer} viewer
 * @property {number} hue of the viewer; -1 if it is no member
 * @property {number} epoch
 * @property {number} leafCount
 * @property {number} count how many secrets and keys of the tree the viewer has
 * @property {(node: number) => Standing} standing
 * @property {(node: number) => number} secretAt the number of the secret that the viewer has at a node, or -1
 * @property {Map<number, number>} opened the leaves whose ratchets the viewer has, each with the number of its kept keys
 * @property {number} leaf the chosen leaf
 * @property {Ratchet[]} ratchets those of the chosen leaf
 * @property {number} message the chosen message, or -1
 * @property {Set<number>} lit the nodes on the way to the chosen message
 * @property {string} selected
 * @property {number | null} before the recorded epoch before this one
 * @property {number | null} after
 */

/** The node in the middle of a range of leaves. @param {number} first @param {number} width */
export function nodeOver(first, width) {
  return 2 * first + width - 1;
}

/** The first leaf and the number of leaves below a node. @param {number} node @returns {[number, number]} */
export function leavesBelow(node) {
  let width = 1;
  while ((node + 1) % (2 * width) === 0) width *= 2;
  return [(node - width + 1) / 2, width];
}

/** The nodes from the root down to a leaf. @param {number} leaf @param {number} leafCount @returns {number[]} */
export function pathTo(leaf, leafCount) {
  const path = [];
  for (let [first, width] = [0, leafCount]; ; width /= 2) {
    path.push(nodeOver(first, width));
    if (width === 1) return path;
    if (leaf >= first + width / 2) first += width / 2;
  }
}

/** @param {View} view @param {Place} place @returns {Frame} */
export function frameAt(view, place) {
  const step = Math.max(0, Math.min(view.steps.length - 1, place.step));
  const index = Math.max(0, view.viewers.findIndex(({ id }) => id === place.viewer));
  const viewer = view.viewers[index];
  const { has, had, leaked } = secretsOf(view, index, step);
  const message = view.messages[place.message] && view.messages[place.message].step <= step ? place.message : -1;
  const epochs = Object.keys(view.epochs).map(Number);
  const epoch = epochOf(view, place, epochs, message, has, step);
  const { leaf_count: leafCount } = view.epochs[epoch];
  const own = (/** @type {Set<number>} */ some) => [...some].filter((each) => view.secrets[each].epoch === epoch);
  const [hasHere, hadHere] = [own(has), own(had)];
  const nodes = nodesOf(view, hasHere, hadHere, leafCount);
  const opened = openedLeaves(view, hasHere);
  const leaf = leafOf(view, place, epoch, step, message, viewer, opened);
  const frame = {
    hue: view.members.find(({ id }) => id === viewer.id)?.hue ?? -1,
    count: hasHere.length,
    ...{ view, step, viewer, epoch, leafCount, opened, leaf, message, selected: place.selected },
    ...{ secretAt: nodes.secretAt, standing: standings(nodes, leaked, viewer, leafCount) },
    lit: new Set(message >= 0 && view.messages[message].epoch === epoch ? pathTo(view.messages[message].leaf, leafCount) : []),
    before: epochs.filter((each) => each < epoch).at(-1) ?? null,
    after: epochs.find((each) => each > epoch) ?? null,
  };
  /** @type {RatchetName[]} */
  const names = ["handshake", "application"];
  return { ...frame, ratchets: names.map((name) => ratchetOf(frame, name, hasHere, hadHere, leaked)) };
}

/** The secrets that a viewer has after a step, has ever had, and those that leaked. @param {View} view @param {number} viewer @param {number} step */
function secretsOf(view, viewer, step) {
  const [has, had, leaked] = [new Set(), new Set(), new Set()];
  for (const { changes, leaked: taken } of view.steps.slice(0, step + 1)) {
    for (const { holders, learned, deleted } of changes) {
      if (!view.crowds[holders].includes(viewer)) continue;
      for (const each of deleted) has.delete(each);
      for (const each of learned) has.add(each) && had.add(each);
    }
    for (const each of taken) leaked.add(each);
  }
  return { has, had, leaked };
}

/**
 * The epoch that is shown: the reader's choice, else that of the chosen message, else the viewer's own, else the group's.
 * @param {View} view @param {Place} place @param {number[]} epochs @param {number} message @param {Set<number>} has @param {number} step
 */
function epochOf(view, place, epochs, message, has, step) {
  if (epochs.includes(place.epoch)) return place.epoch;
  if (message >= 0 && epochs.includes(view.messages[message].epoch)) return view.messages[message].epoch;
  const own = Math.max(-1, ...[...has].map((each) => view.secrets[each].epoch).filter((each) => epochs.includes(each)));
  const wanted = own < 0 || view.viewers.length === 0 ? view.steps[step].epoch : own;
  return epochs.filter((each) => each <= wanted).at(-1) ?? epochs[0];
}

/** @typedef {{secretAt: (node: number) => number, isReplaced: (node: number) => boolean, wasHeld: (node: number) => boolean, isOpened: (node: number) => boolean}} Nodes */

/** What is known at the nodes. @param {View} view @param {number[]} has @param {number[]} had @param {number} leafCount @returns {Nodes} */
function nodesOf(view, has, had, leafCount) {
  const isNode = (/** @type {number} */ each) => !view.secrets[each].name.includes("ratchet");
  const held = new Map(has.filter(isNode).map((each) => [view.secrets[each].node, each]));
  const before = new Set(had.filter(isNode).map((each) => view.secrets[each].node));
  // The nodes above what the viewer has ever had: their secrets were replaced by those of their children.
  const above = new Set(had.flatMap((each) => {
    const { node, name } = view.secrets[each];
    const path = pathTo(leavesBelow(node)[0], leafCount);
    return path.slice(0, path.indexOf(node) + Number(name.includes("ratchet")));
  }));
  const leaves = new Set(has.filter((each) => !isNode(each)).map((each) => view.secrets[each].node));
  return {
    secretAt: (node) => held.get(node) ?? -1,
    isReplaced: (node) => above.has(node),
    wasHeld: (node) => before.has(node),
    isOpened: (node) => leaves.has(node),
  };
}

/**
 * @param {Nodes} nodes @param {Set<number>} leaked @param {Viewer} viewer @param {number} leafCount
 * @returns {(node: number) => Standing}
 */
function standings({ secretAt, isReplaced, wasHeld, isOpened }, leaked, viewer, leafCount) {
  return (node) => {
    const own = secretAt(node);
    if (own >= 0) return viewer.kind !== "attacker" ? "held" : leaked.has(own) ? "leaked" : "computed";
    const path = pathTo(leavesBelow(node)[0], leafCount);
    const above = path.slice(0, path.indexOf(node));
    if (above.some((each) => secretAt(each) >= 0)) return "below";
    if (isReplaced(node) || wasHeld(node) || isOpened(node)) return "deleted";
    return above.some((each) => isReplaced(each) || wasHeld(each)) ? "gone" : "never";
  };
}

/** @param {View} view @param {number[]} has @returns {Map<number, number>} */
function openedLeaves(view, has) {
  const opened = new Map();
  for (const each of has) {
    const { name, node } = view.secrets[each];
    if (name.includes("ratchet")) opened.set(node / 2, (opened.get(node / 2) ?? 0) + Number(name.endsWith("_key")));
  }
  return opened;
}

/**
 * The leaf whose ratchets are shown.
 * @param {View} view @param {Place} place @param {number} epoch @param {number} step @param {number} message @param {Viewer} viewer
 * @param {Map<number, number>} opened
 */
function leafOf(view, place, epoch, step, message, viewer, opened) {
  const { leaf_count: count, members } = view.epochs[epoch];
  if (place.leaf >= 0 && place.leaf < count) return place.leaf;
  if (message >= 0 && view.messages[message].epoch === epoch) return view.messages[message].leaf;
  const last = view.messages.filter((each) => each.step <= step && each.epoch === epoch && opened.has(each.leaf)).at(-1);
  if (last) return last.leaf;
  const own = Object.keys(members).find((leaf) => members[leaf] === viewer.id);
  return Number(own ?? Object.keys(members)[0] ?? 0);
}

/**
 * @param {{view: View, leaf: number, viewer: Viewer, epoch: number, step: number, standing: (node: number) => Standing}} frame
 * @param {RatchetName} name @param {number[]} has @param {number[]} had @param {Set<number>} leaked @returns {Ratchet}
 */
function ratchetOf({ view, leaf, viewer, epoch, step, standing }, name, has, had, leaked) {
  /** @param {number[]} some @param {string} kind */
  const those = (some, kind) => some.filter((each) => view.secrets[each].node === 2 * leaf && view.secrets[each].name === `${name}_ratchet_${kind}`);
  const generation = (/** @type {number} */ each) => view.secrets[each].generation ?? 0;
  const secrets = those(has, "secret").sort((one, other) => generation(one) - generation(other));
  const kept = those(has, "key").map(generation).sort((one, other) => one - other);
  const sent = view.messages.filter((each) => each.epoch === epoch && each.leaf === leaf && each.ratchet === name && each.step <= step);
  const newest = Math.max(-1, ...sent.map((each) => each.generation));
  if (secrets.length) {
    const how = viewer.kind !== "attacker" ? "held" : leaked.has(secrets[0]) ? "leaked" : "computed";
    return { name, generation: generation(secrets[0]), standing: how, kept, newest };
  }
  const atLeaf = standing(2 * leaf);
  if (["held", "leaked", "computed", "below"].includes(atLeaf)) return { name, generation: 0, standing: "below", kept, newest };
  const was = those(had, "secret").length > 0 ? "deleted" : atLeaf === "deleted" ? "gone" : atLeaf;
  return { name, generation: null, standing: was, kept, newest };
}

/**
 * The generations of a ratchet that a picture has room for, around the next one or the chosen message.
 * @param {Frame} frame @param {Ratchet} ratchet @param {number} room the number of cells @returns {Cell[]}
 */
export function cellsOf(frame, { name, generation, kept, newest }, room) {
  const { view, epoch, leaf, message } = frame;
  const sent = new Map(view.messages.flatMap((each, index) =>
    each.epoch === epoch && each.leaf === leaf && each.ratchet === name && each.step <= frame.step ? [[each.generation, index]] : []));
  const chosen = view.messages[message];
  const isHere = chosen && chosen.epoch === epoch && chosen.leaf === leaf && chosen.ratchet === name;
  const middle = isHere ? chosen.generation : Math.max(generation ?? 0, newest);
  const first = Math.max(0, middle - Math.floor(room / 2));
  return Array.from({ length: room }, (_, place) => {
    const at = first + place;
    return { generation: at, state: stateOf(frame, at, generation, kept, sent.get(at) ?? -1), message: sent.get(at) ?? -1 };
  });
}

/** @param {Frame} frame @param {number} at @param {number | null} generation @param {number[]} kept @param {number} message @returns {Cell["state"]} */
function stateOf(frame, at, generation, kept, message) {
  if (kept.includes(at)) return "kept";
  if (generation !== null && at >= generation) return at - generation > (frame.view.limits?.forward ?? Infinity) ? "refused" : "next";
  return message >= 0 && readIn(frame, message) !== null ? "used" : "gone";
}

/** The step in which the viewer has read or sent a message, or null. @param {Frame} frame @param {number} message */
export function readIn({ view, viewer, step }, message) {
  const index = view.viewers.indexOf(viewer);
  const reading = view.messages[message].readings.find((each) => each.step <= step && view.crowds[each.readers].includes(index));
  return reading?.step ?? null;
}

/** The member at a leaf, if there is one. @param {Frame} frame @param {number} leaf @returns {Member | undefined} */
export function memberAt({ view, epoch }, leaf) {
  const id = view.epochs[epoch].members[leaf];
  return id === undefined ? undefined : view.members.find((member) => member.id === id);
}
