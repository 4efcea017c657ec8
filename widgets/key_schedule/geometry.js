/**
 * Where the secrets of a key schedule stand. With room there are three columns: what comes in, the way from one epoch to
 * the next, and what the epoch_secret gives. In a narrow place all stand in one list, from top to bottom.
 */

/** @typedef {import("./schedule.d.ts").ScheduleSecretView} Secret */

/** A place: the middle of the mark, and the width for the words beside it. @typedef {{x: number, y: number, room: number}} Spot */
/** A line from premises to a conclusion. `label` stands at the place `at`. @typedef {{from: string, to: string, path: string}} Line */
/** @typedef {{width: number, height: number, isNarrow: boolean, spots: Map<string, Spot>, lines: Line[]}} Arrangement */

export const NARROW = 620;
const HALF = 13;
const ROW = 74;
const FAN = 50;
const TOP = 34;
/** The height of a row in the list, and the indent of what branches off. */
const LIST = 54;
const INDENT = 34;

const SPINE = ["extracted_secret", "joiner_secret", "member_secret", "epoch_secret"];
const WELCOME = ["welcome_secret", "welcome_key", "welcome_nonce"];

/** @typedef {"way" | "side" | "welcome" | "output"} Part which part of the schedule a secret belongs to */

/** @param {Secret[]} secrets @returns {Map<string, Part>} */
export function partsOf(secrets) {
  const fromEpoch = (/** @type {Secret} */ { inputs }) => inputs.includes("epoch_secret");
  return new Map(secrets.map((secret) => [secret.key, partOf(secret, fromEpoch(secret))]));
}

/** @param {Secret} secret @param {boolean} isOutput @returns {Part} */
function partOf({ key, name }, isOutput) {
  if (isOutput) return "output";
  if (WELCOME.includes(key)) return "welcome";
  if (name === "commit_secret" || name.startsWith("psk") || name === "resumption_psk") return "side";
  return "way";
}

/** @param {Secret[]} secrets @param {number} width @returns {Arrangement} */
export function arrange(secrets, width) {
  return width < NARROW ? list(secrets, width) : columns(secrets, width);
}

/** The secrets of the way in order, each with the row below all that it needs. @param {Secret[]} secrets @param {Map<string, Part>} parts */
function rowsOf(secrets, parts) {
  /** @type {Map<string, number>} */
  const rows = new Map();
  const way = secrets.filter(({ key }) => parts.get(key) === "way");
  const side = secrets.filter(({ key }) => parts.get(key) === "side");
  // Before the extracted_secret stand the init_secret, or the secrets of an external commit that replace it.
  const heads = way.filter(({ key }) => !SPINE.includes(key));
  heads.forEach(({ key }, row) => rows.set(key, row));
  const start = Math.max(0, heads.length - 1);
  side.forEach(({ key }, row) => rows.set(key, start + row));
  let last = heads.length - 1;
  for (const { key, inputs } of way.filter((each) => SPINE.includes(each.key))) {
    last = Math.max(last, ...inputs.map((input) => rows.get(input) ?? -1)) + 1;
    rows.set(key, last);
  }
  return rows;
}

/** @param {Secret[]} secrets @param {number} width @returns {Arrangement} */
function columns(secrets, width) {
  const parts = partsOf(secrets);
  const rows = rowsOf(secrets, parts);
  const room = Math.min(300, Math.floor((width - 40) / 3));
  const isAlone = rows.size === 1;
  const left = Math.max(26, Math.floor((width - (isAlone ? 2 : 3) * room) / 2) + 26);
  const wayX = isAlone ? left : left + room;
  const [sideX, fanX] = [left, wayX + room + 14];
  /** @type {Map<string, Spot>} */
  const spots = new Map();
  for (const [key, row] of rows) {
    const x = parts.get(key) === "side" ? sideX : wayX;
    spots.set(key, { x, y: TOP + row * ROW, room: room - 34 });
  }
  const outputs = secrets.filter(({ key }) => parts.get(key) === "output");
  outputs.forEach(({ key }, place) => spots.set(key, { x: fanX, y: TOP + place * FAN, room: room - 48 }));
  const below = Math.max(...rows.values(), 0);
  const welcome = secrets.filter(({ key }) => parts.get(key) === "welcome");
  welcome.forEach(({ key }, place) => {
    const indent = place === 0 ? 0 : INDENT;
    spots.set(key, { x: sideX + indent, y: TOP + below * ROW + place * FAN, room: room - 34 - indent });
  });
  const lowest = Math.max(...[...spots.values()].map(({ y }) => y), 0);
  const height = lowest + 44;
  return { width, height, isNarrow: false, spots, lines: linesOf(secrets, spots, (from, to) => {
    if (parts.get(to) === "output") return bus(spots, from, to, fanX - 30);
    if (to === "welcome_secret") return elbow(spots, from, to);
    return parts.get(to) === "welcome" ? tick(spots, from, to) : null;
  }) };
}

/** @param {Secret[]} secrets @param {number} width @returns {Arrangement} */
function list(secrets, width) {
  const parts = partsOf(secrets);
  /** @type {Map<string, Spot>} */
  const spots = new Map();
  const base = 22;
  for (const { key } of listed(secrets, parts)) {
    const part = parts.get(key);
    const depth = part === "way" ? 0 : part === "welcome" && key !== "welcome_secret" ? 2 : 1;
    const x = base + depth * INDENT;
    spots.set(key, { x, y: TOP - 6 + spots.size * LIST, room: width - x - 26 });
  }
  const height = TOP + spots.size * LIST - 20;
  return { width, height, isNarrow: true, spots, lines: linesOf(secrets, spots, (from, to) => {
    const part = parts.get(to);
    return part === "output" || part === "welcome" ? tick(spots, from, to) : null;
  }) };
}

/** The secrets in the order of the list: what a secret needs stands above it, what branches off below. @param {Secret[]} secrets @param {Map<string, Part>} parts */
export function listed(secrets, parts = partsOf(secrets)) {
  const isPsk = (/** @type {Secret} */ { name, key }) => parts.get(key) === "side" && name !== "commit_secret";
  const psks = secrets.filter(isPsk);
  const rest = secrets.filter((secret) => !isPsk(secret));
  const at = rest.findIndex(({ key }) => key === "member_secret");
  return at < 0 ? [...psks, ...rest] : [...rest.slice(0, at), ...psks, ...rest.slice(at)];
}

/**
 * @param {Secret[]} secrets @param {Map<string, Spot>} spots
 * @param {(from: string, to: string) => string | null} branch the path of a line that branches off, or null
 * @returns {Line[]}
 */
function linesOf(secrets, spots, branch) {
  return secrets.flatMap(({ key, inputs }) =>
    inputs
      .filter((from) => spots.has(from))
      .map((from) => ({ from, to: key, path: branch(from, key) ?? straight(spots, from, key) })),
  );
}

/** @param {Map<string, Spot>} spots @param {string} key @returns {Spot} */
function spot(spots, key) {
  return /** @type {Spot} */ (spots.get(key));
}

/** Down, and across to where the lines to a secret meet above it. @param {Map<string, Spot>} spots @param {string} from @param {string} to */
function straight(spots, from, to) {
  const [a, b] = [spot(spots, from), spot(spots, to)];
  const end = b.y - HALF - 2;
  if (a.x !== b.x) return `M${a.x} ${a.y + HALF}V${end - 12}H${b.x}V${end}`;
  const isNext = [...spots.values()].every(({ x, y }) => x !== a.x || y <= a.y || y >= b.y);
  // A line in the same column that passes other secrets goes around them.
  return isNext ? `M${a.x} ${a.y + HALF}V${end}` : `M${a.x - HALF} ${a.y}H${a.x - HALF - 6}V${end - 12}H${b.x}V${end}`;
}

/** @param {Map<string, Spot>} spots @param {string} from @param {string} to @param {number} x of the common line */
function bus(spots, from, to, x) {
  const [a, b] = [spot(spots, from), spot(spots, to)];
  return `M${a.x} ${a.y + HALF}V${a.y + HALF + 14}H${x}V${b.y}H${b.x - HALF - 2}`;
}

/** @param {Map<string, Spot>} spots @param {string} from @param {string} to */
function elbow(spots, from, to) {
  const [a, b] = [spot(spots, from), spot(spots, to)];
  return `M${a.x} ${a.y + HALF}V${a.y + HALF + 14}H${b.x}V${b.y - HALF - 2}`;
}

/** @param {Map<string, Spot>} spots @param {string} from @param {string} to */
function tick(spots, from, to) {
  const [a, b] = [spot(spots, from), spot(spots, to)];
  return `M${a.x} ${a.y + HALF}V${b.y}H${b.x - HALF - 2}`;
}

/**
 * The secret to which a key goes: up to what it is made of, down to what is made of it, sideways to the neighbour.
 * @param {Secret[]} secrets @param {Arrangement} arrangement @param {string} here @param {string} key @returns {string}
 */
export function neighbour(secrets, { spots, isNarrow }, here, key) {
  const order = isNarrow ? [...spots.keys()] : listed(secrets).map((secret) => secret.key);
  const at = order.indexOf(here);
  const made = secrets.find((secret) => secret.key === here);
  switch (key) {
    case "ArrowUp":
      return isNarrow ? (order[at - 1] ?? here) : (above(spots, here) ?? made?.inputs[0] ?? here);
    case "ArrowDown":
      return isNarrow ? (order[at + 1] ?? here) : (below(spots, here) ?? here);
    case "ArrowLeft":
      return isNarrow ? (made?.inputs[0] ?? here) : (beside(spots, here, -1) ?? here);
    case "ArrowRight":
      return isNarrow ? (secrets.find(({ inputs }) => inputs.includes(here))?.key ?? here) : (beside(spots, here, 1) ?? here);
    case "Home":
      return order[0];
    case "End":
      return order[order.length - 1];
    default:
      return here;
  }
}

/** @param {Map<string, Spot>} spots @param {string} here */
function column(spots, here) {
  const { x } = spot(spots, here);
  return [...spots].filter(([, each]) => Math.abs(each.x - x) <= INDENT).sort(([, one], [, other]) => one.y - other.y).map(([key]) => key);
}

/** @param {Map<string, Spot>} spots @param {string} here */
function above(spots, here) {
  const keys = column(spots, here);
  return keys[keys.indexOf(here) - 1];
}

/** @param {Map<string, Spot>} spots @param {string} here */
function below(spots, here) {
  const keys = column(spots, here);
  return keys[keys.indexOf(here) + 1];
}

/** The nearest secret of the next column. @param {Map<string, Spot>} spots @param {string} here @param {number} by */
function beside(spots, here, by) {
  const { x, y } = spot(spots, here);
  const further = [...spots].filter(([, each]) => (each.x - x) * by > INDENT);
  const next = Math.min(...further.map(([, each]) => Math.abs(each.x - x)));
  const near = further.filter(([, each]) => Math.abs(each.x - x) <= next + INDENT);
  return near.sort(([, one], [, other]) => Math.abs(one.y - y) - Math.abs(other.y - y))[0]?.[0];
}
