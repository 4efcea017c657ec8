/** A key schedule to draw: Alice creates a group, adds Bob, and commits; Bob misses the last commit. */

/** @typedef {import("../../widgets/key_schedule/schedule.d.ts").KeyScheduleView} View */
/** @typedef {import("../../widgets/key_schedule/schedule.d.ts").ScheduleSecretView} Secret */
/** @typedef {import("../../widgets/key_schedule/schedule.d.ts").TimeHeldView} TimeHeld */

const NOBODY = 0;
const [ALICE, BOTH, BOB, ATTACKER] = [1, 2, 3, 4];

/** @param {number} holders @param {TimeHeld["how"]} how @param {number} first @param {number | null} end @returns {TimeHeld} */
function held(holders, how, first, end) {
  return { holders, how, first, end };
}

/** @param {string} name @param {number} epoch @param {string[]} inputs @param {TimeHeld[]} held @returns {Secret} */
function secret(name, epoch, inputs, held) {
  return {
    ...{ key: name, name, epoch, value: "ab".repeat(32), length: 32, is_zero: false, psk: "", inputs, held, welcomed: NOBODY },
    ...{ formula: inputs.length ? `f(${inputs.join(", ")})` : "", label: "", section: inputs.length ? "8" : "" },
    source: inputs.length ? "" : "It comes from elsewhere.",
  };
}

/** @param {number} epoch @param {TimeHeld[]} used @param {TimeHeld[]} kept @param {TimeHeld[]} before @returns {Secret[]} */
function secrets(epoch, used, kept, before) {
  const init = { ...secret("init_secret", epoch - 1, [], before), key: `init_secret of epoch ${epoch - 1}` };
  return [
    init,
    secret("commit_secret", epoch, [], used),
    secret("extracted_secret", epoch, [init.key, "commit_secret"], used),
    secret("joiner_secret", epoch, ["extracted_secret"], used),
    { ...secret("psk_secret", epoch, [], []), is_zero: true },
    secret("member_secret", epoch, ["joiner_secret", "psk_secret"], used),
    secret("epoch_secret", epoch, ["member_secret"], used),
    secret("exporter_secret", epoch, ["epoch_secret"], kept),
    secret("init_secret", epoch, ["epoch_secret"], kept),
  ];
}

/** @returns {View} */
export function schedule() {
  const leaked = held(ATTACKER, "leaked", 1, null);
  const first = [held(ALICE, "held", 0, 1)];
  const second = [held(ALICE, "held", 1, 2), held(BOB, "held", 1, null), leaked];
  const third = [held(ALICE, "held", 2, null), held(ATTACKER, "computed", 2, null)];
  const used = [held(ALICE, "used", 2, 2), held(ATTACKER, "computed", 2, null)];
  return {
    format: "mls-workbench/key-schedule-view",
    version: 1,
    title: "Alice's group",
    suite: "MLS_128_DHKEMX25519_AES128GCM_SHA256_Ed25519",
    members: [{ id: "alice", name: "Alice", initial: "A", hue: 0 }, { id: "bob", name: "Bob", initial: "B", hue: 1 }],
    viewers: [
      { id: "alice", name: "Alice", kind: "member" },
      { id: "bob", name: "Bob", kind: "member" },
      { id: "server", name: "the server", kind: "server" },
      { id: "attacker", name: "the attacker", kind: "attacker" },
    ],
    crowds: [[], [0], [0, 1], [1], [3]],
    steps: [{ epoch: 0, title: "Alice created the group" }, { epoch: 1, title: "Alice added Bob" }, { epoch: 2, title: "Alice updated by a commit" }],
    epochs: {
      0: { step: 0, title: "Alice created the group", kind: "first", members: 1, group_context: "00", secrets: [
        secret("epoch_secret", 0, [], [held(ALICE, "used", 0, 0)]),
        secret("exporter_secret", 0, ["epoch_secret"], first),
        secret("init_secret", 0, ["epoch_secret"], first),
      ] },
      1: { step: 1, title: "Alice added Bob", kind: "commit", members: 2, group_context: "01", secrets: secrets(1, [held(BOTH, "used", 1, 1)], second, first) },
      2: { step: 2, title: "Alice updated by a commit", kind: "commit", members: 2, group_context: "02", secrets: secrets(2, used, third, second) },
    },
    exports: [],
  };
}
