/** The details of a node or of a generation: what it is, what the viewer has of it, and its value while the viewer has it. */
import { html } from "../shared/dom.js";
import { rowList } from "../shared/rows.js";
import { few, list } from "../shared/words.js";
import { cellsOf, leavesBelow, readIn } from "./frame.js";
import { membersBelow } from "./geometry.js";
import { STANDINGS, cellLabel, leafName, messageSentence, openedBelow } from "./words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").RatchetName} RatchetName */
/** @typedef {{isRevealed: boolean, reveal: () => void, choose: (leaf: number) => void, pick: (message: number) => void}} Does */

/** @param {Frame} frame @param {string} item @param {Does} does @returns {HTMLElement} */
export function detailsOf(frame, item, does) {
  const [kind, number] = item.split(" ");
  return kind === "node" ? nodeDetails(frame, Number(number), does) : keyDetails(frame, /** @type {RatchetName} */ (kind), Number(number), does);
}

/** @param {Frame} frame @param {number} node @param {Does} does */
function nodeDetails(frame, node, { isRevealed, reveal, choose }) {
  const { view, epoch, leafCount } = frame;
  const [first, width] = leavesBelow(node);
  const parent = width === leafCount ? -1 : leavesBelow(node)[0] % (2 * width) === 0 ? node + width : node - width;
  const side = parent > node ? "left" : "right";
  const made = parent < 0 ? 'DeriveSecret(epoch_secret, "encryption")' : `ExpandWithLabel(secret of node ${parent}, "tree", "${side}", Nh)`;
  const gives = width === 1 ? "the first secrets of the handshake and the application ratchet" : `the secrets of nodes ${node - width / 2} and ${node + width / 2}`;
  const people = membersBelow(node, view.epochs[epoch].members).map((leaf) => leafName(frame, leaf));
  const open = openedBelow(frame, node);
  const secret = view.secrets[frame.secretAt(node)];
  const rows = [
    { name: "made by", value: made, section: "9" },
    { name: "gives", value: gives },
    { name: "leaves", value: width === 1 ? `leaf ${first}, ${people[0] ?? "blank"}` : `${first} to ${first + width - 1}: ${list(few(people))}` },
    { name: frame.viewer.name, value: STANDINGS[frame.standing(node)] },
    ...(open.length && width > 1 ? [{ name: "opened leaves", value: list(few(open.map((leaf) => leafName(frame, leaf)))) }] : []),
    ...(secret && isRevealed ? [{ name: "value", value: secret.value ?? "not recorded", unknown: secret.value === null }] : []),
  ];
  const chosen = width === 1 ? first : (open[0] ?? membersBelow(node, view.epochs[epoch].members)[0] ?? first);
  return html(
    "div",
    {},
    rowList(rows),
    html(
      "div",
      { class: "mls-acts" },
      ...(secret && !isRevealed ? [button("Show the value", reveal)] : []),
      ...(chosen === frame.leaf ? [] : [button(`Show the way to ${leafName(frame, chosen)}`, () => choose(chosen))]),
    ),
  );
}

/** @param {Frame} frame @param {RatchetName} name @param {number} generation @param {Does} does */
function keyDetails(frame, name, generation, { isRevealed, reveal, pick }) {
  const { view, epoch, leaf } = frame;
  const ratchet = frame.ratchets.find((each) => each.name === name) ?? frame.ratchets[0];
  const cell = cellsOf({ ...frame, message: -1 }, { ...ratchet, newest: generation, generation: ratchet.generation }, 2 * (generation + 2)).find((each) => each.generation === generation)
    ?? { generation, state: /** @type {const} */ ("gone"), message: -1 };
  const isSecret = (/** @type {{name: string, node: number, epoch: number, generation: number | null}} */ each) =>
    each.epoch === epoch && each.node === 2 * leaf && each.generation === generation;
  const value = cell.state === "kept" ? view.secrets.find((each) => isSecret(each) && each.name === `${name}_ratchet_key`) : undefined;
  const message = cell.message < 0 ? null : view.messages[cell.message];
  const read = cell.message < 0 ? null : readIn(frame, cell.message);
  const rows = [
    { name: "made by", value: `DeriveTreeSecret(${name}_ratchet_secret_[${leaf}]_[${generation}], "key", ${generation}, AEAD.Nk)`, section: "9.1" },
    { name: frame.viewer.name, value: cellLabel(frame, ratchet, cell) },
    ...(read !== null ? [{ name: "used in", value: `step ${read + 1}: ${view.steps[read].title}` }] : []),
    ...(message ? [{ name: "message", value: messageSentence({ ...frame, message: cell.message }) }] : []),
    ...(value && isRevealed ? [{ name: "value", value: value.value ?? "not recorded" }] : []),
  ];
  return html(
    "div",
    {},
    rowList(rows),
    html(
      "div",
      { class: "mls-acts" },
      ...(value && !isRevealed ? [button("Show the value", reveal)] : []),
      ...(message && cell.message !== frame.message ? [button("Light up the message", () => pick(cell.message))] : []),
    ),
  );
}

/** @param {string} words @param {() => void} click */
function button(words, click) {
  return html("button", { type: "button", class: "mls-reveal", click }, words);
}
