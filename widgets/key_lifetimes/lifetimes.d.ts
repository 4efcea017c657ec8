/** Generated from workbench/views/lifetimes.py, where each field is explained, by `make docs`. */

import type { SecurityView } from "../shared/security.d.ts";

export interface BarView {
  fact: number;
  born: number;
  died: number | null;
}

export interface LaneView {
  name: string;
  bars: BarView[];
}

export interface SpanView {
  first: number;
  end: number | null;
  count: number;
  deleted: number;
}

export interface KindView {
  kind: "leaf" | "nodes" | "init" | "epoch" | "tree" | "messages" | "psks" | "packages" | "signature" | "others";
  lanes: LaneView[];
  band: SpanView[];
}

export interface KindWordsView {
  name: string;
  one: string;
  many: string;
  section: string;
}

export interface KeyLifetimesView {
  format: string;
  version: number;
  title: string;
  kinds: Record<string, KindWordsView>;
  devices: Record<string, KindView[]>;
  security: SecurityView;
}
