/**
 * The page Room: the screen of one device, the tree with the keys that it holds, and what its person can do. The lecturer
 * has more buttons, and the projector shows the whole class. The page shows what Python tells it over a WebSocket
 * (room_host.py), and asks Python for everything that a person does.
 */
import { layout } from "../ratchet_tree/geometry.js";
import { render as renderTree } from "../ratchet_tree/ratchet_tree.js";
import { frameOf } from "../room/frame.js";
import { draw } from "../room/picture.js";
import { STATUSES } from "../room/words.js";
import { html } from "../shared/dom.js";
import { pressed } from "../shared/live.js";
import { localModel } from "../shared/local_model.js";
import { mount } from "../shared/shapes.js";
import { counted } from "../shared/words.js";

/** @typedef {import("../ratchet_tree/view.d.ts").RatchetTreeView} TreeView */
/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("../shared/shapes.js").Shape} Shape */
/** @typedef {{text: string, options: string[], is_open: boolean, voters: number, counts: number[] | null, own: number, answer: number}} Question */
/** @typedef {{name: string, shown: string, standing: string, waits: boolean, is_held: boolean, is_compromised: boolean}} Person */
/** @typedef {{story: {kind: string, text: string}[], epoch: number, members: number, away: number, waiting: number, messages: number, reads: number, reads_now: boolean, is_attacked: boolean, is_open: boolean, people: Person[]}} Class */
/** @typedef {{view: import("../room/frame.js").View, waits: boolean}} Screen */
/** @typedef {{kind: string, own: number, held: number[], view: TreeView}} Tree */
/** @typedef {(wish: Record<string, unknown>) => void} Ask */

const ME = "this device";
/** Seconds between two attempts to connect. */
const PAUSES = [1, 2, 4, 8];
/** How many lines of the story the projector shows. */
const STORY = 7;
/** How many times larger the projector draws the tree at most, and the height that it leaves for the padlock above it. */
const LARGEST = 1.7;
const ROOM_FOR_PADLOCK = 56;

/** The bounds of the fields; Python has the same, and refuses what is longer. */
const AT_MOST = { name: 30, text: 500, question: 200, option: 60 };

/**
 * The view of a tree with the person's own device as a viewer, who holds these private keys. Its one beat lights the own
 * leaf, so that a person finds it among sixty.
 * @param {Tree} tree @returns {TreeView}
 */
export function withOwnKeys({ view, own, held }) {
  if (own < 0) return view;
  const [first, ...later] = view.steps;
  const nodes = view.keyframe.nodes;
  const leaf = nodes[own];
  const found = leaf ? `You are leaf ${own / 2}, which is lit. ` : "";
  const beat = { kind: /** @type {const} */ ("confirm"), sentence: `${found}${first.sentence}`, nodes: leaf ? [own] : [], edges: [], known_to: null };
  const learned = held.flatMap((node) => (nodes[node] ? [{ key: nodes[node].key, how: /** @type {const} */ ("generated") }] : []));
  return {
    ...view,
    viewers: [{ id: ME, name: "You", kind: "member" }, ...view.viewers],
    steps: [{ ...first, beats: [beat], keys_learned: { ...first.keys_learned, [ME]: learned } }, ...later],
  };
}

/**
 * How many times larger the projector draws the tree: its labels have to be read from afar, and its height has to fit.
 * @param {number} leaves @param {{clientWidth: number, clientHeight: number}} place @returns {number}
 */
export function enlargement(leaves, { clientWidth, clientHeight }) {
  const heightAt = (/** @type {number} */ scale) => layout(leaves, { width: clientWidth / scale, zoom: 1, tallest: leaves }).height * scale;
  let scale = LARGEST;
  while (scale > 1 && heightAt(scale) > clientHeight - ROOM_FOR_PADLOCK) scale -= 0.01;
  return Math.max(1, scale);
}

/** What the projector and the lecturer read of the class. @param {Class} room @returns {string[]} */
export function countsOf(room) {
  return [
    `epoch ${room.epoch}`,
    `${counted(room.members, "member", "members")}${room.away ? `, ${room.away} away` : ""}`,
    ...(room.waiting ? [`${room.waiting} waiting`] : []),
    counted(room.messages, "message", "messages"),
    ...(room.is_attacked ? [`the attacker has read ${room.reads}, and ${room.reads_now ? "reads this epoch" : "does not read this epoch"}`] : []),
  ];
}

/** What is said above the options of a question. @param {Question} question */
export function votesOf({ is_open: isOpen, voters, options, answer }) {
  if (isOpen) return `${counted(voters, "answer", "answers")} so far`;
  const right = answer < 0 ? "" : ` It is: ${options[answer]}.`;
  return `${counted(voters, "answer", "answers")}.${right}`;
}

/** @param {HTMLElement} place */
export function start(place) {
  const { role } = JSON.parse(place.dataset.room ?? "{}");
  const address = new URL("room/socket", location.href);
  address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  address.search = location.search;
  /** @type {WebSocket} */
  let socket;
  let attempts = 0;
  /** What the visitor has asked for last, while there is no connection. @type {Parameters<Ask>[0] | null} */
  let waits = null;

  /** @type {Ask} */
  const ask = (wish) => {
    const isOpen = socket.readyState === WebSocket.OPEN;
    waits = isOpen ? null : wish;
    said.textContent = isOpen ? "" : "There is no connection yet. This is sent as soon as there is one.";
    if (isOpen) socket.send(JSON.stringify(wish));
  };
  const said = html("p", { class: "mls-said-here", role: "status" });
  const parts = role === "present" ? projector(place) : desk(place, role, ask, said);

  function connect() {
    socket = new WebSocket(address);
    socket.onopen = () => {
      attempts = 0;
      parts.connected(true);
      if (waits) ask(waits);
    };
    socket.onmessage = ({ data }) => {
      const told = JSON.parse(data);
      if (told.kind === "said") said.textContent = told.text;
      else parts.show(told);
    };
    socket.onclose = ({ reason }) => {
      parts.connected(false, reason || (attempts > 1 ? hint() : ""));
      setTimeout(connect, 1000 * PAUSES[Math.min(attempts, PAUSES.length - 1)]);
      attempts += 1;
    };
  }

  connect();
}

/** What to do if no connection comes about. */
function hint() {
  return `If this goes on, the app may not know this address: start it with --allow-websocket-origin ${location.host}.`;
}

// The tree, which all pages have.

/** @param {boolean} isProjected */
function treePlace(isProjected) {
  const place = html("section", { class: "mls-class-tree", "aria-label": "The ratchet tree" });
  /** @type {Model | null} */
  let model = null;
  let leaves = 1;
  const enlarge = () => place.style.setProperty("--enlarged", String(enlargement(leaves, place)));
  if (isProjected) new ResizeObserver(enlarge).observe(place);

  /** @param {Tree} tree */
  function show(tree) {
    const view = withOwnKeys(tree);
    leaves = view.keyframe.leaf_count;
    if (isProjected) enlarge();
    if (model) {
      model.set("view", view);
      model.set("step", view.steps.length - 1);
      return;
    }
    model = localModel({
      ...{ view, step: view.steps.length - 1, beat: isProjected ? -1 : 0, viewer: isProjected ? "" : ME, speed: 1 },
      ...{ playing: false, selected: -1, node_indices: false },
    });
    renderTree({ model, el: place });
  }

  return { place, show };
}

// The page of a person, and of the lecturer.

/** @param {HTMLElement} place @param {string} role @param {Ask} ask @param {HTMLElement} said */
function desk(place, role, ask, said) {
  const isLecturer = role === "lecturer";
  const link = html("p", { class: "mls-link-state", role: "status" });
  const enter = enterForm(ask);
  const mine = ownScreen(ask, said, isLecturer);
  const tree = treePlace(false);
  const question = questionCard((option) => ask({ do: "vote", option }));
  const panel = isLecturer ? lecturerPanel(ask) : null;
  enter.element.hidden = isLecturer;
  const room = html("div", { class: "mls-class-room" },
    html("div", { class: "mls-class-own" }, question.element, mine.element), ...(panel ? [panel.element] : []), tree.place);
  room.hidden = true;
  place.replaceChildren(link, enter.element, said, room);

  return {
    /** @param {boolean} isConnected @param {string} [why] */
    connected(isConnected, why = "") {
      place.classList.toggle("is-offline", !isConnected);
      link.textContent = isConnected ? "" : `The connection is gone. Your device is offline, and catches up when it is back. ${why}`;
    },
    /** @param {any} told */
    show(told) {
      if (told.kind === "screen") {
        enter.element.hidden = true;
        room.hidden = false;
        mine.show(told.screen);
      }
      if (told.kind === "tree") tree.show(told);
      if (told.kind === "question") question.show(told.question, isLecturer);
      if (told.kind === "class") panel?.show(told.class);
    },
  };
}

/** @param {Ask} ask */
function enterForm(ask) {
  const name = html("input", { class: "mls-select mls-name", maxlength: AT_MOST.name, autocomplete: "nickname", required: true, "aria-label": "Your name" });
  const element = html("form", { class: "mls-enter", submit: (event) => {
    event.preventDefault();
    ask({ do: "enter", name: name.value });
  } },
    html("p", {}, "You get a device of your own, with keys of its own. The lecturer's device adds it to the group."),
    html("div", { class: "mls-fields" }, html("label", { class: "mls-field" }, html("span", {}, "Your name"), name), html("button", { class: "mls-do" }, "Join")),
  );
  return { element };
}

/** @param {Ask} ask @param {HTMLElement} said @param {boolean} isLecturer */
function ownScreen(ask, said, isLecturer) {
  const screens = html("div", { class: "mls-screens is-full", click: clicked, keydown: walk });
  const text = html("input", { class: "mls-select mls-wide", maxlength: AT_MOST.text, autocomplete: "off", placeholder: "Message", "aria-label": "Message" });
  const send = html("button", { class: "mls-do" }, "Send");
  const renew = button("Renew keys", () => ask({ do: "renew" }));
  const leave = button("Leave", () => ask({ do: "leave" }));
  const back = button("Ask to be added again", () => ask({ do: "come back" }));
  const waits = html("p", { class: "mls-waits", role: "status" });
  const form = html("form", { class: "mls-fields mls-chat", submit: (event) => {
    event.preventDefault();
    if (text.value.trim()) ask({ do: "say", text: text.value });
    text.value = "";
  } }, text, send);
  const acts = html("div", { class: "mls-actions" }, renew, leave, back);
  const element = html("section", { class: "mls-chat-room", "aria-label": "Your screen" }, waits, screens, form, acts);
  /** @type {Screen | null} */
  let shown = null;

  /** The arrow keys go from message to message. @param {KeyboardEvent} event */
  function walk(event) {
    const bubbles = /** @type {HTMLElement[]} */ ([...screens.querySelectorAll(".mls-bubble")]);
    const at = bubbles.indexOf(/** @type {HTMLElement} */ (event.target));
    if (at >= 0) pressed(event, { ArrowUp: () => bubbles[at - 1]?.focus(), ArrowDown: () => bubbles[at + 1]?.focus() });
  }

  /** The buttons of the picture say what is known of a message, or the code of the group. @param {MouseEvent} event */
  function clicked(event) {
    const pressedButton = /** @type {HTMLElement} */ (event.target).closest("button");
    if (!pressedButton || !shown) return;
    const { message, act } = pressedButton.dataset;
    const { messages, screens: all } = shown.view;
    if (message !== undefined) {
      const { epoch, sender } = messages[Number(message)];
      said.textContent = `${sender === null ? "Somebody" : all[sender].name} sent this in epoch ${epoch}. This device has deleted the key of the message.`;
    } else if (act === "focus") {
      const { code } = all[0].situations[0];
      said.textContent = code ? `The group code is ${code}. It is the same on all screens of this epoch.` : "";
    }
  }

  /** @param {Screen} screen */
  function show(screen) {
    shown = screen;
    const { status } = screen.view.screens[0].situations[0];
    const lines = screens.querySelector(".mls-lines");
    const isAtEnd = !lines || lines.scrollTop + lines.clientHeight >= lines.scrollHeight - 40;
    mount(screens, draw(frameOf(screen.view, { step: -1, message: -1, focus: 0, live: true })));
    const now = screens.querySelector(".mls-lines");
    if (now && isAtEnd) now.scrollTop = now.scrollHeight;
    const isIn = status !== "outside" && status !== "removed";
    waits.textContent = screen.waits ? "Your device has sent its key package, and waits until the lecturer adds it." : "";
    form.hidden = !isIn;
    renew.hidden = !isIn;
    leave.hidden = !isIn || isLecturer;
    back.hidden = isIn || screen.waits;
  }

  return { element, show };
}

/** @param {(option: number) => void} vote */
function questionCard(vote) {
  const asked = html("p", { class: "mls-asked" });
  const options = html("div", { class: "mls-options" });
  const votes = html("p", { class: "mls-votes" });
  const element = html("section", { class: "mls-question-card", "aria-label": "Question", "aria-live": "polite" }, asked, options, votes);
  element.hidden = true;

  /** @param {Question | null} question @param {boolean} isShownOnly */
  function show(question, isShownOnly) {
    element.hidden = question === null;
    if (question === null) return;
    const { is_open: isOpen, counts, voters, own, answer } = question;
    asked.textContent = question.text;
    votes.textContent = votesOf(question);
    options.replaceChildren(...question.options.map((option, number) => {
      const share = counts && voters ? counts[number] / voters : 0;
      const classes = ["mls-option", number === answer ? "is-right" : ""].filter(Boolean).join(" ");
      const words = counts ? `${option}: ${counts[number]}` : option;
      const mark = number === answer ? " (this is so)" : number === own ? " (your answer)" : "";
      if (isOpen && !isShownOnly) return html("button", { type: "button", class: `mls-do ${classes}`, "aria-pressed": String(number === own), click: () => vote(number) }, option);
      const bar = html("span", { class: "mls-share-of", "aria-hidden": "true" });
      bar.style.inlineSize = `${Math.round(100 * share)}%`;
      return html("p", { class: classes }, bar, html("span", {}, words + mark));
    }));
  }

  return { element, show };
}

/** @param {Ask} ask */
function lecturerPanel(ask) {
  const counts = html("p", { class: "mls-counts" });
  const door = button("", () => ask({ do: "open", is_open: !isOpen }));
  const admit = button("Add all who wait", () => ask({ do: "admit" }));
  const people = html("ul", { class: "mls-people" });
  const whom = html("input", { class: "mls-select", maxlength: AT_MOST.name, autocomplete: "off", "aria-label": "Name of a device elsewhere" });
  const question = html("input", { class: "mls-select mls-wide", maxlength: AT_MOST.question, "aria-label": "Question" });
  const options = html("textarea", { class: "mls-select mls-wide", rows: 3, "aria-label": "Options, one in each line" }, "Yes\nNo");
  const answer = html("select", { class: "mls-select", "aria-label": "What is so" });
  let isOpen = true;
  let offered = "";
  const form = html("form", { class: "mls-fields", submit: (event) => {
    event.preventDefault();
    ask({ do: "ask", question: question.value, options: options.value.split("\n") });
  } },
    field("Question", question), field("Options, one in each line", options), html("button", { class: "mls-do" }, "Ask the class"));
  const element = html("section", { class: "mls-lecturer", "aria-label": "The class" },
    counts,
    html("div", { class: "mls-actions" }, door, admit, projectorLink()),
    people,
    html("details", {}, html("summary", {}, "Ask a question"),
      html("div", { class: "mls-actions" }, button("Ask: will the attacker read the next message?", () => ask({ do: "ask about the next message" }))), form,
      html("div", { class: "mls-fields" }, field("What is so", answer), button("Close the question", () => ask({ do: "close", answer: Number(answer.value) })))),
    html("details", {}, html("summary", {}, "Add a device that is elsewhere"),
      html("p", {}, "A notebook or a terminal with a device at the same delivery service, under this name."),
      html("div", { class: "mls-fields" }, field("Name", whom), button("Add", () => ask({ do: "add", whom: whom.value })))),
  );
  options.addEventListener("input", offer);

  function offer() {
    const given = ["nothing", ...options.value.split("\n").filter((each) => each.trim())];
    if (JSON.stringify(given) === offered) return;
    offered = JSON.stringify(given);
    answer.replaceChildren(...given.map((name, number) => html("option", { value: number - 1 }, name)));
  }

  /** @param {Class} room */
  function show(room) {
    isOpen = room.is_open;
    counts.textContent = countsOf(room).join(" · ");
    door.textContent = isOpen ? "Close the door" : "Open the door";
    admit.hidden = room.waiting === 0;
    mount(people, room.people.map(personShape));
    offer();
  }

  /** @param {Person} person @returns {Shape} */
  function personShape({ name, shown, standing, waits, is_held: isHeld, is_compromised: isCompromised }) {
    const state = [waits ? "waits" : (STATUSES[standing] ?? standing), isHeld ? "held back" : "", isCompromised ? "compromised" : ""].filter(Boolean).join(", ");
    const isIn = standing !== "outside" && standing !== "removed";
    /** @type {[string, string, string][]} the action, its words, and whether it holds back */
    const does = [["remove", "Remove", ""], ["compromise", "Compromise", ""], ["hold", isHeld ? "Release" : "Hold back", isHeld ? "false" : "true"]];
    return ["li", {}, [
      ["span", { class: "mls-person" }, [shown]],
      ["span", { class: "mls-facts" }, [state]],
      ["span", { class: "mls-actions" }, isIn ? does.map(([act, words, held]) =>
        /** @type {Shape} */ (["button", { type: "button", class: "mls-do", "data-do": act, "data-whom": name, "data-held": held, "aria-label": `${words}: ${shown}` }, [words], act])) : []],
    ], name];
  }

  people.addEventListener("click", ({ target }) => {
    const { do: act, whom: name, held } = /** @type {HTMLElement} */ (target).closest("button")?.dataset ?? {};
    if (act) ask({ do: act, whom: name, ...(held ? { is_held: held === "true" } : {}) });
  });
  return { element, show };
}

// The page of the projector.

/** @param {HTMLElement} place */
function projector(place) {
  const link = html("p", { class: "mls-link-state", role: "status" });
  const tree = treePlace(true);
  const counts = html("p", { class: "mls-counts" });
  const story = html("ol", { class: "mls-story", "aria-label": "What has happened", "aria-live": "polite" });
  const question = questionCard(() => {});
  const address = html("p", { class: "mls-address" }, `Join at ${location.host}${location.pathname}`);
  const side = html("div", { class: "mls-projected-side" }, question.element, story);
  const top = html("div", { class: "mls-projected-top" }, counts, address);
  place.replaceChildren(link, top, html("div", { class: "mls-projected" }, tree.place, side));
  document.body.classList.add("is-projected");

  return {
    /** @param {boolean} isConnected @param {string} [why] */
    connected(isConnected, why = "") {
      link.textContent = isConnected ? "" : `The connection is gone. ${why}`;
    },
    /** @param {any} told */
    show(told) {
      if (told.kind === "tree") tree.show(told);
      if (told.kind === "question") question.show(told.question, true);
      if (told.kind === "class") {
        counts.textContent = countsOf(told.class).join(" · ");
        const lines = /** @type {Class} */ (told.class).story.slice(-STORY);
        story.replaceChildren(...lines.map(({ kind, text }) => html("li", { class: `is-${kind}` }, text)));
      }
    },
  };
}

function projectorLink() {
  return html("a", { class: "mls-do", href: "room?present", target: "_blank" }, "Open the projector's page");
}

/** @param {string} name @param {HTMLElement} input */
function field(name, input) {
  return html("label", { class: "mls-field" }, html("span", {}, name), input);
}

/** @param {string} words @param {() => void} press */
function button(words, press) {
  return html("button", { type: "button", class: "mls-do", click: press }, words);
}
