/** The words of two sides: what they have in common, where they part, and what each row says. */
import { briefName, counted, list, upperFirst } from "../shared/words.js";
import { sideFirst } from "./frame.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Row} Row */
/** @typedef {import("./frame.js").Cell} Cell */
/** @typedef {import("./frame.js").Side} Side */
/** @typedef {import("./frame.js").State} State */

/** @type {Record<State, string>} */
export const STATES = {
  same: "the same",
  differs: "differs",
  first: "only on the first side",
  second: "only on the second side",
  unknown: "unknown",
};

export const HEADS = ["Section", "What", "Standing", "First side", "Second side"];

/** The name of the tree of a side. @param {Frame} frame @param {number} at */
export function treeLabel({ sides, trees }, at) {
  const [side, other] = [sides[at], sides[1 - at]];
  const count = trees?.sides[at].count ?? 0;
  const different = trees?.different.filter((index) => index < count).length ?? 0;
  return `Ratchet tree of ${briefName(side.name)} in epoch ${side.epoch?.epoch}: ${counted(count, "node", "nodes")}, ${different || "none"} not the same for ${briefName(other.name)}`;
}

/** @param {Frame} frame */
export function pictureLabel({ view, sides: [one, two] }) {
  return `Two sides of ${view.title}: ${briefName(one.name)} and ${briefName(two.name)}`;
}

/** What the two sides have to do with each other. @param {Frame} frame @returns {string} */
export function sentence(frame) {
  const { sides, relation } = frame;
  switch (relation.kind) {
    case "absent":
      return absentWords(sides);
    case "groups":
      return `${bothFirst(sides)} are of different groups: ${sides.map(({ epoch }) => epoch?.facts[0]).join(" and ")}.`;
    case "unseen":
      return `Whether ${both(sides)} differ from epoch ${relation.parted} on is unknown to ${frame.viewerName}.`;
    case "same":
      return sameWords(frame);
    case "ahead":
      return aheadWords(frame);
    case "fork":
      return `${forkWords(frame)} ${factWords(frame)}`;
    default:
      return `${unknownWords(frame)} ${factWords(frame)}`;
  }
}

/** @param {Side[]} sides */
function both(sides) {
  return list(sides.map(({ name }) => briefName(name)));
}

/** @param {Side[]} sides */
function bothFirst([one, two]) {
  return list([briefName(sideFirst(one)), briefName(two.name)]);
}

/** @param {[Side, Side]} sides */
function absentWords(sides) {
  return sides
    .filter(({ epoch }) => epoch === null)
    .map((side) => `${briefName(sideFirst(side))} is not in the group${side.isMoment ? "" : ` after step ${side.step + 1}`}.`)
    .join(" ");
}

/** @param {Frame} frame */
function sameWords({ sides: [one, two] }) {
  const epoch = one.epoch?.epoch;
  if (one.isMoment) return `${one.step === two.step ? `After step ${one.step + 1}` : `After steps ${one.step + 1} and ${two.step + 1}`} ${one.member ? briefName(one.member.name) : "the group"} is in epoch ${epoch}: group context and tree are the same.`;
  return `${bothFirst([one, two])} are in epoch ${epoch} of one history: group context and tree are the same.`;
}

/** @param {Frame} frame */
function aheadWords({ view, sides, relation: { ahead, commits, behind, parted } }) {
  const [short, long] = [sides[behind], sides[1 - behind]];
  const commit = view.commits[Math.max(...commits)];
  const what = commit ? `: ${commit.words}` : "";
  const many = counted(ahead, "commit", "commits");
  if (short.isMoment) {
    const who = short.member ? briefName(short.member.name) : "the group";
    return `Between step ${short.step + 1} and step ${long.step + 1} ${who} goes on by ${many}, from epoch ${short.epoch?.epoch} to epoch ${long.epoch?.epoch}. The first of them began epoch ${parted}${what}.`;
  }
  return `${bothFirst(sides)} are on one line of history. ${briefName(sideFirst(long))} is ${many} ahead: ${briefName(short.name)} has not processed the one that began epoch ${parted}${what}.`;
}

/** @param {Frame} frame */
function forkWords({ view, sides, relation: { common, parted, commits } }) {
  const [one, two] = sides.map(({ name }) => briefName(name));
  const shared = common === null ? `${bothFirst(sides)} share no epoch that is known here.` : `${bothFirst(sides)} share everything up to epoch ${common}.`;
  const [ours, theirs] = commits.map((commit) => view.commits[commit].words);
  return `${shared} Then they part: epoch ${parted} began for ${one} when ${ours}, and for ${two} when ${theirs}.`;
}

/** @param {Frame} frame */
function unknownWords({ sides: [one, two], relation: { parted } }) {
  const at = [one, two].map(({ epoch }) => epoch?.epoch);
  const where = at[0] === at[1] ? `${bothFirst([one, two])} are both in epoch ${at[0]}, and not in the same one.` : `${briefName(sideFirst(one))} is in epoch ${at[0]}, ${briefName(two.name)} in epoch ${at[1]}.`;
  const missing = parted === null ? "Whether they are on one line of history is unknown" : "Where they part is unknown";
  return `${where} ${missing}: the commits that led there are not here.`;
}

/** Which hashes tell the sides apart. @param {Frame} frame */
function factWords({ sections }) {
  const facts = sections.find(({ id }) => id === "facts")?.rows ?? [];
  const told = facts.filter(({ name }) => ["tree hash", "confirmed transcript hash", "epoch authenticator"].includes(name));
  const names = (/** @type {State} */ state) => told.filter((row) => row.state === state).map(({ name }) => `the ${name}`);
  const [same, different] = [names("same"), names("differs")];
  const isTreeAlone = same.includes("the tree hash") && different.length > 0;
  if (isTreeAlone) return `The tree hash is the same on both sides, so it does not show the fork; ${list(different)} ${different.length > 1 ? "do" : "does"}.`;
  return different.length === 0 ? "" : `${upperFirst(list(different))} ${different.length > 1 ? "differ" : "differs"}.`;
}

/** A row for those who hear it. @param {Frame} frame @param {Row} row */
export function rowLabel({ sides: [one, two] }, { name, state, first, second }) {
  if (state === "same") return `${name}: the same on both sides${first ? `, ${cellWords(first)}` : ""}`;
  return `${name}: ${STATES[state]}; ${briefName(one.name)}: ${cellWords(first)}; ${briefName(two.name)}: ${cellWords(second)}`;
}

/** @param {Cell | null} cell */
export function cellWords(cell) {
  if (cell === null) return "nothing";
  return cell.bytes ? `${cell.text}, ${cell.bytes}` : cell.text;
}

/** @param {Frame} frame @param {Row} row @param {0 | 1} side */
export function emptyWords({ viewerName, relation }, { state }, side) {
  if (state === "unknown") return viewerName ? `unknown to ${viewerName}` : "not recorded";
  return relation.kind === "ahead" && side === relation.behind ? "not processed yet" : "nothing here";
}

/** All rows of all sections in words. @param {Frame} frame @returns {string[][]} */
export function tableRows(frame) {
  return frame.sections.flatMap((section) =>
    section.rows.map((row) => [
      section.title,
      row.name,
      STATES[row.state],
      row.first ? cellWords(row.first) : emptyWords(frame, row, 0),
      row.second ? cellWords(row.second) : emptyWords(frame, row, 1),
    ]),
  );
}

/** What a fact says, and what it does not. @type {Record<string, string>} */
export const FACTS = {
  group: "The identifier of the group. Two groups may have the same one by mistake: then the hashes differ.",
  epoch: "The number of the epoch. The sides of a fork have the same numbers.",
  "cipher suite": "The algorithms of the group.",
  "confirmed transcript hash": "A hash over all commits so far. Two sides that processed different commits have different values, so it proves a fork.",
  "tree hash": "A hash over the ratchet tree. It says nothing of the way that led there: two different commits can give equal trees, so equal tree hashes do not prove that there is no fork.",
  extensions: "The extensions of the group context, each with the fingerprint of its data.",
  "epoch authenticator": "A secret of the epoch that members compare, shown here by its fingerprint. It is derived from the epoch secret, so two sides of a fork have different ones.",
};
