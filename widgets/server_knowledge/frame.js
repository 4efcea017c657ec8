/**
 * What the server can tell apart under a padding and a delay: columns of uploads, and how many bits they give away.
 *
 * With a delay, devices send application messages only at multiples of it. Messages of one instant have no order.
 */

/** @typedef {import("./server.d.ts").ServerView} View */
/** @typedef {import("./server.d.ts").UploadView} Upload */

/** The delays to choose from, in seconds. */
export const DELAYS = [0, 60, 300, 900];

/** The server takes a message for an answer if another user sent one so shortly before, in seconds. */
const ANSWER = 120;

const APPLICATION = "application";

/** More users than this are not all drawn: those who sent most have a row each, and the others have one together. */
const ROWS_AT_MOST = 12;

/**
 * @typedef {object} Column uploads that arrive at one instant, which the server cannot put in order
 * @property {number} at seconds since the first upload
 * @property {number[]} uploads their numbers
 *
 * @typedef {object} Frame
 * @property {View} view
 * @property {number} padding index of the view's paddings
 * @property {number} delay in seconds
 * @property {Column[]} columns
 * @property {number} messages how many application messages there are
 * @property {number} largest the bytes of the largest of them
 * @property {number} sizeBits how much the size of a message tells on average
 * @property {number} timeBits how much its time tells on average
 * @property {number} extra how many bytes of padding there are for each byte
 * @property {number} wait how long a message waits on average, in seconds
 * @property {number[]} rows the users who have a row of their own
 * @property {number[]} others the users who share the row below these
 * @property {{by: number, to: number, count: number}[]} answers who seems to answer whom, the most frequent first
 */

/** @param {View} view @param {number} padding @param {number} delay @returns {Frame} */
export function frameOf(view, padding, delay) {
  const sent = view.uploads.flatMap((upload, number) => (upload.kind === APPLICATION ? [number] : []));
  const arrival = view.uploads.map(({ kind, at }) => (kind === APPLICATION && delay > 0 ? Math.ceil(at / delay) * delay : at));
  const bytes = sent.map((number) => view.uploads[number].sizes[padding]);
  const plain = sent.map((number) => view.uploads[number].sizes[0]);
  const waits = sent.map((number) => arrival[number] - view.uploads[number].at);
  return {
    view,
    ...rowsOf(view),
    padding,
    delay,
    columns: columnsOf(view.uploads, arrival, delay),
    messages: sent.length,
    largest: Math.max(0, ...bytes),
    sizeBits: entropy(bytes),
    timeBits: entropy(sent.map((number) => arrival[number])),
    extra: sum(plain) > 0 ? sum(bytes) / sum(plain) - 1 : 0,
    wait: sent.length > 0 ? sum(waits) / sent.length : 0,
    answers: answersOf(view.uploads, sent, arrival, delay),
  };
}

/** @param {View} view @returns {{rows: number[], others: number[]}} */
function rowsOf({ users, uploads }) {
  const everybody = users.map((_, user) => user);
  if (users.length <= ROWS_AT_MOST) return { rows: everybody, others: [] };
  const sent = users.map(() => 0);
  for (const { user } of uploads) if (user !== null) sent[user] += 1;
  const byActivity = everybody.sort((a, b) => sent[b] - sent[a] || a - b);
  return { rows: byActivity.slice(0, ROWS_AT_MOST - 1), others: byActivity.slice(ROWS_AT_MOST - 1) };
}

/** @param {Upload[]} uploads @param {number[]} arrival @param {number} delay @returns {Column[]} */
function columnsOf(uploads, arrival, delay) {
  const order = uploads.map((_, number) => number).sort((a, b) => arrival[a] - arrival[b] || a - b);
  /** @type {Column[]} */
  const columns = [];
  for (const number of order) {
    const last = columns[columns.length - 1];
    const joins = last && delay > 0 && last.at === arrival[number] && [number, ...last.uploads].every((each) => uploads[each].kind === APPLICATION);
    if (joins) last.uploads.push(number);
    else columns.push({ at: arrival[number], uploads: [number] });
  }
  return columns;
}

/**
 * How many bits a value tells on average: the Shannon entropy of its distribution in these values.
 * @param {number[]} values
 */
export function entropy(values) {
  /** @type {Map<number, number>} */
  const counts = new Map();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return sum([...counts.values()].map((count) => (count / values.length) * Math.log2(values.length / count)));
}

/** @param {Upload[]} uploads @param {number[]} sent @param {number[]} arrival @param {number} delay @returns {Frame["answers"]} */
function answersOf(uploads, sent, arrival, delay) {
  /** @type {Map<string, {by: number, to: number, count: number}>} */
  const found = new Map();
  for (let at = 1; at < sent.length; at += 1) {
    const [before, after] = [sent[at - 1], sent[at]];
    const [to, by] = [uploads[before].user, uploads[after].user];
    const apart = arrival[after] - arrival[before];
    if (by === to || by === null || to === null || apart <= 0 || apart > Math.max(ANSWER, delay)) continue;
    const pair = found.get(`${by} ${to}`) ?? { by, to, count: 0 };
    found.set(`${by} ${to}`, { ...pair, count: pair.count + 1 });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
