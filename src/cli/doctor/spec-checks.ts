// Whether the specs are found, loaded and trusted, and whether each device is one file's.

import { VENDOR } from '../../generate/generate-spec.ts';
import { isFailure } from '../../host/host.ts';
import { explainStop, listSpecs } from '../../registry/scan.ts';
import { CdiError } from '../../text/error.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { type Conflict, describeConflict, listConflicts } from '../conflicts.ts';
import { writeCount } from '../terminal/plural.ts';
import {
  type Check,
  type Result,
  reportError,
  reportOk,
  reportOkIfEmpty,
  reportProblem,
  reportSkipped,
  reportWarning,
} from './check.ts';
import type { HostView } from './host-view.ts';

const GIVE_TO_ROOT = 'give it and its directories to root, and let no one else write there';

export const SPEC_CHECKS: readonly Check[] = [
  {
    id: 'spec-dirs',
    summary: 'the spec directories are there, can be read, and only root can write there',
    examine: ({ host, specDirs, settings, trust }) => {
      const missing: string[] = [];
      const results = specDirs.flatMap((directory): Result[] => {
        const listing = listSpecs(host, directory);
        if (isFailure(listing) && listing.errno === 'ENOENT') {
          missing.push(directory);
          return [];
        }
        if (isFailure(listing)) {
          const message = `${explainStop({ directory, errno: listing.errno })}, and later ones are not looked into`;
          return [reportError(message, 'let this user read it, or remove it from specDirs', directory)];
        }
        const problem = settings.trust.owner === 'strict' ? trust.problem(directory) : undefined;
        const message = `the shim refuses specs in ${quote(directory)}: ${problem}`;
        return problem === undefined ? [] : [reportError(message, GIVE_TO_ROOT, directory)];
      });
      if (missing.length === specDirs.length) {
        results.push(
          reportWarning(`none of ${quoteList(specDirs)} is there`, 'install a spec, or see cdictl generate'),
        );
      }
      const present = specDirs.filter((directory) => !missing.includes(directory));
      return reportOkIfEmpty(
        results,
        quoteList(present) + (missing.length === 0 ? '' : `; ${quoteList(missing)} not there`),
      );
    },
  },
  {
    id: 'specs',
    summary: 'every spec file can be loaded',
    examine: (view) => {
      if (view.specs instanceof CdiError) return [reportProblem(view.specs, 'see cdictl dirs')];
      const { look } = view.specs;
      const bad = [...look.scan.errors.values()].filter(({ code }) => code !== 'UNTRUSTED');
      const { specs } = look.scan;
      const devices = specs.reduce((sum, { spec }) => sum + spec.devices.length, 0);
      return reportOkIfEmpty(
        bad.map((one) => reportProblem(one, 'see cdictl validate')),
        `${writeCount(specs.length, 'spec')} with ${writeCount(devices, 'device')}`,
      );
    },
  },
  {
    id: 'conflicts',
    summary: 'no two files of one directory define one device',
    examine: checkSpecs(({ look: { index } }) =>
      reportOkIfEmpty(
        listConflicts(index).flatMap((conflict) =>
          conflict.devices.map((item) => ({
            ...reportError(
              `no one can resolve ${quote(item)}: ${quoteList(conflict.files)} define it with the same priority`,
              mendConflict(conflict),
              conflict.files[0],
            ),
            cause: { key: conflict.files.join('\n'), item, describe: () => describeWhole(conflict) },
          })),
        ),
        'no device is defined twice',
      ),
    ),
  },
  {
    id: 'ownership',
    summary: 'only root can write the spec files',
    examine: checkSpecs(({ look: { scan } }, { settings, trust }) => {
      const isStrict = settings.trust.owner === 'strict';
      const paths = [...scan.specs.map(({ path }) => path), ...scan.errors.keys()];
      const results = paths.flatMap((path): Result[] => {
        const problem = trust.problem(path);
        if (problem === undefined) return [];
        return isStrict
          ? [reportError(`the shim refuses ${quote(path)}: ${problem}`, GIVE_TO_ROOT, path)]
          : [reportWarning(`${quote(path)}: ${problem}`, GIVE_TO_ROOT, path)];
      });
      return reportOkIfEmpty(
        results,
        paths.length === 0 ? 'there are no specs' : 'only root, or this user, can write them',
      );
    }),
  },
  {
    id: 'staleness',
    summary: 'the host has the device nodes and mount sources of the specs',
    examine: checkByRules('stale-node', 'missing-mount-source'),
  },
  {
    id: 'hooks',
    summary: 'the hooks of the specs are there, and no one but root decides what they run',
    examine: checkByRules('missing-hook', 'untrusted-hook', 'unusable-hook', 'dangerous-hook-env'),
  },
];

/** What `cdictl generate` writes, by the name that it gives it: YAML by default. */
const OURS = new RegExp(String.raw`^[\w./+-]+/${VENDOR}-[a-z0-9-]+\.json$`);

/** Of a spec of ours in both formats the JSON goes, which nobody writes unasked. */
function mendConflict({ files }: Conflict): string {
  const json = files.find((path) => OURS.test(path) && files.includes(path.replace(/json$/, 'yaml')));
  return json === undefined ? 'let only one of them define it' : `run rm ${json}: cdictl generate made both`;
}

function describeWhole(conflict: Conflict): ReturnType<typeof describeConflict> {
  const words = describeConflict(conflict);
  const cure = mendConflict(conflict);
  return cure.startsWith('run ') ? { ...words, cure } : words;
}

type Specs = Exclude<HostView['specs'], CdiError>;

/** Where they cannot be looked at, another check says why. */
function checkSpecs(examine: (specs: Specs, view: HostView) => readonly Result[]): Check['examine'] {
  return (view) => {
    const { specs } = view;
    return specs instanceof CdiError ? [reportSkipped('the specs cannot be looked at')] : examine(specs, view);
  };
}

/** What these rules of cdictl lint find. */
function checkByRules(...rules: readonly string[]): Check['examine'] {
  return checkSpecs(({ findings, look }) => {
    if (look.scan.specs.length === 0) return [reportSkipped('there are no specs')];
    const results = findings.flatMap((finding): Result[] => {
      if (!rules.includes(finding.rule)) return [];
      return [{ ...finding, status: finding.severity === 'error' ? 'error' : 'warning' }];
    });
    return results.length > 0
      ? results
      : [reportOk(`nothing is wrong with ${writeCount(look.scan.specs.length, 'spec')}`)];
  });
}
