/** A small message of 64 bytes for tests: a root with a number, a long value and a sealed part with two bytes inside. */

/** @returns {import("../../widgets/wire_inspector/wire.d.ts").WireObjectView} */
export function wireSample() {
  const strings = ["Root", "uint16", "epoch", "3", "A number.", "§6", "long", "opaque<V>", "40 bytes", "sealed", "sealed; 20 bytes", "Inside", "secret", ""];
  const hex = Array.from({ length: 64 }, (_, at) => at.toString(16).padStart(2, "0")).join("");
  return {
    ...{ id: "1.0", viewer: "bob", title: "commit in a PublicMessage, epoch 3", suite: 1, strings },
    sheets: [
      { name: "data", words: "the message", bytes: hex, field: 0 },
      { name: "inside", words: "the secret inside", bytes: "aabb", field: 4 },
    ],
    fields: {
      ...{ sheet: [0, 0, 0, 0, 1, 1], depth: [0, 1, 1, 1, 2, 3], name: [0, 2, 6, 9, 11, 12], type: [0, 1, 7, 7, 11, 7] },
      ...{ start: [0, 0, 2, 43, 0, 0], length: [64, 2, 41, 21, 2, 2], header: [0, 0, 1, 1, 0, 0], text: [13, 3, 8, 10, 13, 13] },
      ...{ meaning: [4, 4, 4, 4, 4, 4], section: [5, 5, 5, 5, 5, 5] },
    },
    ...{ left_out: {}, incomplete: [] },
    sealed: [{ field: 3, key: "the key of Bob", by: ["bob", "carol"], opens: 4, problem: "" }],
    computed: [
      {
        ...{ field: 2, name: "tag", kind: "MAC", section: "§6.2", outcome: "passed", value: "aa", line: "suite.mac(key, data[0:2])" },
        ...{ needs: ["key", "data"], imports: [], covers: [{ sheet: 0, start: 0, end: 2 }], missing: "" },
      },
      {
        ...{ field: 3, name: "reference", kind: "reference", section: "§5.2", outcome: "not checkable", value: "", line: "" },
        ...{ needs: [], imports: [], covers: [], missing: "the key package" },
      },
    ],
    definitions: {
      data: { line: 'data = bytes.fromhex("00")', needs: [], imports: [], words: "the bytes of the message", value: "00", is_secret: false },
      root: { line: 'root = b"r"', needs: [], imports: ["import hmac"], words: "the root secret", value: "72", is_secret: true },
      key: { line: "key = suite.derive_secret(root, \"k\")", needs: ["root"], imports: [], words: "the key", value: "6b", is_secret: true },
    },
    ...{ checks: [], faults: [] },
  };
}

/** @returns {import("../../widgets/wire_inspector/wire.d.ts").WireView} */
export function wireList() {
  return {
    ...{ format: "mls-workbench/wire-view", version: 1, title: "A group" },
    messages: [{ id: "1.0", step: 1, words: "Step 2: commit of Alice", size: 64 }],
    viewers: [{ id: "", name: "everybody together" }, { id: "bob", name: "Bob" }, { id: "carol", name: "Carol" }],
  };
}
