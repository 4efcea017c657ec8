/** The view of a ratchet tree as the picture reads it: the same fields as workbench/views/schema.py, where each is explained. */

export type Hex = string;
export type KeyId = string;
export type ViewerId = string;
export type How = "generated" | "derived" | "opened" | "welcome" | "stolen";
export type BeatKind =
  | "proposals"
  | "leaf_key"
  | "climb"
  | "seal"
  | "open"
  | "welcome"
  | "root"
  | "schedule"
  | "epoch"
  | "confirm"
  | "message"
  | "theft";

export interface Member {
  id: string;
  name: string;
  initial: string;
  hue: number;
}

export interface Viewer {
  id: ViewerId;
  name: string;
  kind: "member" | "server" | "thief" | "observer";
}

export interface Key {
  public: Hex;
  private: Hex | null;
}

export interface Leaf {
  kind: "leaf";
  member: string;
  key: KeyId;
  source: "key_package" | "update" | "commit";
  values: Record<string, string>;
}

export interface Parent {
  kind: "parent";
  key: KeyId;
  unmerged: number[];
  values: Record<string, string>;
}

export type Node = Leaf | Parent;

export interface Keyframe {
  epoch: number;
  leaf_count: number;
  nodes: Record<string, Node>;
  hashes?: Record<string, Hex>;
  group: Record<string, string>;
  unseen_by?: ViewerId[];
}

export interface Gain {
  key: KeyId;
  how: How;
}

export interface Secret {
  name: string;
  value: Hex;
  known_to: ViewerId[];
}

export interface Envelope {
  to: number;
  to_key: KeyId;
  kem_output: Hex;
  ciphertext: Hex;
  opened_by: ViewerId[];
}

export interface PathNode {
  node: number;
  copath: number;
  filtered: boolean;
  key: KeyId | null;
  path_secret: Hex | null;
  known_to: ViewerId[];
  envelopes: Envelope[];
}

export interface Path {
  committer: number;
  nodes: PathNode[];
}

export interface WelcomeEnvelope {
  to: number;
  kem_output: Hex;
  ciphertext: Hex;
  path_secret_of: number | null;
  opened_by: ViewerId[];
}

export interface Proposal {
  type: string;
  text: string;
  node: number | null;
}

export interface Message {
  sender: string;
  kind: "application" | "proposal" | "commit" | "welcome" | "key_package" | "group_info";
  wire: Hex;
  size: number;
  read: Record<ViewerId, string>;
}

export interface Beat {
  kind: BeatKind;
  sentence: string;
  nodes: number[];
  edges: [number, number][];
  shows?: number[];
  blanks?: number[];
  known_to: ViewerId[] | null;
}

export interface Step {
  kind:
    | "create"
    | "found"
    | "key_package"
    | "share"
    | "propose"
    | "commit"
    | "process"
    | "join"
    | "message"
    | "theft";
  actor: string | null;
  title: string;
  sentence: string;
  epoch: number;
  leaf_count?: number;
  set: Record<string, Node>;
  blank: number[];
  hashes?: Record<string, Hex>;
  group?: Record<string, string>;
  gain: Record<ViewerId, Gain[]>;
  lose: Record<ViewerId, KeyId[]>;
  unseen_by?: ViewerId[];
  tree_to?: ViewerId[];
  path: Path | null;
  welcome?: WelcomeEnvelope[];
  proposals: Proposal[];
  message: Message | null;
  secrets?: Secret[];
  beats: Beat[];
}

export interface Padlock {
  state: "closed" | "open" | "reopened" | "healed";
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
  keys: Record<KeyId, Key>;
  steps: Step[];
  padlocks?: Record<string, Padlock>;
}

/** The part of a widget model that anywidget, Panel and the exported page have in common. */
export interface Model {
  get(name: string): any;
  set(name: string, value: unknown): void;
  save_changes(): void;
  on(event: string, callback: () => void): void;
  off(event: string, callback: () => void): void;
}
