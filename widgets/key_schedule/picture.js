/** The drawing of a key schedule: secrets are diamonds, filled while the viewer has them; lines lead from what makes them. */
import { shortened } from "../shared/words.js";
import { arrange } from "./geometry.js";
import { holdersBriefly, isKnownToAttacker, pictureLabel, secretLabel } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Shown} Shown */
/** @typedef {import("./frame.js").Standing} Standing */
/** @typedef {import("./geometry.js").Spot} Spot */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

const DIAMOND = "M0-13 13 0 0 13-13 0z";
const STRIKE = "M-11 11 11-11";
const FLAG = "M-13-11v-13l10 4-10 4";
const SMALL_FLAG = "M9-8v-9l7 3-7 3";
const MONO = 7.6;
const LETTER = 6.4;

/** The classes of a secret as the viewer has it. @type {Record<Standing, string>} */
const LOOKS = {
  held: "has-held",
  leaked: "has-leaked",
  computed: "has-computed",
  deleted: "is-deleted",
  never: "is-unknown",
  zero: "is-zero",
  later: "is-blank",
};

/** @param {Frame} frame @param {{width: number, stop: string}} size `stop` is the one tab stop @returns {{shapes: Shape[], height: number}} */
export function draw(frame, { width, stop }) {
  const { shown, selected } = frame;
  const place = arrange(shown.map(({ secret }) => secret), width);
  const way = selected ? wayTo(frame, selected) : null;
  const lines = place.lines.map(({ from, to, path }) => {
    const looks = way && way.has(to) ? " is-lit" : "";
    return /** @type {Shape} */ (["path", { class: `mls-line${looks}`, d: path }, [], `${from} to ${to}`]);
  });
  // The way to the selected secret lies above the other lines.
  lines.sort((one, other) => Number(isLit(one)) - Number(isLit(other)));
  const nodes = shown.map((one) => {
    const { key } = one.secret;
    const spot = /** @type {Spot} */ (place.spots.get(key));
    const attributes = {
      class: `${secretClass(one.standing, frame.hue)}${key === selected ? " is-lit" : ""}`,
      "data-secret": key,
      role: "option",
      "aria-label": secretLabel(frame, one),
      "aria-selected": String(key === selected),
      tabindex: key === stop ? 0 : -1,
      transform: `translate(${spot.x} ${spot.y})`,
    };
    return /** @type {Shape} */ (["g", attributes, secretShapes(frame, one, spot), `${frame.epoch} ${key}`]);
  });
  return {
    height: place.height,
    shapes: [
      ["g", { class: "mls-lines", "aria-hidden": "true" }, lines],
      ["g", { role: "listbox", "aria-label": pictureLabel(frame) }, nodes],
    ],
  };
}

/** @param {Shape} line */
function isLit([, attributes]) {
  return String(attributes?.class).includes("is-lit");
}

/** All secrets from which a secret is made, with itself. @param {Frame} frame @param {string} key */
function wayTo({ schedule }, key) {
  const way = new Set([key]);
  // The loop goes on over the secrets that it adds.
  for (const needed of way) schedule.secrets.find((each) => each.key === needed)?.inputs.forEach((input) => way.add(input));
  return way;
}

/** @param {Standing} standing @param {number} hue */
export function secretClass(standing, hue) {
  return `mls-node mls-secret ${LOOKS[standing]}${standing === "held" && hue >= 0 ? ` mls-hue-${hue}` : ""}`;
}

/** The mark of a secret alone. @param {Standing} standing @returns {Shape[]} */
export function secretMark(standing) {
  /** @type {Shape[]} */
  const shapes = [["path", { class: "mls-shape", d: DIAMOND }]];
  if (standing === "leaked" || standing === "computed") shapes.push(["path", { class: "mls-hatch", d: hatching(standing === "leaked") }]);
  if (standing === "leaked") shapes.push(["path", { class: "mls-flag", d: FLAG }]);
  if (standing === "deleted") shapes.push(["path", { class: "mls-strike", d: STRIKE }]);
  if (standing === "never") shapes.push(["text", { class: "mls-inside", y: 4.5 }, ["?"]]);
  if (standing === "zero") shapes.push(["text", { class: "mls-inside", y: 4.5 }, ["0"]]);
  return shapes;
}

/** Diagonal lines across a diamond: narrow for what leaked, wide for what was computed. @param {boolean} isLeaked */
function hatching(isLeaked) {
  return (isLeaked ? [-9, -4.5, 0, 4.5, 9] : [-6.5, 0, 6.5])
    .map((at) => `M${at / 2 - 6.5} ${at / 2 + 6.5}L${at / 2 + 6.5} ${at / 2 - 6.5}`)
    .join("");
}

/** @param {Frame} frame @param {Shown} shown @param {Spot} spot @returns {Shape[]} */
function secretShapes(frame, shown, { room }) {
  const { secret, standing } = shown;
  const isOwn = secret.epoch === null || secret.epoch === frame.epoch;
  const label = secret.label ? `“${secret.label}” · ` : "";
  const where = isOwn ? label : `epoch ${secret.epoch} · `;
  const below = `${where}${holdersBriefly(frame, shown)}`;
  const isAttacked = isKnownToAttacker(frame, shown) && frame.viewer.kind !== "attacker";
  const name = shortened(isOwn ? nameOf(secret) : secret.name, Math.max(6, Math.floor(room / MONO)));
  const letters = Math.max(6, Math.floor(room / LETTER));
  // who has it matters more than the label, which the details have
  const line = shortened(below.length > letters ? holdersBriefly(frame, shown) : below, letters);
  const width = Math.min(room, Math.max(name.length * MONO, line.length * LETTER)) + 44;
  return [
    ["rect", { class: "mls-hit", x: -18, y: -19, width, height: 38, rx: 8 }],
    ...secretMark(standing),
    ...(isAttacked ? [attackerMark()] : []),
    ["text", { class: "mls-secret-name", x: 20, y: -2 }, [name]],
    ...epochLink(frame, shown, 28 + name.length * MONO),
    ["text", { class: "mls-secret-line", x: 20, y: 13 }, [line]],
  ];
}

/** The name of a secret beside its mark. That of a pre-shared key says which it is. @param {import("./schedule.d.ts").ScheduleSecretView} secret */
function nameOf({ key, psk }) {
  return psk ? psk.replace(/^the pre-shared key /, "psk ").replace(/^the /, "") : key;
}

/** The mark beside a secret that the attacker has, in the eyes of others. @returns {Shape} */
export function attackerMark() {
  return ["path", { class: "mls-flag is-small", d: SMALL_FLAG }];
}

/** The way to the epoch before or after, beside the init_secret that leads there. @param {Frame} frame @param {Shown} shown @param {number} x @returns {Shape[]} */
function epochLink({ epoch, before, after }, { secret }, x) {
  if (secret.name !== "init_secret") return [];
  const to = secret.epoch === epoch ? after : before;
  if (to === null) return [];
  return [["text", { class: "mls-epoch-link", "data-epoch": to, x, y: -2 }, [to > epoch ? `to epoch ${to} →` : `← epoch ${to}`]]];
}
