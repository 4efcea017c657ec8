/** What travels in a beat: secrets, ciphertexts and messages, each with its way. */
import { own } from "../shared/words.js";
import { descent, root } from "./geometry.js";

/** @typedef {import("./frame.js").Timeline} Timeline */
/** @typedef {import("./frame.js").Token} Token */
/** @typedef {import("./frame.js").Tree} Tree */
/** @typedef {import("./view.d.ts").StepView} Step */

/**
 * What travels in a beat.
 * @param {Timeline} time @param {Step} step @param {number} beat @param {string} viewer @param {boolean} known
 * @param {Tree} tree
 * @returns {Token[]}
 */
export function tokensOf(time, step, beat, viewer, known, tree) {
  const now = step.beats[beat];
  if (now === undefined) return [];
  /**
   * @param {"secret" | "envelope" | "message"} kind @param {number[]} route
   * @param {{label?: string, open?: boolean, own?: boolean}} [looks] @returns {Token}
   */
  const token = (kind, route, looks = {}) => ({ kind, route, label: "", open: false, own: false, known, ...looks });
  switch (now.kind) {
    case "leaf_key":
      return now.nodes.map((node) => token("secret", [node]));
    case "root":
      return [token("secret", [root(tree.leafCount)])];
    case "climb":
      return chains(now.edges).map((route) => token("secret", route));
    case "seal":
      return sealed(step, now.nodes).map(({ node, to, to_key }) =>
        token("envelope", descent(node, to), { label: time.view.keys[to_key].public.slice(0, 4) }),
      );
    case "open":
      return [
        ...sealed(step).map(({ to, opened_by }) =>
          token("envelope", [to], { open: now.nodes.includes(to), own: opened_by.includes(viewer) }),
        ),
        ...chains(now.edges).map((route) => token("secret", route)),
      ];
    case "welcome":
      return (step.welcome ?? []).map(({ to, opened_by }) =>
        token("envelope", [step.path?.committer ?? to, to], { open: opened_by.length > 0, own: opened_by.includes(viewer) }),
      );
    case "message":
      return now.edges.map((route) => {
        const isRead = own(step.message?.read, viewer) !== undefined;
        return token("message", route, { open: isRead, own: isRead });
      });
    default:
      return [];
  }
}

/** @param {Step} step @param {number[]} [nodes] only those sealed at these nodes */
function sealed(step, nodes) {
  return (step.path?.nodes ?? [])
    .filter(({ node }) => !nodes?.length || nodes.includes(node))
    .flatMap(({ node, envelopes }) => envelopes.map((envelope) => ({ node, ...envelope })));
}

/**
 * Edges in order, joined where one begins as another ends.
 * @param {[number, number][]} edges @returns {number[][]}
 */
function chains(edges) {
  /** @type {Map<number, number>} */
  const next = new Map(edges);
  const ends = new Set(edges.map(([, to]) => to));
  /** @type {number[][]} */
  const routes = [];
  const passed = new Set();
  for (const [from] of [...edges].sort(([a], [b]) => Number(ends.has(a)) - Number(ends.has(b)))) {
    if (passed.has(from)) continue;
    const route = [from];
    for (let at = next.get(from); at !== undefined; at = next.get(at)) {
      passed.add(route[route.length - 1]);
      route.push(at);
      if (passed.has(at)) break;
    }
    routes.push(route);
  }
  return routes;
}
