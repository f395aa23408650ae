// What pressing something in a result does.
import type { ExplainedEdit } from '../src/inject/explain.ts';

export interface Actions {
  goTo(path: string, line: number, column?: number): void;
  /** to where the spec has an edit */
  goToSource(edit: ExplainedEdit): void;
  /** to the request by which an edit came */
  goToRequest(edit: ExplainedEdit): void;
  replaceDevice(device: string, by: string): void;
  choose(devices: readonly string[]): void;
}
