/** Generated from workbench/views/signatures.py, where each field is explained, by `make docs`. */

export interface SignatureView {
  kind: string;
  state: "verified" | "decrypted" | "failed" | "unknown";
  by: string;
  key: string;
  words: string;
  section: string;
}
