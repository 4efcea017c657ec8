/** Generated from workbench/views/trial.py, where each field is explained, by `make docs`. */

export interface TrialView {
  opened: boolean;
  text: string;
  said: string;
  error: string;
  section: string;
  advice: string;
}
