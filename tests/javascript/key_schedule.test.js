import assert from "node:assert/strict";
import test from "node:test";
import { meaningOf } from "../../widgets/key_schedule/details.js";
import { deletedIn, frameAt } from "../../widgets/key_schedule/frame.js";
import { NARROW, arrange, listed, neighbour } from "../../widgets/key_schedule/geometry.js";
import { draw } from "../../widgets/key_schedule/picture.js";
import { holdersBriefly, sentence, tableRows } from "../../widgets/key_schedule/words.js";
import { schedule } from "./schedule.js";

/** @param {Partial<import("../../widgets/key_schedule/frame.js").Place>} [place] */
function at(place = {}) {
  return frameAt(schedule(), { step: 2, viewer: "alice", epoch: -1, selected: "", ...place });
}

/** How the viewer has each secret. @param {Partial<import("../../widgets/key_schedule/frame.js").Place>} place */
function standings(place) {
  return Object.fromEntries(at(place).shown.map(({ secret, standing }) => [secret.key, standing]));
}

test("a viewer has a secret, has deleted it, or never had it", () => {
  assert.deepEqual(standings({ step: 1 }), {
    "init_secret of epoch 0": "deleted", commit_secret: "deleted", extracted_secret: "deleted", joiner_secret: "deleted",
    psk_secret: "zero", member_secret: "deleted", epoch_secret: "deleted", exporter_secret: "held", init_secret: "held",
  });
  assert.equal(standings({ step: 2, epoch: 1 }).exporter_secret, "deleted");
  assert.equal(standings({ step: 1, viewer: "bob" })["init_secret of epoch 0"], "never");
  assert.deepEqual(new Set(Object.values(standings({ step: 1, viewer: "server" }))), new Set(["never", "zero"]));
});

test("to the attacker a secret leaked or was computed, and it deletes nothing", () => {
  assert.equal(standings({ step: 1, viewer: "attacker" }).exporter_secret, "leaked");
  assert.equal(standings({ step: 2, viewer: "attacker", epoch: 1 }).exporter_secret, "leaked");
  assert.equal(standings({ step: 2, viewer: "attacker" }).epoch_secret, "computed");
});

test("an epoch that has not begun has no secrets yet", () => {
  const frame = at({ step: 0, epoch: 1 });
  assert.ok(frame.shown.filter(({ secret }) => secret.epoch === 1).every(({ standing }) => standing === "later"));
  assert.match(sentence(frame), /has not begun at step 1/);
});

test("the epoch follows the step unless the reader has chosen one", () => {
  assert.deepEqual([0, 1, 2].map((step) => at({ step }).epoch), [0, 1, 2]);
  assert.deepEqual([at({ epoch: 1 }).before, at({ epoch: 1 }).after, at({ epoch: 2 }).after], [0, 2, null]);
});

test("who has a secret is counted by members", () => {
  const frame = at({ step: 2, epoch: 1 });
  const said = Object.fromEntries(frame.shown.map((one) => [one.secret.key, holdersBriefly(frame, one)]));
  assert.equal(said.exporter_secret, "1 has it, 1 deleted it");
  assert.equal(said.joiner_secret, "deleted by all 2");
  assert.equal(said.psk_secret, "zeros: public");
  const exporter = frame.shown.find(({ secret }) => secret.key === "exporter_secret");
  assert.equal(exporter && deletedIn(frame, exporter.secret), 2);
  assert.equal(tableRows(frame).length, frame.shown.length);
});

for (const width of [320, NARROW, 1200]) {
  test(`at ${width} pixels no two secrets overlap, and each stands below what makes it or beside it`, () => {
    const { secrets } = schedule().epochs["1"];
    const { spots, lines, height } = arrange(secrets, width);
    const places = [...spots.values()];
    for (const [one, a] of places.entries()) {
      assert.ok(a.x + a.room + 20 <= width && a.y < height);
      for (const b of places.slice(one + 1)) assert.ok(Math.abs(a.y - b.y) >= 44 || Math.abs(a.x - b.x) >= Math.min(a.room, b.room) + 20);
    }
    for (const { from, to } of lines) {
      const [above, below] = [spots.get(from), spots.get(to)];
      assert.ok(above && below && (above.y < below.y || above.x < below.x), `${from} to ${to}`);
    }
    assert.equal(lines.length, secrets.reduce((sum, { inputs }) => sum + inputs.length, 0));
  });
}

test("the arrow keys reach every secret, in a wide picture and in a narrow one", () => {
  const { secrets } = schedule().epochs["1"];
  for (const width of [320, 900]) {
    const arrangement = arrange(secrets, width);
    const reached = new Set(["epoch_secret"]);
    for (const here of reached) {
      for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End"]) reached.add(neighbour(secrets, arrangement, here, key));
    }
    assert.deepEqual([...reached].sort(), secrets.map(({ key }) => key).sort());
  }
  assert.equal(listed(secrets)[0].key, "init_secret of epoch 0");
});

test("the picture has each secret once, and lights up the way to the selected one", () => {
  const frame = at({ epoch: 1, selected: "joiner_secret" });
  const { shapes } = draw(frame, { width: 720, stop: "joiner_secret" });
  const drawn = JSON.stringify(shapes);
  for (const { key } of frame.schedule.secrets) assert.equal(drawn.split(`"data-secret":"${key}"`).length, 2, key);
  assert.equal(drawn.split("mls-line is-lit").length - 1, 3);
});

test("each secret of the schedule is explained", () => {
  for (const name of ["extracted_secret", "resumption_psk", "epoch_authenticator", "psk", "psk_input", "external_priv", "welcome_key"]) assert.ok(meaningOf(name), name);
});
