/** Generated from workbench/views/key_schedule.py, where each field is explained, by `make docs`. */

import type { MemberView, ViewerView } from "../ratchet_tree/view.d.ts";

export interface TimeHeldView {
  holders: number;
  how: "held" | "used" | "leaked" | "computed";
  first: number;
  end: number | null;
}

export interface ScheduleSecretView {
  key: string;
  name: string;
  epoch: number | null;
  value: string | null;
  length: number;
  is_zero: boolean;
  psk: string;
  formula: string;
  label: string;
  section: string;
  inputs: string[];
  source: string;
  welcomed: number;
  held: TimeHeldView[];
}

export interface EpochScheduleView {
  step: number;
  title: string;
  kind: "first" | "commit" | "external";
  members: number;
  group_context: string | null;
  secrets: ScheduleSecretView[];
}

export interface ScheduleStepView {
  epoch: number;
  title: string;
}

export interface ExportView {
  epoch: number;
  label: string;
  context: string;
  length: number;
  value: string;
}

export interface KeyScheduleView {
  format: "mls-workbench/key-schedule-view";
  version: 1;
  title: string;
  suite: string;
  members: MemberView[];
  viewers: ViewerView[];
  crowds: number[][];
  steps: ScheduleStepView[];
  epochs: Record<string, EpochScheduleView>;
  exports: ExportView[];
}
