/** Functions that make elements, and the icons. */

const SVG = "http://www.w3.org/2000/svg";

/** @typedef {Record<string, string | number | boolean | ((event: any) => void)>} Attributes */

/** @param {Element} element @param {Attributes} attributes @param {(Node | string)[]} children */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false) element.setAttribute(name, String(value));
  }
  element.append(...children);
}

/**
 * An HTML element; a function among the attributes listens to the event of that name.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function html(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes, children);
  return element;
}

/**
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag @param {Attributes} [attributes] @param {...(Node | string)} children
 * @returns {SVGElementTagNameMap[T]}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, attributes, children);
  return element;
}

/**
 * Attributes of an element that keeps its keys from JupyterLab. JupyterLab looks for its shortcuts from the focused element
 * outwards, before other listeners get the key, and ignores the key only if it meets this attribute.
 * @type {Attributes}
 */
export const OWN_KEYS = {
  "data-lm-suppress-shortcuts": true,
  focusin: (/** @type {FocusEvent} */ event) =>
    /** @type {Element} */ (event.target).setAttribute("data-lm-suppress-shortcuts", "true"),
};

/** The document or shadow root of an element. It knows which element has the focus. @param {Element} element */
export function rootOf(element) {
  return /** @type {Document | ShadowRoot} */ (element.getRootNode());
}

/**
 * A prefix for ids that no other picture on the page has. A counter is not enough, because each picture may have its own
 * copy of this module.
 * @param {string} prefix
 */
export function uniqueName(prefix) {
  return `${prefix}-${crypto.getRandomValues(new Uint32Array(2)).join("-")}`;
}

/**
 * Set an attribute only if it differs, because every write costs time.
 * @param {Element} element @param {string} name @param {string} value
 */
export function attribute(element, name, value) {
  if (element.getAttribute(name) !== value) element.setAttribute(name, value);
}

/** What each list offers now. @type {WeakMap<HTMLSelectElement, string>} */
const offered = new WeakMap();

/**
 * Offer values with their names in a list, and choose one. Other options are made only where they differ: a list that is
 * open would close.
 * @param {HTMLSelectElement} select @param {(string | number)[][]} options a value and a name each @param {string | number} chosen
 */
export function offer(select, options, chosen) {
  const now = JSON.stringify(options);
  if (now !== offered.get(select)) {
    offered.set(select, now);
    select.replaceChildren(...options.map(([value, name]) => html("option", { value }, String(name))));
  }
  select.value = String(chosen);
}

/** Call a function with the width of an element whenever it is another. @param {Element} element @param {(width: number) => void} heard @returns {() => void} what ends it */
export function followWidth(element, heard) {
  let last = 0;
  const watch = new ResizeObserver(() => {
    const width = Math.floor(element.clientWidth);
    if (width === 0 || width === last) return;
    last = width;
    heard(width);
  });
  watch.observe(element);
  return () => watch.disconnect();
}

/** The icons, as paths in a square of 16. @type {Record<string, string>} */
export const ICONS = {
  "step-back": "M4 3.5v9M13 3.5 6 8l7 4.5z",
  "beat-back": "M11.5 3.5 5 8l6.5 4.5z",
  play: "M4.5 3 13 8l-8.5 5z",
  pause: "M5 3.5v9M11 3.5v9",
  "beat-on": "M4.5 3.5 11 8l-6.5 4.5z",
  "step-on": "M12 3.5v9M3 3.5 10 8l-7 4.5z",
  table: "M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9",
  help: "M5.6 6a2.4 2.4 0 1 1 3.6 2c-.8.5-1.2.9-1.2 1.8M8 12.4v.1",
  close: "M4 4l8 8M12 4l-8 8",
  copy: "M6 6h7v7H6zM10 6V3H3v7h3",
  check: "M3.5 8.5 6.5 11.5 12.5 4.5",
  locked: "M3.5 7.5h9v6h-9zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5",
  unlocked: "M3.5 7.5h9v6h-9zM5.5 7.5V4a2.5 2.5 0 0 1 4.8-1",
  closer: "M8 3.5v9M3.5 8h9",
  wider: "M3.5 8h9",
  up: "M3.5 10.5 8 5.5l4.5 5",
  down: "M3.5 5.5 8 10.5l4.5-5",
  unfold: "M8 2.5v11M5 5l3-2.5L11 5M5 11l3 2.5L11 11M4 8h8",
};

/** @param {string} name @returns {SVGSVGElement} */
export function icon(name) {
  return svg(
    "svg",
    { class: "mls-icon", viewBox: "0 0 16 16", "aria-hidden": "true" },
    svg("path", { d: ICONS[name] }),
  );
}

/** @param {string} name @param {string} label @param {() => void} press @returns {HTMLButtonElement} */
export function iconButton(name, label, press) {
  return html(
    "button",
    { type: "button", class: "mls-button", "aria-label": label, title: label, click: press },
    icon(name),
  );
}
