/** Generated from workbench/views/security.py, where each field is explained, by `make docs`. */

import type { MemberView } from "../ratchet_tree/view.d.ts";

export interface FactView {
  words: string;
  name: string;
  value: string | null;
}

export interface RuleArraysView {
  starts: number[];
  premises: number[];
  conclusions: number[];
  kinds: number[];
}

export interface SecurityStepView {
  epoch: number;
  kind: string;
  title: string;
  sentence: string;
  keys_learned: Record<string, number[]>;
  keys_deleted: Record<string, number[]>;
}

export interface SeatView {
  member: string;
  leaf: number;
  key: number;
  signature_key: number | null;
}

export interface SecurityEpochView {
  epoch: number;
  step: number;
  authenticator: number | null;
  seats: SeatView[];
}

export interface SecurityMessageView {
  fact: number | null;
  step: number;
  epoch: number;
  sender: string | null;
  text: string;
}

export interface NamedLeakView {
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
  members: MemberView[];
  steps: SecurityStepView[];
  epochs: SecurityEpochView[];
  messages: SecurityMessageView[];
  facts: FactView[];
  rules: RuleArraysView;
  rule_kinds: string[];
  leaks: NamedLeakView[];
  unrecorded?: string[];
}
