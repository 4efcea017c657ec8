/** Generated from workbench/views/room_schema.py, where each field is explained, by `make docs`. */

import type { TrialView } from "../room/trial.d.ts";

export interface ScreenLineView {
  step: number;
  kind: string;
  text: string;
  message: number | null;
}

export interface SituationView {
  step: number;
  status: string;
  epoch: number;
  people: number;
  devices: number;
  code: string;
}

export interface KnownDeviceView {
  name: string;
  user: string;
  archive: boolean;
  code: string;
  active: number | null;
}

export interface ScreenMemberView {
  device: number;
  leaf: number;
  since: number;
  standing: string;
  approver: string;
}

export interface RemedyView {
  act: string;
  label: string;
  leaf: number | null;
  reason: string;
}

export interface AlertView {
  kind: string;
  what: string;
  advice: string;
  steps: RemedyView[];
}

export interface WaitingView {
  message: number;
  reason: string;
}

export interface ScreenView {
  id: string;
  name: string;
  user: string;
  device: string;
  archive: boolean;
  hue: number;
  lines: ScreenLineView[];
  situations: SituationView[];
  members: ScreenMemberView[];
  alerts: AlertView[];
  pen: WaitingView[];
}

export interface RoomMessageView {
  step: number;
  epoch: number;
  sender: number | null;
  text: string;
  size: number;
  wire: string;
  then: number[];
  now: number[];
  ever: number[];
  outcomes: TrialView[];
  trials: number[];
}

export interface RoomView {
  format: string;
  version: number;
  title: string;
  steps: string[];
  devices: KnownDeviceView[];
  screens: ScreenView[];
  triers: string[];
  messages: RoomMessageView[];
}
