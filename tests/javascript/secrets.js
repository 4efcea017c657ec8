/** A secret tree to draw: Alice, Bob and Carol at four leaves. Alice sends two messages; Bob reads only the second. */

/** @typedef {import("../../widgets/secret_tree/view.d.ts").SecretTreeView} View */
/** @typedef {import("../../widgets/secret_tree/view.d.ts").TreeSecretView} Secret */

const [ALL, ALICE, BOB, ATTACKER] = [0, 1, 2, 3];

/** @param {string} name @param {number} node @param {number | null} [generation] @param {number} [epoch] @returns {Secret} */
function secret(name, node, generation = null, epoch = 1) {
  return { name, epoch, node, generation, value: "cd".repeat(32) };
}

/** The secrets of the view, by what they are. */
const NUMBER = { root: 0, left: 1, right: 2, bob: 3, handshake: 4, first: 5, second: 6, third: 7, skipped: 8, next: 9 };

/** @returns {View} */
export function secretTree() {
  const opened = [NUMBER.right, NUMBER.bob, NUMBER.handshake];
  const message = { kind: "application", sender: "alice", epoch: 1, leaf: 0, ratchet: /** @type {const} */ ("application"), index: 0 };
  return {
    format: "mls-workbench/secret-tree-view",
    version: 1,
    title: "Alice's group",
    suite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
    members: ["Alice", "Bob", "Carol"].map((name, hue) => ({ id: name.toLowerCase(), name, initial: name[0], hue })),
    viewers: [
      { id: "alice", name: "Alice", kind: "member" },
      { id: "bob", name: "Bob", kind: "member" },
      { id: "carol", name: "Carol", kind: "member" },
      { id: "attacker", name: "the attacker", kind: "attacker" },
    ],
    crowds: [[0, 1, 2], [0], [1], [3]],
    limits: { forward: 10, behind: 4, past_epochs: 0 },
    secrets: [
      ...[secret("encryption_secret", 3), secret("tree_node_secret", 1), secret("tree_node_secret", 5), secret("tree_node_secret", 2)],
      ...[secret("handshake_ratchet_secret", 0, 0), secret("application_ratchet_secret", 0, 0), secret("application_ratchet_secret", 0, 1)],
      ...[secret("application_ratchet_secret", 0, 2), secret("application_ratchet_key", 0, 0), secret("encryption_secret", 3, null, 2)],
    ],
    epochs: {
      1: { step: 0, leaf_count: 4, members: { 0: "alice", 1: "bob", 2: "carol" } },
      2: { step: 4, leaf_count: 4, members: { 0: "alice", 1: "bob", 2: "carol" } },
    },
    steps: [
      { epoch: 1, title: "Alice added Bob and Carol", leaked: [], changes: [{ holders: ALL, learned: [NUMBER.root], deleted: [] }] },
      { epoch: 1, title: "Alice sent a message", leaked: [], changes: [{ holders: ALICE, learned: [...opened, NUMBER.second], deleted: [NUMBER.root] }] },
      { epoch: 1, title: "Alice sent a message", leaked: [], changes: [
        { holders: ALICE, learned: [NUMBER.third], deleted: [NUMBER.second] },
        { holders: BOB, learned: [...opened, NUMBER.third, NUMBER.skipped], deleted: [NUMBER.root] },
      ] },
      { epoch: 1, title: "The attacker took all that is on Bob's device", leaked: [...opened, NUMBER.third, NUMBER.skipped], changes: [
        { holders: ATTACKER, learned: [...opened, NUMBER.third, NUMBER.skipped], deleted: [] },
      ] },
      { epoch: 2, title: "Alice updated by a commit", leaked: [], changes: [
        { holders: ALICE, learned: [NUMBER.next], deleted: [...opened, NUMBER.third] },
        { holders: BOB, learned: [NUMBER.next], deleted: [...opened, NUMBER.third, NUMBER.skipped] },
      ] },
    ],
    messages: [
      { ...message, step: 1, text: "one", generation: 0, readings: [{ step: 1, readers: ALICE }] },
      { ...message, step: 2, text: "two", generation: 1, readings: [{ step: 2, readers: ALICE }, { step: 2, readers: BOB }] },
    ],
  };
}
