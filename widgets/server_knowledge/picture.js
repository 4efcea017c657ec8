/** The drawing of what the server knows: a row for each user, a column for each instant, a mark for each upload. */
import { clock, givenAway, nameOf } from "./words.js";
import { shortened } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./server.d.ts").UploadView} Upload */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** How much room there is, in pixels. @typedef {{width: number}} Size */

const HEAD = 34;
const ROW = 46;
const LEFT = 116;
const RIGHT = 84;
const NARROW = { left: 42, right: 40 };
const COLUMN = { least: 44, most: 92 };
const LEAF = "M-11-11H11V11H-11z";
const ENVELOPE = { height: 15, least: 17, most: 34 };
/** How far apart. */
const ASIDE = 13;
const DIAMOND = "M-6 0 0-6 6 0 0 6z";

/** How wide and high the picture is. @param {Frame} frame @param {Size} size */
export function extent({ view, columns }, { width }) {
  const { left, right } = margins(width);
  const column = Math.min(COLUMN.most, Math.max(COLUMN.least, (width - left - right) / Math.max(columns.length, 1)));
  return { width: Math.max(width, Math.round(left + right + columns.length * column)), height: HEAD + rowsOf(view) * ROW + 8, column, left, right };
}

/** @param {Frame} frame @param {Size} size @returns {Shape[]} */
export function draw(frame, size) {
  const { view, columns } = frame;
  const room = extent(frame, size);
  const x = (/** @type {number} */ column) => room.left + (column + 0.5) * room.column;
  const y = (/** @type {number | null} */ row) => HEAD + ((row ?? view.users.length) + 0.5) * ROW;
  const place = new Map(columns.flatMap(({ uploads }, column) => uploads.map((number) => [number, column])));
  return [
    ["g", { class: "mls-batches", "aria-hidden": "true" }, columns.flatMap((column, at) => batch(frame, column, x(at), room))],
    ["g", { class: "mls-rows-of-users" }, view.users.map((user, row) => userShape(user, row, { x: x(place.get(user.since) ?? 0), y: y(row), room }))],
    ["g", { class: "mls-times", "aria-hidden": "true" }, columns.map(({ at }, column) => ["text", { x: x(column), y: 20 }, [clock(at)], column])],
    ["g", { class: "mls-uploads", role: "list", "aria-label": "Uploads" },
      columns.flatMap(({ uploads }, column) =>
        uploads.map((number) => uploadShape(frame, number, { x: x(column) + aside(view, uploads, number), y, together: uploads.length })))],
  ];
}

/** Messages that one user sends at one instant stand a little apart. @param {Frame["view"]} view @param {number[]} uploads @param {number} number */
function aside({ uploads: all }, uploads, number) {
  const own = uploads.filter((each) => all[each].user === all[number].user);
  return (own.indexOf(number) - (own.length - 1) / 2) * Math.min(ASIDE, (COLUMN.least - 8) / own.length);
}

/** @param {Frame["view"]} view */
function rowsOf(view) {
  return view.users.length + (view.uploads.some(({ user }) => user === null) ? 1 : 0);
}

/** @param {number} width */
function margins(width) {
  return width < 480 ? NARROW : { left: LEFT, right: RIGHT };
}

/** Messages that arrive at one instant stand on one ground. @param {Frame} frame @param {import("./frame.js").Column} column @param {number} x @param {ReturnType<typeof extent>} room @returns {Shape[]} */
function batch({ view }, { uploads }, x, room) {
  if (uploads.length < 2) return [];
  const width = room.column - 8;
  return [["rect", { class: "mls-batch", x: x - width / 2, y: HEAD - 6, width, height: rowsOf(view) * ROW + 6, rx: 8 }, [], uploads[0]]];
}

/**
 * @param {Frame["view"]["users"][number]} user @param {number} row
 * @param {{x: number, y: number, room: ReturnType<typeof extent>}} at `x` is where the user comes in
 * @returns {Shape}
 */
function userShape({ name, waiting }, row, { x, y, room }) {
  const end = room.width - room.right + 6;
  /** @type {Shape[]} */
  const shapes = [
    ["title", {}, [waiting > 0 ? `${name}: ${waiting} waiting` : name]],
    ["path", { class: "mls-line-of-user", d: `M${x} ${y}H${end}` }],
    ["g", { class: `mls-node is-leaf is-keyed has-held mls-hue-${row % 8}`, transform: `translate(21 ${y})` }, [
      ["path", { class: "mls-shape", d: LEAF }],
      ["text", { class: "mls-inside", y: 4.5 }, [[...name][0] ?? "?"]],
    ]],
  ];
  if (room.left === LEFT) shapes.push(["text", { class: "mls-user", x: 40, y: y + 4 }, [shortened(name, 10)]]);
  if (waiting > 0) shapes.push(["text", { class: "mls-waiting", x: end + 6, y: y + 4 }, [room.left === LEFT ? `${waiting} waiting` : String(waiting)]]);
  return ["g", {}, shapes, name];
}

/** @param {Frame} frame @param {number} number @param {{x: number, y: (row: number | null) => number, together: number}} at @returns {Shape} */
function uploadShape(frame, number, { x, y, together }) {
  const upload = frame.view.uploads[number];
  const row = upload.user;
  const label = `${nameOf(frame, upload)}, ${upload.kind}, ${upload.sizes[frame.padding]} bytes, epoch ${upload.epoch}: ${givenAway(frame, upload, together)}`;
  /** @type {Shape[]} */
  const shapes = [["title", {}, [label]]];
  for (const user of upload.invited) {
    shapes.push(["path", { class: "mls-invites", d: `M${x} ${y(row)}V${y(user)}` }], ["path", { class: "mls-invited", d: DIAMOND, transform: `translate(${x} ${y(user)})` }]);
  }
  shapes.push(["g", { transform: `translate(${x} ${y(row)})` }, markOf(upload, frame)]);
  const attributes = { class: `mls-upload is-${upload.kind}${row === null ? " is-unknown" : ` mls-hue-${row % 8}`}`, role: "listitem", "aria-label": label };
  return ["g", attributes, shapes, number];
}

/** @param {Upload} upload @param {Frame} frame @returns {Shape[]} */
export function markOf({ kind, sizes }, frame) {
  if (kind === "commit") return [["circle", { class: "mls-mark", r: 10 }], ["circle", { class: "mls-dot", r: 4 }]];
  if (kind === "proposal") return [["circle", { class: "mls-mark", r: 7 }]];
  if (kind !== "application") return [["path", { class: "mls-mark", d: DIAMOND }]];
  const size = sizes[frame.padding];
  const width = ENVELOPE.least + (ENVELOPE.most - ENVELOPE.least) * (size / frame.largest);
  const [half, high] = [width / 2, ENVELOPE.height / 2];
  return [
    ["rect", { class: "mls-mark", x: -half, y: -high, width, height: ENVELOPE.height, rx: 2 }],
    ["path", { class: "mls-flap", d: `M${-half}${-high}L0 1.5 ${half}${-high}` }],
    ["text", { class: "mls-bytes-of", y: 20 }, [String(size)]],
  ];
}
