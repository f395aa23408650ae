// Rules about a spec's cdiVersion, and about its text as a whole.
import type { Spec } from '../../cdi/spec.ts';
import { findLeastVersion, findVersionFault, VERSIONS } from '../../cdi/versions.ts';
import type { Rule } from './rule.ts';
import { checkJson } from './spec-text.ts';

export const VERSION_RULES: readonly Rule[] = [
  {
    id: 'version-too-low',
    severity: 'error',
    summary: 'a feature is newer than cdiVersion, so that engines refuse the spec',
    cure: 'raise cdiVersion',
    find: ({ spec }) => {
      const message = spec === undefined ? undefined : explainTooLow(spec);
      if (spec === undefined || message === undefined) return [];
      const version = findLeastVersion(spec);
      return [{ field: ['cdiVersion'], message, cure: `set cdiVersion to ${version}`, version }];
    },
  },
  {
    id: 'version-too-high',
    severity: 'info',
    summary: 'cdiVersion is higher than needed, so that older engines refuse the spec for nothing',
    cure: 'lower cdiVersion',
    find: ({ spec }) => {
      if (spec === undefined) return [];
      const version = findLeastVersion(spec);
      if (!isReleased(spec) || countNewer(spec.cdiVersion) >= countNewer(version)) return [];
      const message = `cdiVersion is ${spec.cdiVersion}, and ${version} is enough`;
      return [{ field: ['cdiVersion'], message, cure: `set cdiVersion to ${version}`, version }];
    },
  },
  {
    id: 'invalid',
    severity: 'error',
    summary: 'the file breaks the rules of CDI, so that engines refuse it with all of its devices',
    cure: 'correct it: cdictl validate tells more',
    find: ({ spec, faults }) => {
      const told = spec === undefined ? undefined : explainTooLow(spec);
      const others = faults.filter(({ why }) => why !== told);
      return others.map(({ at, why, hint }) => ({ field: [], at, message: why, cure: hint }));
    },
  },
  {
    id: 'not-json',
    severity: 'warning',
    summary: 'a .json file that is no JSON: engines read it as YAML, other programs do not',
    cure: 'correct it, or name it .yaml',
    find: (subject) => checkJson(subject).map(({ at, why }) => ({ field: [], at, message: why })),
  },
  {
    id: 'other-readers',
    severity: 'info',
    summary: 'something that readers of YAML 1.2 take for something else than CDI does, whose reader is of YAML 1.1',
    cure: 'write it as both read it',
    find: ({ otherReadings }) => otherReadings?.() ?? [],
  },
];

/** What is wrong with a released version that is older than the spec's content; an unknown one is no matter of age. */
function explainTooLow(spec: Spec): string | undefined {
  return isReleased(spec) ? findVersionFault(spec)?.why : undefined;
}

function isReleased({ cdiVersion }: Spec): boolean {
  return countNewer(cdiVersion) >= 0;
}

/** The number of newer versions; -1 for an unknown one. */
function countNewer(version: string): number {
  const own = version.replace(/^v/, '');
  return VERSIONS.findIndex((known) => known.version === own);
}
