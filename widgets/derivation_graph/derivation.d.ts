/** Generated from workbench/views/derivation.py, where each field is explained, by `make docs`. */

export interface LeakWords {
  words: string;
  brief: string;
}

export interface DerivedFact {
  kind: string;
  name: string;
  place: string;
  words: string;
  value: string | null;
  leak: LeakWords | null;
  source: string;
}

export interface Call {
  call: string;
  section: string;
  gives: number;
}

export interface Line {
  premise: number;
  path: string;
}

export interface Arrow {
  conclusion: number;
  sealed: boolean;
  label: string;
  calls: Call[];
  sentence: string;
  lines: Line[];
  x: number;
  y: number;
}

export interface Place {
  fact: number;
  rank: number;
  x: number;
  y: number;
}

export interface Arrangement {
  width: number;
  height: number;
  places: Place[];
  arrows: Arrow[];
}

export interface DerivationView {
  format: string;
  version: number;
  title: string;
  goal: number;
  facts: DerivedFact[];
  summary: string;
  folded: Arrangement;
  full: Arrangement;
}
