/** Generated from workbench/views/timeline.py, where each field is explained, by `make docs`. */

import type { ViewerView } from "../ratchet_tree/view.d.ts";
import type { SignatureView } from "../timeline/signatures.d.ts";

export interface TimelineLaneView {
  id: string;
  name: string;
  initial: string;
  hue: number;
  recorded: boolean;
  acts: number;
}

export interface TimelineSpanView {
  start: number;
  end: number | null;
  came: string;
  went: string;
}

export interface TimelineGapView {
  kind: string;
  start: number;
  end: number | null;
}

export interface TimelineHistoryView {
  lane: number;
  spans: TimelineSpanView[];
  gaps: TimelineGapView[];
}

export interface TimelineNoteView {
  state: string;
  words: string;
}

export interface TimelineStepView {
  kind: string;
  lane: number | null;
  title: string;
  sentence: string;
  epoch: number;
  members: number;
  touched: number[];
  text: string | null;
  sends: boolean;
  signatures: SignatureView[];
  notes: TimelineNoteView[];
  unseen_by: string[];
}

export interface TimelineBranchView {
  name: string;
  parent: number;
  at: number;
  steps: TimelineStepView[];
  histories: TimelineHistoryView[];
}

export interface TimelineView {
  format: string;
  version: number;
  title: string;
  group_id: string;
  viewers: ViewerView[];
  lanes: TimelineLaneView[];
  first: number;
  left_out: string;
  branches: TimelineBranchView[];
}
