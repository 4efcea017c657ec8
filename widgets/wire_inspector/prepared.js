/** A message as the picture needs it: the tree of its fields, which field each byte belongs to, and what is known of each. */

/** @typedef {import("./wire.d.ts").WireObjectView} View */
/** @typedef {import("./wire.d.ts").WireComputedView} Computed */
/** @typedef {import("./wire.d.ts").WireSealedView} Sealed */
/** @typedef {import("./wire.d.ts").WireCheckView} Check */
/** @typedef {import("./wire.d.ts").WireFaultView} Fault */

/**
 * @typedef {object} Prepared
 * @property {View} view
 * @property {number} count how many fields there are
 * @property {Int32Array} end the first field behind a field and all fields inside it
 * @property {Int32Array} parent the field around a field, or -1
 * @property {Uint8Array<ArrayBuffer>[]} bytes those of each sheet
 * @property {Int32Array[]} owner the innermost field of each byte, by sheet
 * @property {Map<number, Computed[]>} computed by field
 * @property {Map<number, Sealed>} sealed by field
 * @property {Map<number, Check[]>} checks by field
 * @property {Map<number, Fault[]>} faults by field
 * @property {Set<number>} opened the first fields of opened parts
 */

/** @type {WeakMap<View, Prepared>} */
const known = new WeakMap();

/** @param {View} view @returns {Prepared} */
export function prepared(view) {
  const before = known.get(view);
  if (before) return before;
  const { depth, sheet, start, length } = view.fields;
  const count = depth.length;
  const end = new Int32Array(count);
  const parent = new Int32Array(count);
  /** @type {number[]} */
  const around = [];
  for (let field = 0; field < count; field++) {
    while (around.length && depth[around[around.length - 1]] >= depth[field]) end[/** @type {number} */ (around.pop())] = field;
    parent[field] = around.length ? around[around.length - 1] : -1;
    around.push(field);
  }
  for (const field of around) end[field] = count;
  const bytes = view.sheets.map(({ bytes: hex }) => bytesOf(hex));
  const owner = bytes.map((data, number) => new Int32Array(data.length).fill(view.sheets[number].field));
  for (let field = 0; field < count; field++) owner[sheet[field]].fill(field, start[field], start[field] + length[field]);
  const found = {
    ...{ view, count, end, parent, bytes, owner },
    computed: grouped(view.computed),
    sealed: new Map(view.sealed.map((each) => [each.field, each])),
    checks: grouped(view.checks),
    faults: grouped(view.faults),
    opened: new Set(view.sheets.slice(1).map(({ field }) => field)),
  };
  known.set(view, found);
  return found;
}

/** @template {{field: number}} T @param {T[]} rows @returns {Map<number, T[]>} */
function grouped(rows) {
  /** @type {Map<number, T[]>} */
  const found = new Map();
  for (const row of rows) found.set(row.field, [...(found.get(row.field) ?? []), row]);
  return found;
}

/** @param {string} hex */
export function bytesOf(hex) {
  const data = new Uint8Array(hex.length / 2);
  for (let at = 0; at < data.length; at++) data[at] = Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16);
  return data;
}

/** A word of a field. @param {Prepared} own @param {number} field @param {"name" | "type" | "text" | "meaning" | "section"} what */
export function word({ view }, field, what) {
  return view.strings[view.fields[what][field]];
}

/** Whether fields are inside of a field. @param {Prepared} own @param {number} field */
export function hasInside({ end }, field) {
  return end[field] > field + 1;
}

/** The fields around a field, the outermost first. @param {Prepared} own @param {number} field @returns {number[]} */
export function pathTo({ parent }, field) {
  const path = [];
  for (let at = parent[field]; at >= 0; at = parent[at]) path.unshift(at);
  return path;
}

/** The path of a field as code writes it: "MLSMessage.welcome.secrets[0]". @param {Prepared} own @param {number} field */
export function pathName(own, field) {
  return [...pathTo(own, field), field]
    .filter((at) => own.view.fields.sheet[at] === own.view.fields.sheet[field])
    .map((at) => word(own, at, "name"))
    .reduce((path, name) => (name.startsWith("[") || !path ? path + name : `${path}.${name}`), "");
}

/**
 * How a field stands: its computed values and checks verified or failed, and its encryption.
 * @param {Prepared} own @param {number} field
 * @returns {{verdict: "" | "passed" | "failed" | "unknown", seal: "" | "open" | "closed", isFault: boolean}}
 */
export function standing(own, field) {
  const values = own.computed.get(field) ?? [];
  const checks = (own.checks.get(field) ?? []).filter(({ outcome }) => outcome === "failed");
  const outcomes = [...values.map(({ outcome }) => outcome), ...checks.map(({ outcome }) => outcome)];
  const verdict = outcomes.includes("failed") ? "failed" : outcomes.includes("passed") ? "passed" : outcomes.length ? "unknown" : "";
  const seal = own.sealed.get(field);
  return { verdict, seal: !seal ? "" : seal.opens >= 0 ? "open" : "closed", isFault: own.faults.has(field) };
}
