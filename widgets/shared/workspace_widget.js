/**
 * The side of a workspace that Python sees. It is no picture: it takes part in the workspace as the pictures do
 * (workspace.js), and tells Python what they show, and the pictures what Python says.
 *
 * Traits, both ways: step (null while no picture has said one), viewer, member, message. From Python: address.
 */
import { join } from "./workspace.js";

/** @typedef {import("./model.d.ts").Model} Model */

const UNSAID = [null, ""];

/** @param {{model: Model}} host @returns {() => void} what ends it */
function initialize({ model }) {
  /** @param {string} trait */
  const said = (trait) => ({ trait, read: () => (UNSAID.includes(model.get(trait)) ? undefined : model.get(trait)) });
  const names = ["step", "viewer", "member", "message"];
  return join(model, model.get("address"), Object.fromEntries(names.map((name) => [name, said(name)])));
}

export default { initialize };
