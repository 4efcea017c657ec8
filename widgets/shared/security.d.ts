/** Generated from workbench/views/security.py, where each field is explained, by `make docs`. */

import type { Member } from "../ratchet_tree/view.d.ts";

export interface Fact {
  words: string;
  name: string;
  value: string | null;
}

export interface RuleArrays {
  starts: number[];
  premises: number[];
  conclusions: number[];
  kinds: number[];
}

export interface SecurityStep {
  epoch: number;
  kind: string;
  title: string;
  sentence: string;
  keys_learned: Record<string, number[]>;
  keys_deleted: Record<string, number[]>;
}

export interface Seat {
  member: string;
  leaf: number;
  key: number;
  signature_key: number | null;
}

export interface SecurityEpoch {
  epoch: number;
  step: number;
  authenticator: number | null;
  seats: Seat[];
}

export interface SecurityMessage {
  fact: number | null;
  step: number;
  epoch: number;
  sender: string | null;
  text: string;
}

export interface NamedLeak {
  name: string;
  device: string;
  at: number;
  what: "state" | "enclave held" | "backup" | "ratchets" | "init keys" | "psks" | "signature key" | "message keys" | "randomness";
  words: string;
  facts: number[];
}

export interface SecurityView {
  format: string;
  version: number;
  title: string;
  members: Member[];
  steps: SecurityStep[];
  epochs: SecurityEpoch[];
  messages: SecurityMessage[];
  facts: Fact[];
  rules: RuleArrays;
  rule_kinds: string[];
  leaks: NamedLeak[];
}
