// What each preset of the policy adds behind the rules of the settings: a row here is all that a preset needs.

export const POLICY_PRESETS = {
  open: { rules: [], default: 'allow' },
  kubernetes: {
    rules: [
      { source: ['env', 'mount'], action: 'ignore', reason: 'only annotations count (policy.preset: kubernetes)' },
    ],
    default: 'allow',
  },
  locked: { rules: [], default: 'deny' },
} as const;
