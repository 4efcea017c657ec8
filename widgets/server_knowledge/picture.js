/** The drawing of what the server knows: a row for each user, a column for each instant, a mark for each upload. */
import { clock, givenAway, nameOf } from "./words.js";
import { lineIn } from "../shared/shapes.js";
import { briefName, few, list, shortened } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./server.d.ts").UploadView} Upload */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** How much room there is in pixels, and how far the picture is scrolled to the right. @typedef {{width: number, scroll?: number}} Size */
/** @typedef {ReturnType<typeof extent>} Room */

const HEAD = 34;
const ROW = 46;
const LEFT = 148;
const RIGHT = 84;
const NARROW = { left: 42, right: 40 };
const COLUMN = { least: 44, most: 92 };
const LEAF = "M-11-11H11V11H-11z";
const ENVELOPE = { height: 15, least: 17, most: 34 };
/** How far apart. */
const ASIDE = 13;
const DIAMOND = "M-6 0 0-6 6 0 0 6z";

/** How wide and high the picture is. @param {Frame} frame @param {Size} size */
export function extent(frame, { width }) {
  const { left, right } = margins(width);
  const count = frame.columns.length;
  const column = Math.min(COLUMN.most, Math.max(COLUMN.least, (width - left - right) / Math.max(count, 1)));
  const rows = rowsIn(frame);
  return { width: Math.max(width, Math.round(left + right + count * column)), height: HEAD + rows * ROW + 8, column, left, right, rows };
}

/** Rows for users, one for all others, and one for devices that the server does not know. @param {Frame} frame */
function rowsIn({ view, rows, others }) {
  return rows.length + Number(others.length > 0) + Number(view.uploads.some(({ user }) => user === null));
}

/** @param {Frame} frame @param {Size} size @returns {Shape[]} */
export function draw(frame, size) {
  const { view, columns, rows, others } = frame;
  const room = extent(frame, size);
  const x = (/** @type {number} */ column) => room.left + (column + 0.5) * room.column;
  const rowOf = new Map(rows.map((user, row) => [user, row]));
  const y = (/** @type {number | null} */ user) => HEAD + ((user === null ? room.rows - 1 : (rowOf.get(user) ?? rows.length)) + 0.5) * ROW;
  const place = new Map(columns.flatMap(({ uploads }, column) => uploads.map((number) => [number, column])));
  const came = (/** @type {number} */ user) => x(place.get(view.users[user].since) ?? 0);
  return [
    ["g", { class: "mls-batches", "aria-hidden": "true" }, columns.flatMap((column, at) => batch(column, x(at), room))],
    ["g", { class: "mls-lines-of-users" }, [
      ...rows.map((user) => lineShape(view.users[user].name, came(user), y(user), room)),
      ...(others.length ? [lineShape("others", Math.min(...others.map(came)), y(others[0]), room)] : []),
    ]],
    ["g", { class: "mls-times", "aria-hidden": "true" }, columns.map(({ at }, column) => ["text", { x: x(column), y: 20 }, [clock(at)], column])],
    ["g", { class: "mls-uploads", role: "list", "aria-label": "Uploads" },
      columns.flatMap(({ uploads }, column) =>
        uploads.map((number) => uploadShape(frame, number, { x: x(column) + aside(uploads, number, (each) => y(view.uploads[each].user)), y, together: uploads.length })))],
    ["g", { class: "mls-heads", transform: `translate(${size.scroll ?? 0} 0)` }, [
      ["rect", { class: "mls-heads-ground", x: 0, y: 0, width: room.left - 8, height: room.height }],
      ...rows.map((user) => userShape(view.users[user], user, y(user), room)),
      ...(others.length ? [othersShape(frame, y(others[0]), room)] : []),
    ]],
    ["g", { class: "mls-waits" }, [
      ...rows.map((user) => waitingShape(view.users[user].name, view.users[user].waiting, y(user), room)),
      ...(others.length ? [waitingShape("others", waitingOf(frame), y(others[0]), room)] : []),
    ].flat()],
  ];
}

/** Messages in one row that arrive at one instant stand a little apart. @param {number[]} uploads @param {number} number @param {(upload: number) => number} y */
function aside(uploads, number, y) {
  const own = uploads.filter((each) => y(each) === y(number));
  return (own.indexOf(number) - (own.length - 1) / 2) * Math.min(ASIDE, (COLUMN.least - 8) / own.length);
}

/** @param {number} width */
function margins(width) {
  return width < 480 ? NARROW : { left: LEFT, right: RIGHT };
}

/** Messages that arrive at one instant stand on one ground. @param {import("./frame.js").Column} column @param {number} x @param {Room} room @returns {Shape[]} */
function batch({ uploads }, x, room) {
  if (uploads.length < 2) return [];
  const width = room.column - 8;
  return [["rect", { class: "mls-batch", x: x - width / 2, y: HEAD - 6, width, height: room.rows * ROW + 6, rx: 8 }, [], uploads[0]]];
}

/** From where a user comes in, the line of the user. @param {string} name @param {number} x @param {number} y @param {Room} room @returns {Shape} */
function lineShape(name, x, y, room) {
  return ["path", { class: "mls-line-of-user", d: `M${x} ${y}H${room.width - room.right + 6}` }, [], name];
}

/** @param {Frame["view"]["users"][number]} user @param {number} number @param {number} y @param {Room} room @returns {Shape} */
function userShape({ name }, number, y, room) {
  const whole = /^“.*”$/su.test(name) ? name.slice(1, -1) : name;
  return ["g", {}, [
    ["title", {}, [name]],
    ["g", { class: `mls-node is-leaf is-keyed has-held mls-hue-${number % 8}`, transform: `translate(21 ${y})` }, [
      ["path", { class: "mls-shape", d: LEAF }],
      ["text", { class: "mls-inside", y: 4.5 }, [[...whole][0] ?? "?"]],
    ]],
    ...nameShape(shortened(name, 13), 40, y, room),
  ], name];
}

/** The users who share a row. @param {Frame} frame @param {number} y @param {Room} room @returns {Shape} */
function othersShape({ view, others }, y, room) {
  const names = list(few(others.map((user) => briefName(view.users[user].name))));
  const words = room.left === LEFT ? `${others.length} others` : `+${others.length}`;
  return ["g", { class: "mls-others" }, [["title", {}, [names]], ["text", { class: "mls-user", x: 10, y: y + 4 }, [words]]], "others"];
}

/** @param {string} words @param {number} x @param {number} y @param {Room} room @returns {Shape[]} */
function nameShape(words, x, y, room) {
  return room.left === LEFT ? [lineIn(words, "mls-user", { x, y: y + 4, width: LEFT - x - 8 })] : [];
}

/** How many messages wait for a user, if any do. @param {string} name @param {number} waiting @param {number} y @param {Room} room @returns {Shape[]} */
function waitingShape(name, waiting, y, room) {
  if (waiting === 0) return [];
  const words = room.left === LEFT && waiting < 1000 ? `${waiting} waiting` : String(waiting);
  return [["text", { class: "mls-waiting", x: room.width - room.right + 12, y: y + 4 }, [["title", {}, [`${name}: ${waiting} waiting`]], words], name]];
}

/** @param {Frame} frame */
function waitingOf({ view, others }) {
  return others.reduce((sum, user) => sum + view.users[user].waiting, 0);
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
