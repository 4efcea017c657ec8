/**
 * Shapes on a canvas, for pictures with thousands of marks. The styles are those of the stylesheets: elements that nobody
 * sees wear the classes of the shapes, and the browser says what they would look like.
 */
import { SVG } from "./shapes.js";

/** @typedef {import("./shapes.js").Shape} Shape */
/** @typedef {import("./shapes.js").Attributes} Attributes */

/**
 * @typedef {object} Look how the stylesheets draw a shape
 * @property {string} fill "none": not at all
 * @property {string} stroke
 * @property {number} width
 * @property {number[]} dash
 * @property {CanvasLineCap} cap
 * @property {CanvasLineJoin} join
 * @property {number} opacity
 * @property {boolean} isScaled whether a line is as wide as its shape is large
 * @property {string} font
 * @property {CanvasTextAlign} align
 * @property {boolean} isOutlined whether the outline of a text is below its letters
 */

const ALIGN = /** @type {Record<string, CanvasTextAlign>} */ ({ middle: "center", start: "left", end: "right" });
const TRANSFORM = /translate\((\S+) (\S+)\)(?: scale\((\S+?)(?: (\S+))?\))?/;

/**
 * @param {CanvasRenderingContext2D} ink
 * @param {Element} models an element that is not displayed, in the picture: there the classes are looked up
 */
export function painter(ink, models) {
  /** @type {Map<Element, Look>} */
  const looks = new Map();
  /** @type {WeakMap<Element, Map<string, Element>>} */
  const children = new WeakMap();

  /** The model of a shape within the model of what it is in. @param {Element} within @param {string} tag @param {string} name */
  function modelOf(within, tag, name) {
    const known = children.get(within) ?? new Map();
    children.set(within, known);
    const key = `${tag} ${name}`;
    const before = known.get(key);
    if (before) return before;
    const model = document.createElementNS(SVG, tag);
    model.setAttribute("class", name);
    within.append(model);
    known.set(key, model);
    return model;
  }

  /** @param {Element} model @returns {Look} */
  function lookOf(model) {
    const before = looks.get(model);
    if (before) return before;
    const style = getComputedStyle(model);
    const look = {
      fill: style.fill,
      stroke: style.stroke,
      width: parseFloat(style.strokeWidth),
      dash: style.strokeDasharray === "none" ? [] : style.strokeDasharray.split(",").map(parseFloat),
      cap: /** @type {CanvasLineCap} */ (style.strokeLinecap),
      join: /** @type {CanvasLineJoin} */ (style.strokeLinejoin),
      opacity: Number(style.opacity),
      isScaled: style.vectorEffect !== "non-scaling-stroke",
      font: `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`,
      align: ALIGN[style.textAnchor],
      isOutlined: style.paintOrder.startsWith("stroke"),
    };
    looks.set(model, look);
    return look;
  }

  /**
   * @param {(Shape | string)[]} shapes @param {Element} within @param {number} scale
   */
  function paintAll(shapes, within, scale) {
    for (let at = 0; at < shapes.length; ) {
      const [tag, attributes = {}, inner = []] = /** @type {Shape} */ (shapes[at]);
      const name = String(attributes.class ?? "");
      const model = modelOf(within, tag, name);
      if (tag === "g") {
        paintGroup(inner, model, String(attributes.transform ?? ""), scale);
        at += 1;
      } else if (tag === "text") {
        write(String(inner[0]), attributes, lookOf(model));
        at += 1;
      } else at = paintRun(shapes, at, lookOf(model), scale);
    }
  }

  /** @param {(Shape | string)[]} inner @param {Element} model @param {string} transform @param {number} scale */
  function paintGroup(inner, model, transform, scale) {
    const moved = TRANSFORM.exec(transform);
    if (!moved) return paintAll(inner, model, scale);
    const across = Number(moved[3] ?? 1);
    ink.save();
    ink.translate(Number(moved[1]), Number(moved[2]));
    ink.scale(across, Number(moved[4] ?? across));
    paintAll(inner, model, scale * across);
    ink.restore();
  }

  /**
   * Paint neighbours that look the same at once, because a thousand strokes cost more than one stroke of a thousand pieces.
   * @param {(Shape | string)[]} shapes @param {number} at @param {Look} look @param {number} scale
   * @returns {number} where the next shape is
   */
  function paintRun(shapes, at, look, scale) {
    const [tag, first] = /** @type {Shape} */ (shapes[at]);
    const run = new Path2D();
    let next = at;
    for (; next < shapes.length; next += 1) {
      const [other, attributes = {}] = /** @type {Shape} */ (shapes[next]);
      if (other !== tag || attributes.class !== first?.class) break;
      trace(run, tag, attributes);
    }
    ink.globalAlpha = look.opacity;
    if (look.fill !== "none") {
      ink.fillStyle = look.fill;
      ink.fill(run);
    }
    if (look.stroke !== "none" && look.width > 0) {
      outline(look, scale);
      ink.stroke(run);
    }
    ink.globalAlpha = 1;
    return next;
  }

  /** @param {Look} look @param {number} scale */
  function outline(look, scale) {
    ink.strokeStyle = look.stroke;
    ink.lineWidth = look.isScaled ? look.width : look.width / scale;
    ink.setLineDash(look.isScaled ? look.dash : look.dash.map((each) => each / scale));
    ink.lineCap = look.cap;
    ink.lineJoin = look.join;
  }

  /** @param {string} words @param {Attributes} attributes @param {Look} look */
  function write(words, { x = 0, y = 0 }, look) {
    ink.font = look.font;
    ink.textAlign = look.align;
    if (look.isOutlined && look.stroke !== "none") {
      outline(look, 1);
      ink.strokeText(words, Number(x), Number(y));
    }
    ink.fillStyle = look.fill;
    ink.fillText(words, Number(x), Number(y));
  }

  return {
    /** @param {Shape[]} shapes */
    paint: (shapes) => paintAll(shapes, models, 1),
    /** Ask the stylesheets again: the theme may be another one now. */
    forget: () => looks.clear(),
  };
}

/** Add the outline of a shape to a path. @param {Path2D} run @param {string} tag @param {Attributes} attributes */
function trace(run, tag, { x = 0, y = 0, width = 0, height = 0, rx = 0, cx = 0, cy = 0, r = 0, d = "" }) {
  if (tag === "path") run.addPath(new Path2D(String(d)));
  else if (tag === "rect" && rx) run.roundRect(Number(x), Number(y), Number(width), Number(height), Number(rx));
  else if (tag === "rect") run.rect(Number(x), Number(y), Number(width), Number(height));
  else {
    run.moveTo(Number(cx) + Number(r), Number(cy));
    run.arc(Number(cx), Number(cy), Number(r), 0, 2 * Math.PI);
  }
}
