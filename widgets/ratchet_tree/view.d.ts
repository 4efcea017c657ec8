/** Generated from workbench/views/schema.py, where each field is explained, by `make docs`. */

export type ViewerKind = "member" | "server" | "attacker" | "observer";

export type StepKind = "create" | "found" | "key_package" | "share" | "propose" | "commit" | "process" | "join" | "message" | "compromise";

export type BeatKind = "proposals" | "leaf_key" | "climb" | "seal" | "open" | "welcome" | "root" | "schedule" | "epoch" | "confirm" | "message" | "compromise";

export type How = "generated" | "derived" | "opened" | "welcome" | "leaked";

export type PadlockState = "closed" | "open" | "reopened" | "healed";

export type Source = "key_package" | "update" | "commit";

export type Node = Leaf | Parent;

export interface Member {
  id: string;
  name: string;
  initial: string;
  hue: number;
}

export interface Viewer {
  id: string;
  name: string;
  kind: ViewerKind;
}

export interface Key {
  public: string;
  private: string | null;
}

export interface Leaf {
  kind: "leaf";
  member: string;
  key: string;
  source: Source;
  values: Record<string, string>;
}

export interface Parent {
  kind: "parent";
  key: string;
  unmerged: number[];
  values: Record<string, string>;
}

export interface Keyframe {
  epoch: number;
  leaf_count: number;
  nodes: Record<string, Node>;
  hashes?: Record<string, string>;
  group: Record<string, string>;
  unseen_by?: string[];
}

export interface LearnedKey {
  key: string;
  how: How;
}

export interface Secret {
  name: string;
  value: string;
  known_to: string[];
}

export interface Envelope {
  to: number;
  to_key: string;
  kem_output: string;
  ciphertext: string;
  opened_by: string[];
}

export interface PathNode {
  node: number;
  copath: number;
  filtered: boolean;
  key: string | null;
  path_secret: string | null;
  known_to: string[];
  envelopes: Envelope[];
}

export interface Path {
  committer: number;
  nodes: PathNode[];
}

export interface WelcomeEnvelope {
  to: number;
  kem_output: string;
  ciphertext: string;
  path_secret_of: number | null;
  opened_by: string[];
}

export interface Proposal {
  type: string;
  text: string;
  node: number | null;
}

export interface Message {
  sender: string;
  kind: "application" | "proposal" | "commit" | "welcome" | "key_package" | "group_info";
  wire: string;
  size: number;
  read: Record<string, string>;
}

export interface Beat {
  kind: BeatKind;
  sentence: string;
  nodes: number[];
  edges: [number, number][];
  shows?: number[];
  blanks?: number[];
  known_to: string[] | null;
}

export interface Step {
  kind: StepKind;
  actor: string | null;
  title: string;
  sentence: string;
  epoch: number;
  leaf_count?: number;
  set: Record<string, Node>;
  blank: number[];
  hashes?: Record<string, string>;
  group?: Record<string, string>;
  keys_learned: Record<string, LearnedKey[]>;
  keys_deleted: Record<string, string[]>;
  unseen_by?: string[];
  tree_to?: string[];
  path: Path | null;
  welcome?: WelcomeEnvelope[];
  proposals: Proposal[];
  message: Message | null;
  secrets?: Secret[];
  padlock?: Padlock;
  beats: Beat[];
}

export interface Padlock {
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
  members: Member[];
  viewers: Viewer[];
  keyframe: Keyframe;
  keys: Record<string, Key>;
  steps: Step[];
  padlocks?: Record<string, Padlock>;
}
