/**
 * A small view, written by hand: three members and a blank leaf, a commit by Alice, a compromise from Bob, a commit by Bob that
 * removes Carol, a message.
 */

/** @typedef {import("../../widgets/ratchet_tree/view.d.ts").RatchetTreeView} View */
/** @typedef {import("../../widgets/ratchet_tree/view.d.ts").NodeView} Node */

/** @param {string} member @param {string} key @returns {Node} */
function leaf(member, key) {
  return { kind: "leaf", member, key, source: "key_package", values: { signature_key: "5161" } };
}

/** @param {string} key @param {number[]} [unmerged] @returns {Node} */
function parent(key, unmerged = []) {
  return { kind: "parent", key, unmerged, values: {} };
}

/** @param {number} number */
function key(number) {
  const digits = number.toString(16).padStart(4, "0");
  return { public: `${digits}${"0".repeat(60)}`, private: `${digits}${"f".repeat(60)}` };
}

const NOTHING = { set: {}, blank: [], keys_learned: {}, keys_deleted: {}, path: null, proposals: [], message: null, beats: [] };

/** @returns {View} */
export function sample() {
  return {
    format: "mls-workbench/ratchet-tree-view",
    version: 1,
    title: "a sample",
    suite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
    group_id: "00",
    members: [
      { id: "alice", name: "Alice", initial: "A", hue: 0 },
      { id: "bob", name: "Bob", initial: "B", hue: 1 },
      { id: "carol", name: "Carol", initial: "C", hue: 2 },
    ],
    viewers: [
      { id: "alice", name: "Alice", kind: "member" },
      { id: "bob", name: "Bob", kind: "member" },
      { id: "carol", name: "Carol", kind: "member" },
      { id: "server", name: "the server", kind: "server" },
      { id: "attacker", name: "the attacker", kind: "attacker" },
    ],
    keyframe: {
      epoch: 4,
      leaf_count: 4,
      nodes: { 0: leaf("alice", "a0"), 2: leaf("bob", "b0"), 3: parent("r0", [4]), 4: leaf("carol", "c0") },
      group: { tree_hash: "aa" },
      unseen_by: ["server"],
    },
    keys: Object.fromEntries(
      ["a0", "b0", "c0", "r0", "a1", "p1", "r1", "b2", "r2"].map((id, number) => [id, key(number + 1)]),
    ),
    steps: [
      {
        ...NOTHING,
        kind: "create",
        actor: "alice",
        title: "The group",
        sentence: "The group exists.",
        epoch: 4,
        keys_learned: {
          alice: [
            { key: "a0", how: "generated" },
            { key: "r0", how: "derived" },
          ],
          bob: [
            { key: "b0", how: "generated" },
            { key: "r0", how: "opened" },
          ],
          carol: [{ key: "c0", how: "generated" }],
        },
      },
      {
        ...NOTHING,
        kind: "commit",
        actor: "alice",
        title: "Alice updates",
        sentence: "Alice refreshed her keys.",
        epoch: 5,
        set: { 0: leaf("alice", "a1"), 1: parent("p1"), 3: parent("r1") },
        group: { tree_hash: "bb" },
        hashes: { 3: "b3" },
        keys_learned: {
          alice: [
            { key: "a1", how: "generated" },
            { key: "p1", how: "derived" },
            { key: "r1", how: "derived" },
          ],
          bob: [
            { key: "p1", how: "opened" },
            { key: "r1", how: "opened" },
          ],
          carol: [{ key: "r1", how: "opened" }],
        },
        keys_deleted: { alice: ["a0", "r0"], bob: ["r0"] },
        unseen_by: ["server"],
        path: {
          committer: 0,
          nodes: [
            {
              node: 1,
              copath: 2,
              filtered: false,
              key: "p1",
              path_secret: "51",
              known_to: ["alice", "bob"],
              envelopes: [{ to: 2, to_key: "b0", kem_output: "01", ciphertext: "02", opened_by: ["bob"] }],
            },
            {
              node: 3,
              copath: 5,
              filtered: false,
              key: "r1",
              path_secret: "53",
              known_to: ["alice", "bob", "carol"],
              envelopes: [{ to: 4, to_key: "c0", kem_output: "03", ciphertext: "04", opened_by: ["carol"] }],
            },
          ],
        },
        secrets: [{ name: "epoch_secret", value: "e5", known_to: ["alice", "bob", "carol"] }],
        beats: [
          { kind: "leaf_key", sentence: "A fresh leaf key.", nodes: [0], edges: [], shows: [0], known_to: null },
          {
            kind: "climb",
            sentence: "To node 1.",
            nodes: [1],
            edges: [[0, 1]],
            shows: [1],
            known_to: ["alice", "bob"],
          },
          { kind: "climb", sentence: "To node 3.", nodes: [3], edges: [[1, 3]], shows: [3], known_to: null },
          { kind: "seal", sentence: "Sealed.", nodes: [1, 3], edges: [], known_to: null },
          {
            kind: "open",
            sentence: "Opened.",
            nodes: [2, 4],
            edges: [
              [2, 1],
              [1, 3],
              [4, 5],
              [5, 3],
            ],
            known_to: null,
          },
          { kind: "epoch", sentence: "Epoch 5.", nodes: [], edges: [], known_to: null },
        ],
      },
      {
        ...NOTHING,
        kind: "compromise",
        actor: null,
        title: "A compromise",
        sentence: "An attacker copied Bob's device.",
        epoch: 5,
        keys_learned: {
          attacker: [
            { key: "b0", how: "leaked" },
            { key: "p1", how: "leaked" },
          ],
        },
        beats: [{ kind: "compromise", sentence: "Leaked.", nodes: [2, 1], edges: [], known_to: null }],
      },
      {
        ...NOTHING,
        kind: "commit",
        actor: "bob",
        title: "Bob removes Carol",
        sentence: "Bob removed Carol.",
        epoch: 6,
        leaf_count: 2,
        set: { 1: parent("r2"), 2: leaf("bob", "b2") },
        blank: [3, 4],
        keys_learned: {
          bob: [
            { key: "b2", how: "generated" },
            { key: "r2", how: "derived" },
          ],
          attacker: [{ key: "r2", how: "opened" }],
        },
        keys_deleted: { carol: ["c0", "r1"] },
        unseen_by: ["carol"],
        path: {
          committer: 2,
          nodes: [{ node: 1, copath: 0, filtered: false, key: "r2", path_secret: null, known_to: [], envelopes: [] }],
        },
        proposals: [{ type: "remove", text: "Bob removes Carol.", node: 4 }],
      },
      {
        ...NOTHING,
        kind: "message",
        actor: "bob",
        title: "Bob speaks",
        sentence: "Bob sent a message.",
        epoch: 6,
        message: {
          sender: "bob",
          kind: "application",
          wire: "0001",
          size: 2,
          read: { alice: "hello", attacker: "hello" },
        },
        beats: [{ kind: "message", sentence: "To Alice.", nodes: [0], edges: [[2, 0]], known_to: null }],
      },
    ],
  };
}
