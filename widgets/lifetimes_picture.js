/**
 * The drawing of lifetimes: epochs and events on top, below them a lane for each secret and what took its place. What
 * depends on the theft is classes alone, so that the line can be dragged without drawing anew.
 */
import { attribute, svg } from "./dom.js";
import { FOOT, HEAD, ROW, epochSpans, extent, short, x } from "./lifetimes_geometry.js";
import { fate, outcome } from "./loot.js";

/** @typedef {import("./lifetimes.d.ts").KeyLifetimesView} View */
/** @typedef {import("./lifetimes_geometry.js").Row} Row */
/** @typedef {import("./lifetimes_geometry.js").Scale} Scale */
/** @typedef {import("./loot.js").Theft} Theft */

const EVENTS = 37;
const ENVELOPE = "M-7-5h14v10h-14zM-7-5 0 1 7-5";
const OPENED = "M-7-4h14v9h-14zM-7-4 0-9 7-4";
export const DIAMOND = "M0-5.5 5.5 0 0 5.5-5.5 0z";
export const STRIKE = "M-4 7 4-7";
const FLAG = "M0 5v-10l7 2.5-7 2.5";
const ROOM_FOR_EPOCH = 66;
const ROOM_FOR_NUMBER = 14;
const ROOM_FOR_COUNT = 11;

/** @param {string} name a name for ids that is unique on the page */
export function picture(name) {
  const head = svg("g", { class: "mls-axis" });
  const lanes = svg("g", { class: "mls-lanes" });
  const canvas = svg(
    "svg",
    { class: "mls-plot", role: "img" },
    svg("defs", {}, hatching(`${name}-taken`, 4.5, 1.3), hatching(`${name}-known`, 9, 1)),
    head,
    lanes,
  );
  /** What changes with the theft. @type {((theft: Theft) => void)[]} */
  let changes = [];

  /** Draw all but the theft. @param {View} view @param {Row[]} rows @param {Scale} scale */
  function build(view, rows, scale) {
    const height = HEAD + ROW * rows.length + FOOT;
    for (const [key, value] of Object.entries({ width: scale.width, height })) attribute(canvas, key, String(value));
    attribute(canvas, "viewBox", `0 0 ${scale.width} ${height}`);
    changes = [];
    const events = view.security.steps.map((_, step) => event(view, scale, step));
    head.replaceChildren(...epochs(view, scale, height), ...events);
    lanes.replaceChildren(...rows.map((row, index) => lane(view, row, index, scale)));
  }

  /** @param {View} view @param {Scale} scale @param {number} height */
  function epochs(view, scale, height) {
    return epochSpans(view, scale).map(({ epoch, from, to }) => {
      const width = Math.max(0, to - from - 3);
      const place = { x: short(from + 2), y: 2, width: short(width), height: 20, rx: 5 };
      const cell = svg(
        "g",
        { class: "mls-era" },
        svg("path", { class: "mls-era-line", d: `M${short(from + 0.5)} 24V${height - FOOT}` }),
        svg("rect", { class: "mls-era-box", ...place }),
        svg("rect", { class: "mls-era-hatch", ...place, fill: `url(#${name}-taken)` }),
      );
      const words = width >= ROOM_FOR_EPOCH ? `epoch ${epoch}` : width >= ROOM_FOR_NUMBER ? String(epoch) : "";
      cell.append(svg("text", { x: short(from + 2 + width / 2), y: 16.5 }, words));
      changes.push(({ epochs: open }) => cell.classList.toggle("is-open", open.includes(epoch)));
      return cell;
    });
  }

  /** @param {View} view @param {Scale} scale @param {number} step */
  function event(view, scale, step) {
    const { kind, title, sentence } = view.security.steps[step];
    const index = view.security.messages.findIndex((message) => message.step === step);
    const at = `translate(${short(x(scale, step))} ${EVENTS})`;
    if (index < 0) {
      const mark = kind === "theft" ? svg("path", { d: FLAG }) : svg("circle", { r: kind === "commit" ? 4 : 2.5 });
      return svg("g", { class: `mls-tick is-${kind}`, transform: at }, svg("title", {}, `${step + 1}. ${title}`), mark);
    }
    const { text } = view.security.messages[index];
    const shape = svg("path", { d: ENVELOPE });
    const said = svg("title", {}, "");
    changes.push(({ messages }) => {
      const isOpen = messages.includes(index);
      mark.classList.toggle("is-open", isOpen);
      attribute(shape, "d", isOpen ? OPENED : ENVELOPE);
      said.textContent = `${step + 1}. ${isOpen ? `${title}, which is read: “${text}”` : sentence}`;
    });
    const mark = svg("g", { class: "mls-tick is-message", transform: at }, said, shape);
    return mark;
  }

  /** @param {View} view @param {Row} row @param {number} index @param {Scale} scale */
  function lane(view, row, index, scale) {
    const middle = HEAD + ROW * index + ROW / 2;
    const group = svg("g", { class: "mls-lane", "data-kind": row.kind, transform: `translate(0 ${middle})` });
    group.append(svg("path", { class: "mls-lane-line", d: `M0 0H${short(scale.width)}` }));
    group.append(...row.bars.map((bar) => life(view, bar, scale)));
    group.append(...row.band.map((span) => folded(row, span, scale)));
    return group;
  }

  /** @param {View} view @param {import("./lifetimes.d.ts").Bar} bar @param {Scale} scale */
  function life(view, bar, scale) {
    const [from, to] = extent(scale, bar.born, bar.died);
    const place = { x: short(from), y: -4.5, width: short(to - from), height: 9 };
    const said = svg("title", {}, "");
    const mark = svg(
      "g",
      { class: "mls-span", "data-fact": bar.fact },
      said,
      svg("rect", { class: "mls-span-body", ...place }),
      svg("rect", { class: "mls-span-taken", ...place, fill: `url(#${name}-taken)` }),
      svg("rect", { class: "mls-span-known", ...place, fill: `url(#${name}-known)` }),
      svg("path", { class: "mls-birth", d: DIAMOND, transform: `translate(${short(from)} 0)` }),
    );
    if (bar.died !== null) mark.append(strike(to));
    changes.push((theft) => {
      const what = fate(bar, theft.step);
      mark.classList.toggle("is-taken", what === "taken");
      mark.classList.toggle("is-deleted", what === "deleted");
      mark.classList.toggle("is-known", what !== "taken" && theft.knowledge.has(bar.fact));
      said.textContent = `${view.security.facts[bar.fact].words}: ${outcome(bar, theft)}`;
    });
    return mark;
  }

  /** @param {Row} row @param {import("./lifetimes.d.ts").Span} span @param {Scale} scale */
  function folded(row, span, scale) {
    const [from, to] = extent(scale, span.first, span.end);
    const place = { x: short(from), y: -7.5, width: short(Math.max(2, to - from)), height: 15, rx: 3 };
    const bars = row.all.filter((bar) => fate(bar, span.first) === "taken");
    const said = svg("title", {}, "");
    const mark = svg(
      "g",
      { class: "mls-span is-band" },
      said,
      svg("rect", { class: "mls-span-body", ...place }),
      svg("rect", { class: "mls-span-taken", ...place, fill: `url(#${name}-taken)` }),
      svg("rect", { class: "mls-span-known", ...place, fill: `url(#${name}-known)` }),
      svg("text", { x: short((from + to) / 2), y: 4.5 }, to - from >= ROOM_FOR_COUNT ? String(span.count) : ""),
    );
    if (span.deleted > 0) mark.append(strike(to));
    changes.push((theft) => {
      const isCut = fate({ fact: -1, born: span.first, died: span.end }, theft.step) === "taken";
      const stolen = bars.filter((bar) => fate(bar, theft.step) === "taken").length;
      const known = bars.filter((bar) => theft.knowledge.has(bar.fact)).length;
      mark.classList.toggle("is-taken", isCut);
      mark.classList.toggle("is-deleted", bars.every((bar) => fate(bar, theft.step) === "deleted"));
      mark.classList.toggle("is-known", !isCut && known > 0);
      said.textContent = `${row.name}: ${span.count}, of which ${stolen} stolen and ${known - stolen} can be computed`;
    });
    return mark;
  }

  /** @param {Theft} theft */
  function show(theft) {
    for (const change of changes) change(theft);
  }

  return { canvas, build, show };
}

/** @param {string} id @param {number} gap @param {number} width */
function hatching(id, gap, width) {
  return svg(
    "pattern",
    { id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
    svg("path", { class: "mls-hatch-line", d: `M${gap / 2} 0V${gap}`, "stroke-width": width }),
  );
}

/** What is deleted ends with a strike, never just gone. @param {number} at */
function strike(at) {
  return svg("path", { class: "mls-strike", d: STRIKE, transform: `translate(${short(at)} 0)` });
}
