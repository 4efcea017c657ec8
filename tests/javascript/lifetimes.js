/** A small view of lifetimes: one device, six steps, three epochs, one message. */

/** @returns {import("../../widgets/key_lifetimes/lifetimes.d.ts").KeyLifetimesView} */
export function lifetimes() {
  /** @param {string} name @param {string} one @param {string} many */
  const kind = (name, one, many) => ({ name, one, many, section: "8" });
  /** @param {number} fact @param {number} born @param {number | null} died */
  const bar = (fact, born, died) => ({ fact, born, died });
  /** @param {number} epoch @param {string} title @param {string} [kind] */
  const step = (epoch, title, kind = "commit") => ({ epoch, kind, title, sentence: `${title}.`, keys_learned: {}, keys_deleted: {} });
  const steps = [
    step(0, "Alice created the group", "create"),
    step(1, "Alice added Bob"),
    step(1, "Bob sent a message", "message"),
    step(1, "Bob sent a message", "message"),
    step(2, "Bob updated by a commit"),
    step(2, "Bob proposed an update", "propose"),
  ];
  /** @type {[number, number[], number[]][]} */
  const changes = [
    [0, [0, 1], []],
    [1, [2, 3], [1]],
    [4, [4, 5], [2, 3]],
  ];
  for (const [at, keys_learned, keys_deleted] of changes) Object.assign(steps[at], { keys_learned: { alice: keys_learned }, keys_deleted: { alice: keys_deleted } });
  const names = ["leaf key", "init 0", "init 1", "sender data 1", "init 2", "sender data 2", "the message"];
  return {
    format: "mls-workbench/key-lifetimes-view",
    version: 1,
    title: "a sample",
    kinds: {
      leaf: kind("Leaf key", "leaf key", "leaf keys"),
      init: kind("Init secret", "init secret", "init secrets"),
      epoch: kind("Epoch secrets", "other secret", "other secrets"),
    },
    devices: {
      alice: [
        { kind: "leaf", lanes: [{ name: "Leaf key", bars: [bar(0, 0, null)] }], band: [] },
        {
          kind: "init",
          lanes: [{ name: "Init secret", bars: [bar(1, 0, 1), bar(2, 1, 4), bar(4, 4, null)] }],
          band: [],
        },
        {
          kind: "epoch",
          lanes: ["A", "B", "C", "D"].map((name) => ({ name, bars: name === "A" ? [bar(3, 1, 4), bar(5, 4, null)] : [] })),
          band: [
            { first: 1, end: 4, count: 1, deleted: 1 },
            { first: 4, end: null, count: 1, deleted: 0 },
          ],
        },
      ],
    },
    security: {
      format: "",
      version: 1,
      title: "a sample",
      members: [{ id: "alice", name: "Alice", initial: "A", hue: 0 }],
      steps,
      epochs: [
        { epoch: 0, step: 0, authenticator: 1, seats: [] },
        { epoch: 1, step: 1, authenticator: 2, seats: [] },
        { epoch: 2, step: 4, authenticator: 4, seats: [] },
      ],
      messages: [{ fact: 6, step: 2, epoch: 1, sender: "alice", text: "hello" }],
      facts: names.map((words) => ({ words, name: words, value: words })),
      // init 1 and the leaf key give init 2; init 1 and the sender data open the message
      rules: { starts: [0, 2, 4], premises: [2, 0, 2, 3], conclusions: [4, 6], kinds: [0, 0] },
      rule_kinds: ["derive"],
      leaks: [{ name: "the old secret", device: "alice", at: 1, what: "state", words: "", facts: [2] }],
    },
  };
}
