/**
 * A compromise: the security matrix, the lifetimes of keys and a derivation, under leaks that the reader chooses. The
 * pictures compute at once what follows from the leaks; Python computes it in three ways, and says whether they agree.
 *
 * Traits from Python: view, opened, judged, lesson, scenarios. Both ways: scenario, step, epoch, viewer, member, leaks.
 */
import { render as renderDerivation } from "../derivation_graph/derivation_graph.js";
import { render as renderLifetimes } from "../key_lifetimes/key_lifetimes.js";
import { render as renderMatrix } from "../security_matrix/security_matrix.js";
import { workspace } from "../playground/workspace.js";
import { OWN_KEYS, html, offer } from "../shared/dom.js";
import { live } from "../shared/live.js";
import { localModel } from "../shared/local_model.js";
import { announced } from "../shared/notebook_output.js";

/** @typedef {import("../shared/model.d.ts").Model} Model */
/** @typedef {import("./judged.d.ts").JudgedView} Judged */

const TRAITS = ["view", "judged", "lesson", "scenario", "scenarios", "epoch"];

/** @param {{model: Model, el: HTMLElement}} host @returns {() => void} what ends this view */
export function render({ model, el }) {
  const space = workspace(model);
  const { begin, tell, stop } = live({ model, el }, TRAITS, update);
  /** The derivation that is shown, and what ends it. @type {{model: Model, end: () => void} | null} */
  let derivation = null;

  const scenario = html("select", { class: "mls-select", "aria-label": "Scenario", change: () => tell({ scenario: scenario.value }) });
  const lesson = html("p", { class: "mls-lesson" });
  const matrix = html("div", { class: "mls-place" });
  const lifetimes = html("div", { class: "mls-place" });
  const proof = html("div", { class: "mls-place" });
  const agreement = html("p", { class: "mls-agreement", role: "status" });
  const lines = html("ul", {});
  const answers = html("dl", {});
  const hint = html("p", { class: "mls-hint" });
  const computed = html(
    "div",
    { class: "mls-judged", role: "group", "aria-label": "Computed by Python" },
    html("h2", {}, "Computed for these leaks"),
    agreement,
    answers,
    html("details", {}, html("summary", {}, "Each epoch in words"), lines),
  );
  const root = html(
    "div",
    { class: "mls mls-compromise-judged", ...OWN_KEYS },
    html("div", { class: "mls-fields" }, html("label", { class: "mls-field" }, html("span", {}, "Scenario"), scenario)),
    lesson,
    matrix,
    html("div", { class: "mls-others" }, html("div", { class: "mls-place" }, computed, hint, proof), lifetimes),
  );

  /** @param {Judged["derivation"]} view */
  function showDerivation(view) {
    if (view === null) {
      derivation?.end();
      derivation = null;
    } else if (derivation) {
      derivation.model.set("selected", -1);
      derivation.model.set("view", view);
    } else {
      const own = localModel({ view, selected: -1, every_step: false });
      derivation = { model: own, end: renderDerivation({ model: own, el: proof }) };
    }
  }

  function update() {
    const scenarios = /** @type {{value: string, name: string}[]} */ (model.get("scenarios"));
    offer(scenario, scenarios.map(({ value, name }) => [value, name]), model.get("scenario"));
    lesson.textContent = model.get("lesson");
    const judged = /** @type {Judged} */ (model.get("judged"));
    if (agreement.textContent !== judged.agreement) agreement.textContent = judged.agreement;
    answers.replaceChildren(
      ...answer("The attacker has computed the secrets of", numbered(judged.computed)),
      ...answer("The attacker has decrypted", judged.decrypted.map(({ epoch, text }) => `“${text}” (epoch ${epoch})`).join(", ") || "no message"),
      ...answer("The theorem allows", judged.allowed.map(({ epoch, reason }) => `epoch ${epoch}: ${reason}`).join("; ") || "no epoch"),
    );
    lines.replaceChildren(...judged.lines.map((line) => html("li", {}, line)));
    showDerivation(judged.derivation);
    hint.hidden = judged.derivation !== null;
    hint.textContent =
      model.get("epoch") < 0
        ? "Choose an epoch in the matrix to see how the attacker knows its secrets."
        : `The attacker does not know the secrets of epoch ${model.get("epoch")}.`;
  }

  el.append(root);
  const ends = [
    renderMatrix({ model: space.pictures.matrix, el: matrix }),
    renderLifetimes({ model: space.pictures.lifetimes, el: lifetimes }),
  ];
  begin();
  return () => {
    stop();
    space.stop();
    derivation?.end();
    for (const end of ends) end();
    root.remove();
  };
}

/** @param {string} name @param {string} value */
function answer(name, value) {
  return [html("dt", {}, name), html("dd", {}, value)];
}

/** @param {number[]} epochs */
function numbered(epochs) {
  return epochs.length === 0 ? "no epoch" : `epoch${epochs.length > 1 ? "s" : ""} ${epochs.join(", ")}`;
}

export default announced(render);
