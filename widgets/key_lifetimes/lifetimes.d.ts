/** Generated from workbench/views/lifetimes.py, where each field is explained, by `make docs`. */

import type { SecurityView } from "../shared/security.d.ts";

export interface Bar {
  fact: number;
  born: number;
  died: number | null;
}

export interface Lane {
  name: string;
  bars: Bar[];
}

export interface Span {
  first: number;
  end: number | null;
  count: number;
  deleted: number;
}

export interface Kind {
  kind: "leaf" | "nodes" | "init" | "epoch" | "tree" | "messages" | "psks" | "packages" | "signature" | "others";
  lanes: Lane[];
  band: Span[];
}

export interface KindWords {
  name: string;
  one: string;
  many: string;
  section: string;
}

export interface KeyLifetimesView {
  format: string;
  version: number;
  title: string;
  kinds: Record<string, KindWords>;
  devices: Record<string, Kind[]>;
  security: SecurityView;
}
