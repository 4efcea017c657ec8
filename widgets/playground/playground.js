/**
 * A playground: pictures of one live world, and the actions that are possible in it. The same module runs in JupyterLab
 * (anywidget), in the app (Panel) and in an exported page, where nobody can act.
 *
 * Traits from Python: view, opened ({number, step}: another history is shown from this step), offer, shared, answer
 * ({number, words}), saved ({number, page}), scenarios, scenario, histories, groups, group, reads, exports, compared, inspected, inspections, can_act,
 * has_address, progress ({number, done, total}: how far the work on a wish is).
 * Traits to Python: step, epoch, asked ({number, do, ...}), cancelled (the number of a wish). Both ways: viewer, member, leaks, chosen, pictures.
 */
import { render as renderDiff } from "../group_diff/group_diff.js";
import { render as renderSchedule } from "../key_schedule/key_schedule.js";
import { render as renderLifetimes } from "../key_lifetimes/key_lifetimes.js";
import { render as renderTree } from "../ratchet_tree/ratchet_tree.js";
import { render as renderRoom } from "../room/room.js";
import { render as renderSecrets } from "../secret_tree/secret_tree.js";
import { render as renderMatrix } from "../security_matrix/security_matrix.js";
import { render as renderServer } from "../server_knowledge/server_knowledge.js";
import { render as renderTimeline } from "../timeline/timeline.js";
import { OWN_KEYS, html } from "../shared/dom.js";
import { COMPARE, INSPECT } from "../shared/inspect.js";
import { live } from "../shared/live.js";
import { announced } from "../shared/notebook_output.js";
import { save } from "../shared/save.js";
import { isWaiting } from "../shared/waiting.js";
import { waitingLine } from "../shared/waiting_line.js";
import { objectOf, render as renderWire } from "../wire_inspector/wire_inspector.js";
import { actionForm } from "./actions.js";
import { ADDRESS_AT_MOST, sharePanel } from "./share.js";
import { PICTURES, playgroundBar } from "./toolbar.js";
import { workspace } from "./workspace.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./workspace.js").Name} Name */

const TRAITS = [
  ...["view", "offer", "shared", "answer", "saved", "scenarios", "scenario", "histories", "groups", "group"],
  ...["reads", "can_act", "asked", "failed", "progress", "cancelled", "chosen", "pictures", "member", "compared"],
];
const RENDER = { tree: renderTree, timeline: renderTimeline, matrix: renderMatrix, lifetimes: renderLifetimes, server: renderServer, room: renderRoom, schedule: renderSchedule, secrets: renderSecrets, wire: renderWire, diff: renderDiff };

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const space = workspace(model);
  const { begin, soon, tell, stop } = live({ model, el }, TRAITS, update);
  /** What only this view knows. */
  const own = { inspected: "", compared: "", sought: "", isSharing: false, saved: model.get("saved").number };
  /** What ends each picture that is shown. @type {Map<Name, () => void>} */
  const ends = new Map();

  const bar = playgroundBar({
    begin: (scenario) => ask({ do: "begin", scenario }),
    goBack: (history) => ask({ do: "return", history }),
    group: (group) => ask({ do: "group", group }),
    picture: (name) => tell({ pictures: flipped(model.get("pictures"), name) }),
    share: () => change({ isSharing: !own.isSharing }),
  });
  const shownStep = () => space.shared.get("step");
  const share = sharePanel({ open: (content) => ask({ do: "open", content }), page: () => ask({ do: "page" }), clip: () => ask({ do: "clip" }), step: shownStep });
  const waiting = waitingLine(model, tell);
  const form = actionForm({
    waiting: waiting.element,
    choose: (chosen) => tell({ chosen }),
    act: (name, from) => ask({ do: "act", name, from }),
    newest: () => space.shared.set("step", lastStep()),
    step: shownStep,
  });
  const reads = html("ul", {});
  const read = html("div", { class: "mls-reads", role: "group", "aria-label": "What the attacker has read" }, html("h3", {}, "The attacker has read"), reads);
  const tree = html("div", { class: "mls-place" });
  const others = html("div", { class: "mls-others" });
  const root = html(
    "div",
    { class: "mls mls-playground", ...OWN_KEYS },
    bar.element,
    share.element,
    html("div", { class: "mls-play-body" }, tree, html("div", { class: "mls-play-side" }, form.element, read), others),
  );

  function lastStep() {
    return space.view().tree.steps.length - 1;
  }

  /** @param {Partial<typeof own>} changes */
  function change(changes) {
    Object.assign(own, changes);
    soon();
  }

  /** @param {Record<string, unknown>} wish */
  function ask(wish) {
    if (isBusy()) return;
    space.tellStep();
    tell({ asked: { ...wish, number: model.get("asked").number + 1 } });
  }

  function isBusy() {
    return isWaiting(model, model.get("answer").number);
  }

  /** Show the pictures that the reader wants, in the order of their names. */
  function mountPictures() {
    const wanted = /** @type {Name[]} */ (PICTURES.map(([name]) => name).filter((name) => model.get("pictures").includes(name) && (name !== "diff" || hasCompared())));
    for (const [name, end] of ends) {
      if (wanted.includes(name) || name === "tree") continue;
      end();
      ends.delete(name);
    }
    for (const name of wanted) if (!ends.has(name)) start(name, others);
    others.hidden = wanted.length === 0;
    wanted.forEach((name, place) => {
      const element = others.querySelector(`:scope > [data-picture="${name}"]`);
      if (element && others.children[place] !== element) others.insertBefore(element, others.children[place]);
    });
    const sought = others.querySelector(`:scope > [data-picture="${own.sought}"]`);
    sought?.scrollIntoView({ block: "nearest" });
    if (sought) own.sought = "";
  }

  /** @param {Name} name @param {HTMLElement} place */
  function start(name, place) {
    const element = html("div", { class: "mls-place", "data-picture": name });
    place.append(element);
    const end = RENDER[name]({ model: space.pictures[name], el: element });
    ends.set(name, () => {
      end();
      element.remove();
    });
  }

  function update() {
    const canAct = model.get("can_act");
    bar.show({
      canAct,
      scenarios: model.get("scenarios"),
      scenario: model.get("scenario"),
      histories: model.get("histories"),
      groups: model.get("groups"),
      group: model.get("group"),
      pictures: model.get("pictures"),
      canCompare: canAct || hasCompared(),
      isSharing: own.isSharing,
    });
    const { text } = model.get("shared");
    const isInAddress = model.get("has_address") && text !== "" && text.length <= ADDRESS_AT_MOST;
    share.show({ isOpen: own.isSharing, shared: model.get("shared"), address: isInAddress ? addressOf(text) : "" });
    form.element.hidden = !canAct;
    waiting.show(isBusy());
    if (canAct) form.show(model.get("offer"), model.get("chosen"), { last: lastStep(), isBusy: isBusy(), words: model.get("answer").words });
    const messages = /** @type {[string, string][]} */ (model.get("reads"));
    read.hidden = messages.length === 0;
    reads.replaceChildren(...messages.map(([sender, content]) => html("li", {}, html("b", {}, sender), `: ${content}`)));
    const saved = model.get("saved");
    if (saved.number !== own.saved) {
      own.saved = saved.number;
      if (saved.clip) save("history.svg", "image/svg+xml", saved.clip);
      else save("history.html", "text/html", saved.page);
    }
    mountPictures();
    openMessage();
    askToCompare();
  }

  /** A link of the app that opens this history at the step that is shown. @param {string} text */
  function addressOf(text) {
    const { origin, pathname } = location;
    return `${origin}${pathname}?${new URLSearchParams({ history: text, step: String(shownStep() + 1) })}`;
  }

  /** The reader chooses another branch of the timeline: Python opens its history. */
  function goToBranch() {
    const history = space.view().branches[space.pictures.timeline.get("branch") - 1];
    if (history !== undefined && model.get("can_act")) ask({ do: "return", history });
  }

  /** Python exports what the reader asks for in the key schedule. */
  function exportSecret() {
    const { epoch, label, context, length } = space.pictures.schedule.get("asked");
    ask({ do: "export", epoch, label, context, length });
  }

  /** Python opens the message that the reader inspects; each wish once, because some cannot be answered. */
  function openMessage() {
    const traits = /** @type {any} */ (Object.fromEntries(["message", "viewer", "shown", "others"].map((name) => [name, space.pictures.wire.get(name)])));
    const wish = `${traits.message} ${traits.viewer} ${space.view().wire.messages.length} ${model.get("opened").number}`;
    if (!model.get("can_act") || !model.get("pictures").includes("wire") || !traits.message || objectOf(traits) || isBusy() || wish === own.inspected) return;
    own.inspected = wish;
    ask({ do: "inspect", message: traits.message, viewer: traits.viewer });
  }

  function hasCompared() {
    return model.get("compared").lines !== undefined;
  }

  /** Python compares the history with its branches when the reader wants it, and again when it has grown. */
  function askToCompare() {
    const wish = `${model.get("opened").number} ${lastStep()}`;
    if (!model.get("can_act") || !model.get("pictures").includes("diff") || isBusy() || wish === own.compared) return;
    own.compared = wish;
    ask({ do: "compare" });
  }

  /** Bring a picture into sight, and show it if it is not shown yet. @param {Name} name */
  function open(name) {
    change({ sought: name });
    if (!model.get("pictures").includes(name)) tell({ pictures: [...model.get("pictures"), name] });
  }

  /** The member that is chosen in a picture acts next. */
  function choose() {
    const member = space.shared.get("member");
    const { chosen, offer } = { chosen: model.get("chosen"), offer: model.get("offer") };
    if (model.get("can_act") && offer.people.includes(member) && chosen.who !== member) tell({ chosen: { ...chosen, who: member } });
  }

  space.shared.on("change:member", choose);
  space.shared.on("change:step", soon);
  space.pictures.schedule.on("change:asked", exportSecret);
  space.pictures.timeline.on("change:branch", goToBranch);
  for (const name of ["message", "viewer", "shown"]) space.pictures.wire.on(`change:${name}`, soon);
  root.addEventListener(INSPECT, () => open("wire"));
  root.addEventListener(COMPARE, () => open("diff"));
  el.append(root);
  start("tree", tree);
  begin();

  return () => {
    stop();
    space.stop();
    form.stop();
    for (const end of ends.values()) end();
    root.remove();
  };
}

/** Names with one more, or without it if it is there. @param {string[]} names @param {string} name */
function flipped(names, name) {
  return names.includes(name) ? names.filter((one) => one !== name) : [...names, name];
}

export default announced(render);
