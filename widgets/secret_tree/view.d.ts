/** Generated from workbench/views/secret_tree.py, where each field is explained, by `make docs`. */

import type { MemberView, ViewerView } from "../ratchet_tree/view.d.ts";

export interface TreeSecretView {
  name: string;
  epoch: number;
  node: number;
  generation: number | null;
  value: string | null;
}

export interface TreeChangeView {
  holders: number;
  learned: number[];
  deleted: number[];
}

export interface SecretTreeStepView {
  epoch: number;
  title: string;
  changes: TreeChangeView[];
  leaked: number[];
}

export interface TreeEpochView {
  step: number;
  leaf_count: number;
  members: Record<string, string>;
}

export interface ReadingView {
  step: number;
  readers: number;
}

export interface KeyedMessageView {
  step: number;
  index: number;
  kind: string;
  text: string;
  sender: string | null;
  epoch: number;
  leaf: number;
  ratchet: "handshake" | "application";
  generation: number;
  readings: ReadingView[];
}

export interface LimitsView {
  forward: number;
  behind: number;
  past_epochs: number;
}

export interface SecretTreeView {
  format: "mls-workbench/secret-tree-view";
  version: 1;
  title: string;
  suite: string;
  members: MemberView[];
  viewers: ViewerView[];
  crowds: number[][];
  limits: LimitsView | null;
  secrets: TreeSecretView[];
  epochs: Record<string, TreeEpochView>;
  steps: SecretTreeStepView[];
  messages: KeyedMessageView[];
}
