// A container of which its engine says nothing, as rules see it.
import type { Facts } from '../../src/policy/judge.ts';

export const NO_FACTS: Facts = {
  cri: false,
  namespace: undefined,
  pod: undefined,
  userNamespace: false,
  privileged: false,
  disputedFacts: [],
  withhold: () => undefined,
};
