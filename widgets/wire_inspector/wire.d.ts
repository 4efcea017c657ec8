/** Generated from workbench/views/wire.py, where each field is explained, by `make docs`. */

export interface WireMessageView {
  id: string;
  step: number;
  words: string;
  size: number;
}

export interface WireViewerView {
  id: string;
  name: string;
}

export interface WireView {
  format: "mls-workbench/wire-view";
  version: 1;
  title: string;
  messages: WireMessageView[];
  viewers: WireViewerView[];
}

export interface WireSheetView {
  name: string;
  words: string;
  bytes: string;
  field: number;
}

export interface WireFieldsView {
  sheet: number[];
  depth: number[];
  name: number[];
  type: number[];
  start: number[];
  length: number[];
  header: number[];
  text: number[];
  meaning: number[];
  section: number[];
}

export interface WireSealedView {
  field: number;
  key: string;
  by: string[];
  opens: number;
  problem: string;
}

export interface WireCoverView {
  sheet: number;
  start: number;
  end: number;
}

export interface WireComputedView {
  field: number;
  name: string;
  kind: string;
  section: string;
  outcome: "passed" | "failed" | "not checkable";
  value: string;
  line: string;
  needs: string[];
  imports: string[];
  covers: WireCoverView[];
  missing: string;
}

export interface WireDefinitionView {
  line: string;
  needs: string[];
  imports: string[];
  words: string;
  value: string;
  is_secret: boolean;
}

export interface WireCheckView {
  field: number;
  name: string;
  outcome: "passed" | "failed" | "not checkable";
  section: string;
  reason: string;
}

export interface WireFaultView {
  field: number;
  sheet: number;
  path: string;
  offset: number;
  section: string;
  reason: string;
}

export interface WireObjectView {
  id: string;
  viewer: string;
  title: string;
  suite: number;
  strings: string[];
  sheets: WireSheetView[];
  fields: WireFieldsView;
  left_out: Record<string, number>;
  incomplete: number[];
  sealed: WireSealedView[];
  computed: WireComputedView[];
  definitions: Record<string, WireDefinitionView>;
  checks: WireCheckView[];
  faults: WireFaultView[];
}
