/** The motion of secrets, envelopes and messages: their way in a beat, and their place at its end. */
import { mount } from "../shared/shapes.js";
import { ROOM_FOR_NAMES, level, parent, pointOnEdge, radius, space, x, y } from "./geometry.js";

/** @typedef {import("./frame.js").Token} Token */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {import("./geometry.js").Layout} Layout */

const DRAWN_AT_MOST = 96;

/**
 * The layer of tokens over a picture.
 * @param {SVGGElement} layer
 */
export function motion(layer) {
  let running = 0;
  /** @type {Layout | null} */
  let latest = null;

  /** Show tokens at rest. @param {Token[]} tokens @param {Layout} places */
  function rest(tokens, places) {
    cancelAnimationFrame(running);
    running = 0;
    latest = places;
    arrange(tokens, 1);
  }

  /**
   * Let tokens travel, then rest.
   * @param {Token[]} tokens @param {Layout} places @param {number} time in milliseconds
   */
  function travel(tokens, places, time) {
    rest(tokens, places);
    arrange(tokens, 0);
    const began = performance.now();
    /** @param {number} now */
    function next(now) {
      const part = Math.min(1, Math.max(0, (now - began) / (time * 0.85)));
      arrange(tokens, part);
      running = part < 1 ? requestAnimationFrame(next) : 0;
    }
    running = requestAnimationFrame(next);
  }

  /** @param {Token[]} tokens @param {number} part */
  function arrange(tokens, part) {
    if (latest) mount(layer, drawTokens(tokens, latest, part));
  }

  /** Continue the motion in a new layout. @param {Layout} places */
  function follow(places) {
    latest = places;
  }

  return { rest, travel, follow, stop: () => cancelAnimationFrame(running) };
}

/**
 * Tokens on their way.
 * @param {Token[]} tokens @param {Layout} places @param {number} part of the way, from 0 to 1 @returns {Shape[]}
 */
export function drawTokens(tokens, places, part) {
  /** @type {Map<number, number>} */
  const piled = new Map();
  return tokens.slice(0, DRAWN_AT_MOST).map((token) => {
    const { route, kind, open, own, known } = token;
    const end = route[route.length - 1];
    const pile = piled.get(end) ?? 0;
    piled.set(end, pile + 1);
    const [px, py] = along(places, route, eased(part));
    const [dx, dy] =
      kind === "secret"
        ? [0, -radius(places, end) - 9]
        : [radius(places, end) * 0.7 + 6 + pile * 7, -radius(places, end) - 12];
    const settle = route.length > 1 ? part ** 3 : 1;
    const scale = hasRoom(places, end) ? "" : " scale(0.6)";
    const looks = { "is-open": open, "is-own": own, "is-unknown": !known, "is-bare": scale !== "", "is-there": part >= 1 };
    const names = Object.entries(looks).flatMap(([name, is]) => (is ? ` ${name}` : []));
    return [
      "g",
      {
        class: `mls-token is-${kind}${names.join("")}`,
        transform: `translate(${(px + dx * settle).toFixed(1)} ${(py + dy * settle).toFixed(1)})${scale}`,
      },
      tokenShapes(token),
    ];
  });
}

/**
 * A point on a route of nodes: along the tree's edges between neighbours, in an arc between others.
 * @param {Layout} places @param {number[]} route @param {number} part from 0 to 1 @returns {[number, number]}
 */
export function along(places, route, part) {
  const hops = route.length - 1;
  if (hops === 0) return [x(places, route[0]), y(places, route[0])];
  const hop = Math.min(hops - 1, Math.floor(part * hops));
  const [from, to] = [route[hop], route[hop + 1]];
  const rest = part * hops - hop;
  if (parent(from) === to || parent(to) === from) return pointOnEdge(places, from, to, rest);
  const [ax, ay, bx, by] = [x(places, from), y(places, from), x(places, to), y(places, to)];
  const lift = level(from) === level(to) ? Math.min(66, Math.abs(bx - ax) / 3 + 12) : 0;
  return [ax + (bx - ax) * rest, ay + (by - ay) * rest - lift * Math.sin(Math.PI * rest)];
}

/** Whether the nodes around a node leave room for a token and its label. @param {Layout} places @param {number} node */
function hasRoom(places, node) {
  return space(places, node) >= ROOM_FOR_NAMES;
}

/** @param {number} part */
function eased(part) {
  return part < 0.5 ? 2 * part * part : 1 - (2 - 2 * part) ** 2 / 2;
}

/** @param {Token} token @returns {Shape[]} */
export function tokenShapes({ kind, open, known, label }) {
  if (!known) {
    return [
      ["circle", { r: 8 }],
      ["text", { y: 4 }, ["?"]],
    ];
  }
  if (kind === "secret") return [["path", { d: "M0-7.5 6.5 0 0 7.5-6.5 0z" }]];
  return [
    ["rect", { class: "mls-paper", x: -9, y: -6, width: 18, height: 12, rx: 1.5 }],
    ["path", { class: "mls-flap", d: open ? "M-9-5 0-13 9-5" : "M-9-5 0 2 9-5" }],
    ...(label ? [/** @type {Shape} */ (["text", { x: 13, y: 4 }, [label]])] : []),
  ];
}
