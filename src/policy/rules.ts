// The rules by which requests are allowed, ignored or denied.

export type Action = 'allow' | 'ignore' | 'deny';
export type PolicySource = 'annotation' | 'env' | 'mount';

/** Every condition that is there must hold; a list holds if one of its entries does. */
export interface Rule {
  readonly source?: readonly PolicySource[] | undefined;
  /** globs over qualified names */
  readonly devices?: readonly string[] | undefined;
  /** globs over the Kubernetes namespace; never holds outside Kubernetes */
  readonly namespace?: readonly string[] | undefined;
  /** globs over the pod's name; never holds outside Kubernetes */
  readonly pod?: readonly string[] | undefined;
  readonly kubernetes?: boolean | undefined;
  readonly userNamespace?: boolean | undefined;
  readonly privileged?: boolean | undefined;
  readonly action: Action;
  /** for the person whose request is refused */
  readonly reason?: string | undefined;
}

export type PolicyPreset = 'open' | 'kubernetes' | 'locked';

/** The settings' section `policy`. */
export interface Policy {
  readonly preset: PolicyPreset;
  /** what holds where no rule does; null: what the preset says */
  readonly default: Action | null;
  readonly rules: readonly Rule[];
}

interface PresetRules {
  readonly rules: readonly Rule[];
  readonly default: Action;
}

/** What each preset adds behind the rules of the settings. */
export const POLICY_PRESETS: Readonly<Record<PolicyPreset, PresetRules>> = {
  open: { rules: [], default: 'allow' },
  kubernetes: {
    rules: [
      { source: ['env', 'mount'], action: 'ignore', reason: 'only annotations count (policy.preset: kubernetes)' },
    ],
    default: 'allow',
  },
  locked: { rules: [], default: 'deny' },
};
