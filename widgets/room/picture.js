/** The drawing of a room: a screen for each device, with what it shows. */
import { forkIn } from "./frame.js";
import { READINGS, STATUSES, codeStart, senderOf } from "./words.js";
import { SVG } from "../shared/shapes.js";
import { counted, list, shortened } from "../shared/words.js";

/** @typedef {import("./frame.js").Frame} Frame */
/** @typedef {import("./frame.js").Screen} Screen */
/** @typedef {import("./frame.js").Line} Line */
/** @typedef {import("../shared/shapes.js").Shape} Shape */

const NO_KERNEL = "Run this cell to act";
/** How many lines a small screen shows. */
const FEW = 2;

/** @param {Frame} frame @returns {Shape[]} */
export function draw(frame) {
  const isForked = forkIn(frame.screens) !== null;
  return frame.screens.map((screen) => screenShape(frame, screen, isForked));
}

/** @param {Frame} frame @param {Screen} screen @param {boolean} isForked @returns {Shape} */
function screenShape(frame, screen, isForked) {
  const { view, situation, reading } = screen;
  const isSmall = frame.density === "small";
  const classes = ["mls-screen", `is-${situation.status}`, `mls-hue-${view.hue}`];
  if (view.archive) classes.push("is-archive");
  if (reading) classes.push(`reads-${reading}`);
  /** @type {Shape[]} */
  const parts = [header(frame, screen, isForked)];
  if (reading) parts.push(["p", { class: "mls-reading" }, [readingMark(reading), READINGS[reading]], "reading"]);
  if (!isSmall) parts.push(...banners(screen));
  if (frame.isNewest && view.alerts.length > 0) {
    parts.push(isSmall ? ["p", { class: "mls-warned" }, [counted(view.alerts.length, "warning", "warnings")], "alerts"] : alertsShape(frame, screen));
  }
  parts.push(linesShape(frame, screen, isSmall));
  if (frame.isNewest && view.pen.length > 0) parts.push(penShape(frame, screen, isSmall));
  return ["div", { class: classes.join(" "), role: "group", "aria-label": view.name, "data-screen": screen.index }, parts, view.id];
}

/** @param {Frame} frame @param {Screen} screen @param {boolean} isForked @returns {Shape} */
function header(frame, { view, situation, index }, isForked) {
  const status = STATUSES[situation.status] ?? situation.status;
  const counts = situation.code && frame.density !== "small" ? `${counted(situation.people, "person", "people")}, ${counted(situation.devices, "device", "devices")}` : "";
  const facts = [situation.epoch < 0 ? "" : `epoch ${situation.epoch}`, counts, status].filter(Boolean).join(" · ");
  /** @type {Shape[]} */
  const words = [
    ["button", { type: "button", class: "mls-owner", "data-act": "focus", title: view.name, "aria-label": `${view.name}: devices` }, [shortened(view.name, 24)]],
    ["span", { class: "mls-facts" }, [facts]],
  ];
  if (situation.code && frame.density !== "small") {
    words.push(["span", { class: `mls-code${isForked ? " is-forked" : ""}`, title: `Group code ${situation.code}` }, [`code ${codeStart(situation.code)}`]]);
  }
  return ["div", { class: "mls-screen-head" }, [badge(view, index), ["div", { class: "mls-head" }, words]], "head"];
}

/** The initial of the user, with the shape of the device. @param {Screen["view"]} view @param {number} index @returns {Shape} */
export function badge({ user, archive }, index) {
  const initial = [...user.replace(/^“/, "")][0] ?? "?";
  return ["svg", { xmlns: SVG, class: `mls-badge${archive ? " is-archive" : ""}`, viewBox: "-13 -13 26 26", width: 26, height: 26, "aria-hidden": "true", "data-index": index }, [
    archive ? ["path", { class: "mls-face", d: "M-11-9H11V-3H9V11H-9V-3H-11z" }] : ["rect", { class: "mls-face", x: -11, y: -11, width: 22, height: 22, rx: 6 }],
    ["text", { class: "mls-initial", y: 5 }, [initial]],
  ]];
}

/** @param {Screen} screen @returns {Shape[]} */
function banners({ archives, view }) {
  if (archives.length === 0) return [];
  const words = view.archive ? "This is an archive: it keeps all that is said, and never sends." : `${list(archives)} ${archives.length === 1 ? "keeps" : "keep"} all that is said here.`;
  return [["p", { class: "mls-banner" }, [["span", { class: "mls-banner-mark", "aria-hidden": "true" }, []], words], "banner"]];
}

/** @param {Frame} frame @param {Screen} screen @returns {Shape} */
function alertsShape(frame, { view }) {
  return ["div", { class: "mls-alerts", role: "group", "aria-label": "Warnings" }, view.alerts.map(({ kind, what, advice, steps }, number) =>
    /** @type {Shape} */ (["div", { class: "mls-alert" }, [
      ["p", {}, [["strong", {}, [what]], ` ${advice}`]],
      ["div", { class: "mls-steps" }, steps.map(({ act, label, leaf, reason }) => stepShape(frame, { act, label, leaf, reason }))],
    ], `${kind} ${number}`])), "alerts"];
}

/** @param {Frame} frame @param {{act: string, label: string, leaf: number | null, reason: string}} step @returns {Shape} */
export function stepShape({ live }, { act, label, leaf, reason }) {
  const why = act === "review" || (live && !reason) ? "" : reason || NO_KERNEL;
  return ["button", { type: "button", class: "mls-step", "data-act": act, "data-leaf": leaf, "aria-disabled": why ? "true" : null, title: why || null }, [label], `${act} ${leaf}`];
}

/** @param {Frame} frame @param {Screen} screen @param {boolean} isSmall @returns {Shape} */
function linesShape(frame, screen, isSmall) {
  const lines = isSmall ? screen.lines.slice(-FEW) : screen.lines;
  // one tab stop for all messages of a screen: the arrow keys go from one to the next
  const stop = lines.map(({ message }) => message !== null).lastIndexOf(true);
  const shapes = lines.map((line, at) => lineShape(frame, line, screen.lines.length - lines.length + at, at === stop));
  const empty = screen.situation.status === "outside" ? "This device is not in the group." : "Nothing yet.";
  return ["div", { class: "mls-lines", role: "list", "aria-label": "Messages and events" }, shapes.length > 0 ? shapes : [["div", { class: "mls-note", role: "listitem" }, [empty], "empty"]], "lines"];
}

/** @param {Frame} frame @param {Line} line @param {number} number @param {boolean} isStop @returns {Shape} */
function lineShape(frame, { kind, text, message }, number, isStop) {
  if (message === null) return ["div", { class: `mls-note is-${kind}`, role: "listitem" }, [text], number];
  const { view } = frame;
  const said = view.messages[message];
  const isOwn = kind === "own";
  const isChosen = message === frame.message;
  const sender = said.sender === null ? null : view.screens[said.sender];
  const classes = ["mls-said", isOwn ? "is-own" : "is-other", `mls-hue-${sender?.hue ?? 7}`, isChosen ? "is-chosen" : ""];
  const from = senderOf(view, said);
  return ["div", { class: classes.filter(Boolean).join(" "), role: "listitem" }, [
    ["button", { type: "button", class: "mls-bubble", tabindex: isStop ? null : -1, "data-message": message, "aria-pressed": String(isChosen), title: `Epoch ${said.epoch}: who could read it?` }, [
      ...(isOwn ? [] : [/** @type {Shape} */ (["span", { class: "mls-from" }, [shortened(from, 28)]])]),
      ["span", { class: "mls-text" }, [said.text]],
    ]],
  ], number];
}

/** Messages that have not been read here, and for what they wait. @param {Frame} frame @param {Screen} screen @param {boolean} isSmall @returns {Shape} */
function penShape({ view }, screen, isSmall) {
  const { pen } = screen.view;
  const head = `${counted(pen.length, "message waits", "messages wait")}`;
  if (isSmall) return ["p", { class: "mls-pen is-small" }, [head], "pen"];
  return ["div", { class: "mls-pen", role: "group", "aria-label": "Holding pen" }, [
    ["span", { class: "mls-pen-head" }, [head]],
    ...pen.slice(0, 3).map(({ message, reason }) =>
      /** @type {Shape} */ (["button", { type: "button", class: "mls-held", "data-message": message }, [envelope(), `${shortened(senderOf(view, view.messages[message]), 20)}: ${reason}`], message])),
  ], "pen"];
}

/** @returns {Shape} */
export function envelope() {
  return ["svg", { xmlns: SVG, class: "mls-envelope", viewBox: "-9 -7 18 14", width: 18, height: 14, "aria-hidden": "true" }, [
    ["rect", { x: -8, y: -6, width: 16, height: 12, rx: 2 }],
    ["path", { d: "M-8-6L0 1 8-6" }],
  ]];
}

/** An open lock, a closed one, one that was open, or none. @param {import("./frame.js").Reading} reading @returns {Shape} */
export function readingMark(reading) {
  const shackle = reading === "now" ? "M-3-1V-4a3 3 0 0 1 5.6-1.5" : "M-3-1V-4a3 3 0 0 1 6 0V-1";
  const body = ["rect", { x: -5, y: -1, width: 10, height: 8, rx: 1.5 }];
  const cross = ["path", { class: "mls-cross", d: "M-7 7L7-7" }];
  return ["svg", { xmlns: SVG, class: `mls-lock is-${reading}`, viewBox: "-8 -8 16 16", width: 14, height: 14, "aria-hidden": "true" },
    /** @type {Shape[]} */ (reading === "never" ? [body, ["path", { d: shackle }], cross] : [body, ["path", { d: shackle }]])];
}
