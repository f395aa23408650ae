// The real crun's create, alone and through the shim, of a container that is never started.
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Case, CGROUP, writeSettings } from './cases.ts';
import { compare } from './figures.ts';
import { type Run, runSeries } from './series.ts';
import { documentAfter, documentIn, environment, type Place } from './stand-in.ts';
import type { Row } from './table.ts';

const PROGRAMS = ['/usr/bin/crun', '/usr/local/bin/crun', '/usr/sbin/crun'];
const CGROUPS = '/sys/fs/cgroup';

/** @returns rows, or why there are none */
export function measureCrun(place: Place, none: Case, one: Case, rounds: number): readonly Row[] | string {
  if (process.getuid?.() !== 0) return 'only root can create its containers';
  const crun = PROGRAMS.find((path) => existsSync(path));
  if (crun === undefined) return 'it is not installed';
  mkdirSync(join(place.bundle, 'rootfs'));
  copyFileSync(place.programs.standIn, join(place.bundle, 'rootfs', 'stand-in'));
  const edited = join(place.folder, 'edited.config.json');
  writeFileSync(edited, documentAfter(place, one, place.shim));

  const settings = writeSettings(place.folder, 'crun', crun, one.specs);
  const create = (name: string, program: string, config: string): Run =>
    createOf(place, crun, settings, name, program, config);
  const runs = [
    create('plain', crun, none.config),
    create('plain/shim', place.shim, none.config),
    create('edited', crun, edited),
    create('edited/shim', place.shim, one.config),
  ];
  try {
    const samples = runSeries([...privateCgroups(), place.programs.rounds], runs, rounds);
    const row = (title: string, base: string, own: string): Row => {
      return { title, figures: compare(samples.get(base) ?? [], samples.get(own) ?? []) };
    };
    return [
      row('no request', 'plain', 'plain/shim'),
      row('1 device of a 12 KB spec, over crun with the same edits', 'edited', 'edited/shim'),
      row('1 device of a 12 KB spec, over crun without them', 'plain', 'edited/shim'),
    ];
  } finally {
    removeCgroup();
  }
}

function createOf(place: Place, crun: string, settings: string, name: string, program: string, config: string): Run {
  const state = ['--root', join(place.folder, 'crun'), '--cgroup-manager', 'cgroupfs'];
  const log = ['--log', join(place.bundle, 'log.json'), '--log-format', 'json'];
  const files = ['--bundle', place.bundle, '--pid-file', join(place.bundle, 'init.pid')];
  return {
    name,
    cwd: place.bundle,
    env: environment(settings),
    args: [program, ...state, ...log, 'create', ...files, 'bench'],
    fresh: { path: documentIn(place.bundle), from: config },
    cleanUp: [crun, ...state, 'delete', '--force', 'bench'],
  };
}

/** crun refuses a host that mounts both kinds of cgroups: there it runs where only the first kind is mounted. */
function privateCgroups(): readonly string[] {
  if (!existsSync(join(CGROUPS, 'unified'))) return [];
  const script = `umount ${join(CGROUPS, 'unified')} && exec "$@"`;
  return ['/usr/bin/unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'];
}

/** crun deletes the container's own group, not the one above it. */
function removeCgroup(): void {
  for (const above of ['.', ...readdirSync(CGROUPS)]) {
    const group = join(CGROUPS, above, CGROUP);
    if (existsSync(group)) rmdirSync(group);
  }
}
