/** Generated from workbench/views/derivation.py, where each field is explained, by `make docs`. */

export interface LeakWordsView {
  words: string;
  brief: string;
}

export interface DerivedFactView {
  kind: string;
  name: string;
  place: string;
  words: string;
  value: string | null;
  leak: LeakWordsView | null;
  source: string;
}

export interface CallView {
  call: string;
  section: string;
  gives: number;
}

export interface LineView {
  premise: number;
  path: string;
}

export interface ArrowView {
  conclusion: number;
  sealed: boolean;
  label: string;
  calls: CallView[];
  sentence: string;
  lines: LineView[];
  x: number;
  y: number;
}

export interface PlaceView {
  fact: number;
  rank: number;
  x: number;
  y: number;
}

export interface ArrangementView {
  width: number;
  height: number;
  places: PlaceView[];
  arrows: ArrowView[];
}

export interface DerivationView {
  format: string;
  version: number;
  title: string;
  goal: number;
  facts: DerivedFactView[];
  summary: string;
  folded: ArrangementView;
  full: ArrangementView;
}
