// The stages of a create, and which functions of the core and of the shim's C each begins with.

/** In the order in which a create comes to them. */
export const STAGES = [
  'start',
  'settings',
  'command line',
  'read document',
  'requests',
  'policy',
  'read specs',
  'YAML',
  'spec',
  'resolve',
  'trust',
  'edits',
  'rewrite',
  'audit',
  'write',
  'rest',
] as const;

export type Stage = (typeof STAGES)[number];

/** Functions that a file exports, and methods (`Class.method`): what they do counts for the stage, but for what a function of another stage does inside. */
export interface StageFile {
  readonly file: string;
  readonly functions: Readonly<Record<string, Stage>>;
}

export const CORE_STAGES: readonly StageFile[] = [
  { file: 'runtime/intercept.ts', functions: { intercept: 'rest' } },
  { file: 'settings/combine.ts', functions: { combineSettings: 'settings' } },
  {
    file: 'oci/command-line.ts',
    functions: { findFamily: 'command line', readLine: 'command line', readLog: 'command line' },
  },
  { file: 'requests/read-requests.ts', functions: { readRequests: 'requests', listRequestMarkers: 'requests' } },
  { file: 'policy/decide.ts', functions: { decideRequests: 'policy' } },
  { file: 'policy/judge.ts', functions: { judgeRequest: 'policy' } },
  { file: 'inject/resolve-requests.ts', functions: { resolveRequests: 'resolve' } },
  { file: 'registry/resolve.ts', functions: { resolveDevices: 'resolve' } },
  { file: 'registry/scan.ts', functions: { scanSpecs: 'read specs' } },
  { file: 'registry/spec-file.ts', functions: { readSpecFile: 'read specs', loadSpec: 'spec' } },
  { file: 'host/trust.ts', functions: { 'Trust.problem': 'trust' } },
  { file: 'inject/check-edits.ts', functions: { checkEdits: 'trust' } },
  { file: 'edits/apply.ts', functions: { gatherEdits: 'edits', planEdits: 'edits' } },
  { file: 'bundle/rewrite.ts', functions: { rewrite: 'rewrite' } },
  { file: 'runtime/audit.ts', functions: { beginAudit: 'audit' } },
  { file: 'runtime/audit-line.ts', functions: { writeAuditLine: 'audit' } },
  { file: 'inject/receipt.ts', functions: { makeReceipt: 'audit', makeOutcomeReceipt: 'audit' } },
];

/** What the core asks its host for, by the names of the object `host` of shim/*.c. */
export const HOST_STAGES: Readonly<Record<string, Stage>> = {
  holdFile: 'read document',
  mayRequest: 'read document',
  parseJson: 'read document',
  listDirectory: 'read specs',
  namesMentioning: 'read specs',
  parseYaml: 'YAML',
  yamlNodes: 'YAML',
  digest: 'audit',
  record: 'audit',
  replaceFile: 'write',
};

/** Functions of shim/*.c that run before the core. */
export const SHIM_STAGES: Readonly<Record<string, Stage>> = {
  find_runtime: 'settings',
  edits_a_bundle: 'command line',
  asks_for_features: 'command line',
  may_request: 'read document',
};
