// Rules about a file among the others: devices that no one can resolve, or that another file defines.
import { parseQualifier, qualifiedName } from '../../cdi/device-name.ts';
import { explainStop, isSpecName } from '../../registry/scan.ts';
import { cleanPath } from '../../text/path.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { describeConflict } from '../conflicts.ts';
import type { FieldFinding, LintSubject, Rule } from './rule.ts';

export const REGISTRY_RULES: readonly Rule[] = [
  {
    id: 'conflict',
    severity: 'error',
    summary: 'a device that another file of the same directory defines as well, so that no one can resolve it',
    cure: 'let only one of the files define it',
    find: (subject) =>
      judgeDevices(subject, (name) => {
        const files = subject.conflicts.get(name) ?? [];
        const others = files.filter((file) => file !== subject.file);
        if (others.length === files.length) return undefined;
        const describe = (devices: readonly string[]): ReturnType<typeof describeConflict> =>
          describeConflict({ files, devices });
        const cause = { key: files.join('\n'), item: name, describe };
        return { message: `device ${quote(name)} is also in ${quoteList(others)}`, cause };
      }),
  },
  {
    id: 'shadowed',
    severity: 'info',
    summary: 'a device that a file of higher priority defines instead',
    cure: 'remove it here, or there',
    find: (subject) => {
      const { file = '', faults, machine } = subject;
      const isScanned = isSpecName(file) && findPriority(subject, listDirectories(subject)) >= 0;
      if (machine === undefined || faults.length > 0 || !isScanned) return [];
      return judgeDevices(subject, (name) => {
        const winner = machine.look.index.devices.get(name)?.file.path;
        if (winner === undefined || winner === file) return undefined;
        return { message: `device ${quote(name)} is that of ${quote(winner)}` };
      });
    },
  },
  {
    id: 'not-scanned',
    severity: 'error',
    summary: 'a file in a directory that is not looked into, since one before it cannot be read',
    cure: 'fix the directory that cannot be read, or remove it from specDirs',
    find: (subject) => {
      const stopped = subject.machine?.look.scan.stopped;
      const directories = listDirectories(subject);
      const own = findPriority(subject, directories);
      if (stopped === undefined || own <= directories.indexOf(cleanPath(stopped.directory))) return [];
      return [{ field: [], message: explainStop(stopped) }];
    },
  },
  {
    id: 'outside-spec-dirs',
    severity: 'info',
    summary: 'a file that is in none of the spec directories, so that no engine reads it',
    cure: 'put it into one of them when it is ready',
    find: (subject) => {
      const directories = listDirectories(subject);
      if (subject.file === undefined || directories.length === 0 || findPriority(subject, directories) >= 0) return [];
      return [{ field: [], message: `it is in none of ${quoteList(directories)}` }];
    },
  },
  {
    id: 'ignored-name',
    severity: 'warning',
    summary: 'a file whose name ends neither in .yaml nor in .json, so that no engine reads it',
    cure: 'rename it to .yaml or .json',
    find: ({ file }) => {
      if (file === undefined || isSpecName(file)) return [];
      return [{ field: [], message: 'its name ends neither in .yaml nor in .json' }];
    },
  },
  {
    id: 'not-loaded',
    severity: 'error',
    summary: 'a file that the shim cannot load, because of its size or its links',
    cure: 'make it smaller, or raise limits.spec of the settings',
    find: ({ file = '', machine }) => {
      const error = machine?.look.scan.errors.get(file);
      return error?.code === 'CANNOT_READ' ? [{ field: [], message: error.why, cure: error.hint }] : [];
    },
  },
  {
    id: 'untrusted-spec',
    severity: 'error',
    summary: 'a file that others than root can write, so that the shim refuses it',
    cure: 'give the file and its directories to root, and let no one else write there',
    find: (subject) => {
      const { file, machine } = subject;
      if (file === undefined || machine === undefined || findPriority(subject, listDirectories(subject)) < 0) return [];
      const message = machine.trust.problem(file);
      return message === undefined ? [] : [{ field: [], message }];
    },
  },
];

function listDirectories({ machine }: LintSubject): readonly string[] {
  return (machine?.look.directories ?? []).map(cleanPath);
}

/** -1 for a file outside. */
function findPriority({ file = '' }: LintSubject, directories: readonly string[]): number {
  return directories.lastIndexOf(file.slice(0, file.lastIndexOf('/')) || '/');
}

function judgeDevices(
  { spec }: LintSubject,
  judge: (name: string) => Omit<FieldFinding, 'field'> | undefined,
): readonly FieldFinding[] {
  if (spec === undefined) return [];
  const { vendor, class: className } = parseQualifier(spec.kind);
  return spec.devices.flatMap((device, index) => {
    const found = judge(qualifiedName(vendor, className, device.name));
    return found === undefined ? [] : [{ ...found, field: ['devices', index, 'name'] }];
  });
}
