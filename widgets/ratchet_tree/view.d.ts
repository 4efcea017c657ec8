/** Generated from workbench/views/schema.py, where each field is explained, by `make docs`. */

export type ViewerKind = "member" | "server" | "attacker" | "observer";

export type StepKind = "create" | "found" | "key_package" | "share" | "propose" | "commit" | "process" | "join" | "message" | "compromise";

export type BeatKind = "proposals" | "leaf_key" | "climb" | "seal" | "open" | "welcome" | "root" | "schedule" | "epoch" | "confirm" | "message" | "compromise";

export type How = "generated" | "derived" | "opened" | "welcome" | "leaked";

export type PadlockState = "closed" | "open" | "reopened" | "healed";

export type Source = "key_package" | "update" | "commit";

export type NodeView = LeafView | ParentView;

export interface MemberView {
  id: string;
  name: string;
  initial: string;
  hue: number;
}

export interface ViewerView {
  id: string;
  name: string;
  kind: ViewerKind;
}

export interface KeyView {
  public: string;
  private: string | null;
}

export interface LeafView {
  kind: "leaf";
  member: string;
  key: string;
  source: Source;
  values: Record<string, string>;
}

export interface ParentView {
  kind: "parent";
  key: string;
  unmerged: number[];
  values: Record<string, string>;
}

export interface KeyframeView {
  epoch: number;
  leaf_count: number;
  nodes: Record<string, NodeView>;
  hashes?: Record<string, string>;
  group: Record<string, string>;
  unseen_by?: string[];
}

export interface LearnedKeyView {
  key: string;
  how: How;
}

export interface SecretView {
  name: string;
  value: string;
  known_to: string[];
}

export interface EnvelopeView {
  to: number;
  to_key: string;
  kem_output: string;
  ciphertext: string;
  opened_by: string[];
}

export interface PathNodeView {
  node: number;
  copath: number;
  filtered: boolean;
  key: string | null;
  path_secret: string | null;
  known_to: string[];
  envelopes: EnvelopeView[];
}

export interface PathView {
  committer: number;
  nodes: PathNodeView[];
}

export interface WelcomeEnvelopeView {
  to: number;
  kem_output: string;
  ciphertext: string;
  path_secret_of: number | null;
  opened_by: string[];
}

export interface ProposalView {
  type: string;
  text: string;
  node: number | null;
}

export interface MessageView {
  sender: string;
  kind: "application" | "proposal" | "commit" | "welcome" | "key_package" | "group_info";
  wire: string;
  size: number;
  read: Record<string, string>;
}

export interface BeatView {
  kind: BeatKind;
  sentence: string;
  nodes: number[];
  edges: [number, number][];
  shows?: number[];
  blanks?: number[];
  known_to: string[] | null;
}

export interface StepView {
  kind: StepKind;
  actor: string | null;
  title: string;
  sentence: string;
  epoch: number;
  leaf_count?: number;
  set: Record<string, NodeView>;
  blank: number[];
  hashes?: Record<string, string>;
  group?: Record<string, string>;
  keys_learned: Record<string, LearnedKeyView[]>;
  keys_deleted: Record<string, string[]>;
  unseen_by?: string[];
  seen_by?: string[];
  tree_to?: string[];
  path: PathView | null;
  welcome?: WelcomeEnvelopeView[];
  proposals: ProposalView[];
  message: MessageView | null;
  secrets?: SecretView[];
  padlock?: PadlockView;
  beats: BeatView[];
}

export interface PadlockView {
  state: PadlockState;
  badge: string;
  words: string;
}

export interface RatchetTreeView {
  format: "mls-workbench/ratchet-tree-view";
  version: 1;
  title: string;
  suite: string;
  group_id: string;
  members: MemberView[];
  viewers: ViewerView[];
  keyframe: KeyframeView;
  keys: Record<string, KeyView>;
  steps: StepView[];
  padlocks?: Record<string, PadlockView>;
  lean?: boolean;
  alone?: boolean;
}
