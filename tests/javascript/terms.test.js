import assert from "node:assert/strict";
import { test } from "node:test";
import { termsIn } from "../../widgets/shared/terms.js";

test("a term within a longer one is not counted", () => {
  assert.deepEqual(termsIn("The init secret of epoch 1 and the commit secret."), ["epoch", "commit secret", "init secret"]);
});

test("names with underscores and plurals are terms too", () => {
  assert.deepEqual(termsIn("extracted_secret, path secrets"), ["path secret", "extracted secret"]);
});

test("a word that only begins like a term is none", () => {
  assert.deepEqual(termsIn("Everybody committed; epochal."), []);
});
