/**
 * A picture as data: `draw(frame, size)` gives shapes, and this module turns shapes into elements or into text. A shape
 * is [tag, attributes, children, key]. Children are shapes or text. A shape without a key is identified by its place.
 */

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes false, null: left out; true: "" */
/** @typedef {[tag: string, attributes?: Attributes, children?: (Shape | string)[], key?: string | number]} Shape */

export const SVG = "http://www.w3.org/2000/svg";
const HTML = "http://www.w3.org/1999/xhtml";

/** What was mounted: the key of a node and the attributes that it was given. */
const mounted = /** @type {WeakMap<Node, {key: string | number, attributes: Attributes}>} */ (new WeakMap());

/**
 * Make these shapes the children of an element. An element with the same key is kept, and only differences are written,
 * so that the focus and transitions survive.
 * @param {Element} parent @param {(Shape | string)[]} shapes
 */
export function mount(parent, shapes) {
  const old = new Map([...parent.childNodes].map((node, index) => [mounted.get(node)?.key ?? index, node]));
  const nodes = shapes.map((shape, index) => {
    const key = typeof shape === "string" ? index : (shape[3] ?? index);
    const node = typeof shape === "string" ? textOf(old.get(key), shape) : elementOf(parent, old.get(key), shape);
    if (!mounted.has(node)) mounted.set(node, { key, attributes: {} });
    return node;
  });
  // Elements that are not needed any more are removed first, so that the others do not have to move.
  const staying = new Set(nodes);
  for (const node of old.values()) if (!staying.has(node)) node.remove();
  for (const [index, node] of nodes.entries()) {
    if (parent.childNodes[index] !== node) parent.insertBefore(node, parent.childNodes[index] ?? null);
    if (node instanceof Element) fill(node, /** @type {Shape} */ (shapes[index]));
  }
}

/** @param {Element} element @param {Shape} shape */
function fill(element, [, attributes = {}, children = []]) {
  patch(element, attributes);
  mount(element, children);
}

/** @param {Node | undefined} known @param {string} text @returns {ChildNode} */
function textOf(known, text) {
  if (!(known instanceof Text)) return document.createTextNode(text);
  if (known.data !== text) known.data = text;
  return known;
}

/** @param {Element} parent @param {Node | undefined} known @param {Shape} shape @returns {ChildNode} */
function elementOf(parent, known, [tag]) {
  if (known instanceof Element && known.localName === tag) return known;
  const isDrawn = tag === "svg" || (parent.namespaceURI === SVG && parent.localName !== "foreignObject");
  return document.createElementNS(isDrawn ? SVG : HTML, tag);
}

/** Write the attributes that differ from the ones written before. @param {Element} element @param {Attributes} attributes */
function patch(element, attributes) {
  const state = mounted.get(element);
  const before = state?.attributes ?? {};
  for (const name of Object.keys(before)) if (!(name in attributes)) element.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) {
    if (before[name] === value) continue;
    if (isAbsent(value)) element.removeAttribute(name);
    // As an attribute, `style` would be an inline style, which the Content-Security-Policy of a page forbids.
    else if (name === "style") /** @type {HTMLElement} */ (element).style.cssText = String(value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  if (state) state.attributes = attributes;
}

/** @param {Attributes[string]} value */
function isAbsent(value) {
  return value === false || value === null || value === undefined;
}

/** A new element from a shape. @param {Shape} shape @returns {Element} */
export function made(shape) {
  const parent = document.createElement("div");
  mount(parent, [shape]);
  return /** @type {Element} */ (parent.firstElementChild);
}

/**
 * A shape as text, which is valid XML, and valid HTML as long as it has no element that HTML leaves open.
 * @param {Shape | string} shape @param {(name: string) => boolean} [isWanted] which attributes are written
 * @returns {string}
 */
export function write(shape, isWanted = () => true) {
  if (typeof shape === "string") return escaped(shape);
  const [tag, attributes = {}, children = []] = shape;
  const given = Object.entries(attributes).filter(([name, value]) => !isAbsent(value) && isWanted(name));
  const written = given.map(([name, value]) => ` ${name}="${escaped(value === true ? "" : String(value))}"`);
  return `<${tag}${written.join("")}>${children.map((child) => write(child, isWanted)).join("")}</${tag}>`;
}

/** @type {Record<string, string>} */
const SIGNS = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML and HTML, without the characters that XML forbids even as references. @param {string} text */
export function escaped(text) {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "")
    .replace(/[&<>"]/g, (sign) => SIGNS[sign]);
}

/**
 * One line of words that ends at the edge of its room: how wide letters are is known to the page alone. `y` is the line on
 * which the words stand.
 * @param {string} words @param {string} name its class @param {{x: number, y: number, width: number}} room @returns {Shape}
 */
export function lineIn(words, name, { x, y, width }) {
  return ["svg", { class: "mls-cut", x, y: y - 16, width, height: 24 }, [["text", { class: name, x: 0, y: 16 }, [words]]]];
}
