/** Generated from workbench/views/judged.py, where each field is explained, by `make docs`. */

import type { DerivationView } from "../derivation_graph/derivation.d.ts";

export interface DecryptedView {
  epoch: number;
  text: string;
}

export interface TheoremView {
  epoch: number;
  reason: string;
}

export interface JudgedView {
  lines: string[];
  computed: number[];
  decrypted: DecryptedView[];
  allowed: TheoremView[];
  agreement: string;
  derivation: DerivationView | null;
}
