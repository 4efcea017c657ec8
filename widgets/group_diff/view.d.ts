/** Generated from workbench/views/group_diff.py, where each field is explained, by `make docs`. */

import type { MemberView, ViewerView } from "../ratchet_tree/view.d.ts";

export interface DiffFactView {
  name: string;
  section: string;
}

export interface DiffNodeView {
  words: string;
  digest: string;
  member: string | null;
  print: string;
  unmerged: number[];
}

export interface DiffEpochView {
  id: string;
  epoch: number;
  commit: number;
  facts: (string | null)[];
  node_count: number;
  nodes: Record<string, number | null>;
  unseen_by: string[];
  known_by: string[];
}

export interface DiffPlaceView {
  step: number;
  epoch: number | null;
}

export interface DiffLineView {
  name: string;
  epochs: number[];
  begins: number[];
  steps: string[];
  places: Record<string, DiffPlaceView[]>;
}

export interface DiffCommitView {
  words: string;
  member: string | null;
  ends: number;
  size: number;
  digest: string;
  is_private: boolean;
}

export interface DiffValueView {
  text: string;
  start: number;
  end: number;
}

export interface DiffFieldView {
  path: string;
  section: string;
  first: DiffValueView | null;
  second: DiffValueView | null;
}

export interface DiffPairView {
  first: number;
  second: number;
  struct: string;
  fields: DiffFieldView[];
  left_out: number;
}

export interface GroupDiffView {
  format: string;
  version: number;
  title: string;
  viewers: ViewerView[];
  members: MemberView[];
  facts: DiffFactView[];
  nodes: DiffNodeView[];
  epochs: DiffEpochView[];
  lines: DiffLineView[];
  commits: DiffCommitView[];
  pairs: DiffPairView[];
}
