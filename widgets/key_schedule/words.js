/** The words of a key schedule: who has which secret, in sentences and as a table. */
import { briefName, counted, few, list, upperFirst, viewerFirst } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Shown} Shown */
/** @typedef {import("./frame.js").Standing} Standing */

export const HEADS = ["Secret", "It is made by", "Bytes", "Has it now", "Had it and deleted it", "In the viewer's eyes"];

/** @type {Record<Standing, string>} */
export const STANDINGS = {
  held: "has it",
  leaked: "has it: it leaked",
  computed: "has it: the attacker computed it",
  deleted: "deleted",
  never: "never had it",
  zero: "zeros, which everybody knows",
  later: "the epoch has not begun",
};

/** @param {Frame} frame */
export function pictureLabel({ epoch, viewer, step }) {
  return `The key schedule of epoch ${epoch}, seen by ${viewer.name} after step ${step + 1}`;
}

/** What the picture shows, in a sentence or three. @param {Frame} frame */
export function sentence(frame) {
  const { view, epoch, schedule, shown, step, viewer } = frame;
  const from = schedule.kind === "first" ? FIRST : schedule.kind === "external" ? EXTERNAL : `the init_secret of epoch ${epoch - 1}`;
  const how = shown.some(({ secret }) => secret.key === "commit_secret")
    ? `The key schedule turns ${from}, the commit_secret and the psk_secret into all secrets of epoch ${epoch} (§8).`
    : `The epoch_secret gives all secrets of epoch ${epoch} (§8); it is drawn at random in the first epoch of a group.`;
  const began = `${view.steps[schedule.step].title}: with step ${schedule.step + 1} epoch ${epoch} began.`;
  if (schedule.step > step) return `${how} Epoch ${epoch} has not begun at step ${step + 1}: it begins with step ${schedule.step + 1}.`;
  const secrets = shown.filter(({ secret }) => !secret.is_zero);
  /** @param {Standing[]} standings */
  const count = (...standings) => secrets.filter(({ standing }) => standings.includes(standing)).length;
  const [now, gone] = [count("held", "leaked", "computed"), count("deleted")];
  const has = now + gone === 0
    ? `${viewerFirst(viewer)} has none of its ${secrets.length} secrets.`
    : `After step ${step + 1} ${viewer.name} has ${now} of its ${secrets.length} secrets${gone ? `, and has deleted ${gone}` : ""}.`;
  return `${how} ${began} ${has}`;
}

const FIRST = "the init_secret of the epoch before";
const EXTERNAL = "the external init_secret of the newcomer";

/** Who has a secret, in a few words. @param {Frame} frame @param {Shown} shown */
export function holdersBriefly({ view }, { secret, standing, holders, gone }) {
  if (secret.is_zero) return "zeros: public";
  if (standing === "later") return "not made yet";
  const members = (/** @type {number[]} */ some) => some.filter((each) => view.viewers[each].kind === "member").length;
  const [have, had] = [members(holders), members(gone)];
  if (have) return `${have === 1 ? "1 has it" : `${have} have it`}${had ? `, ${had} deleted it` : ""}`;
  return had ? `deleted by ${had === 1 ? "1 member" : `all ${had}`}` : "no recorded device had it";
}

/** Whether the attacker has a secret. @param {Frame} frame @param {Shown} shown */
export function isKnownToAttacker({ view }, { holders }) {
  return holders.some((each) => view.viewers[each].kind === "attacker");
}

/** The names of some viewers; of many, the first ones and a number. @param {Frame} frame @param {number[]} viewers */
export function named({ view }, viewers) {
  return list(few(viewers.map((each) => briefName(view.viewers[each].name))));
}

/** A secret in words, for those who cannot see it. @param {Frame} frame @param {Shown} shown */
export function secretLabel(frame, shown) {
  const { secret, standing } = shown;
  const made = secret.formula ? `, from ${list(secret.inputs)}` : "";
  return `${secret.key}${secret.psk && `, ${secret.psk}`}${made}: ${frame.viewer.name} ${standingWords(standing)}; ${holdersBriefly(frame, shown)}${isKnownToAttacker(frame, shown) ? "; the attacker has it" : ""}`;
}

/** @param {Standing} standing */
function standingWords(standing) {
  if (standing === "deleted") return "has deleted it";
  return standing === "zero" ? "knows it, as everybody does" : standing === "later" ? "cannot have it yet" : STANDINGS[standing];
}

/** @param {Frame} frame @returns {string[][]} */
export function tableRows(frame) {
  return frame.shown.map((shown) => [
    shown.secret.key,
    shown.secret.formula || shown.secret.source,
    String(shown.secret.length),
    named(frame, shown.holders) || (shown.secret.is_zero ? "everybody" : "nobody"),
    named(frame, shown.gone) || "nobody",
    STANDINGS[shown.standing],
  ]);
}

/** What is said of the selected secret. @param {Frame} frame @param {Shown} shown */
export function selectedSentence(frame, shown) {
  const { secret } = shown;
  const how = secret.formula ? `${secret.key} = ${secret.formula}.` : `${secret.key}: ${secret.source}`;
  const attacker = isKnownToAttacker(frame, shown) ? " The attacker has it." : "";
  return `${how} ${upperFirst(holdersBriefly(frame, shown))}.${attacker}`;
}

/** @param {number} bytes */
export function bytesInWords(bytes) {
  return counted(bytes, "byte", "bytes");
}
