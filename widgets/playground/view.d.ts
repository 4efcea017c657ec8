/** Generated from workbench/views/playground.py, where each field is explained, by `make docs`. */

import type { RatchetTreeView } from "../ratchet_tree/view.d.ts";
import type { SecretTreeView } from "../secret_tree/view.d.ts";
import type { KeyLifetimesView } from "../key_lifetimes/lifetimes.d.ts";
import type { KeyScheduleView } from "../key_schedule/schedule.d.ts";
import type { ServerView } from "../server_knowledge/server.d.ts";
import type { RoomView } from "../room/view.d.ts";
import type { TimelineView } from "../timeline/view.d.ts";
import type { WireView } from "../wire_inspector/wire.d.ts";

export interface PlaygroundView {
  format: "mls-workbench/playground-view";
  version: 1;
  title: string;
  tree: RatchetTreeView;
  lifetimes: KeyLifetimesView;
  server: ServerView;
  room: RoomView;
  timeline: TimelineView;
  branches: number[];
  schedule: KeyScheduleView;
  secrets: SecretTreeView;
  wire: WireView;
}

export interface ButtonView {
  name: string;
  label: string;
  hint: string;
  reason: string | null;
  fields: string[];
  is_rare: boolean;
}

export interface OfferView {
  step: number;
  people: string[];
  limit: string;
  buttons: ButtonView[];
}
