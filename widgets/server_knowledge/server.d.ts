/** Generated from workbench/views/server.py, where each field is explained, by `make docs`. */

export interface UserView {
  name: string;
  since: number;
  waiting: number;
}

export interface UploadView {
  user: number | null;
  at: number;
  epoch: number;
  kind: string;
  sizes: number[];
  readable: string;
  invited: number[];
}

export interface ServerView {
  format: string;
  version: number;
  title: string;
  paddings: string[];
  users: UserView[];
  uploads: UploadView[];
}
