// The table of engines, and the small rules that they share.
import { deepEqual, equal } from 'node:assert/strict';
import { test } from 'node:test';
import { findImageAnnotations } from '../../src/engines/annotation-authors.ts';
import { ENGINE_IDS, type EngineConfig } from '../../src/engines/engine.ts';
import { isAtLeast } from '../../src/engines/engine-version.ts';
import { ENGINES } from '../../src/engines/engines.ts';
import { filterPaths } from '../../src/engines/file-pattern.ts';
import { findRealRuntime, isOurs, namePinnedLink } from '../../src/engines/pinned-link.ts';

const PATHS = ['/e/a.conf', '/e/d/10.conf', '/e/d/9.conf', '/e/d/x/1', '/e/d/x.conf', '/e/d/y.toml', '/e/d+.conf'];

const patterns: [title: string, pattern: string, want: string[]][] = [
  ['a path that is there', '/e/a.conf', ['/e/a.conf']],
  ['no path that is not there', '/e/b.conf', []],
  ['names in byte order, not below', '/e/d/*.conf', ['/e/d/10.conf', '/e/d/9.conf', '/e/d/x.conf']],
  [
    'all that is below, as a walk meets it',
    '/e/d/**',
    ['/e/d/10.conf', '/e/d/9.conf', '/e/d/x/1', '/e/d/x.conf', '/e/d/y.toml'],
  ],
  ['parts in the middle', '/*/d/?.conf', ['/e/d/9.conf', '/e/d/x.conf']],
  ['other characters as themselves', '/e/d+.conf', ['/e/d+.conf']],
];
for (const [title, pattern, want] of patterns) {
  test(`filterPaths() finds ${title}`, () => deepEqual(filterPaths(PATHS.toReversed(), pattern), want));
}

const links: [path: string, ours: boolean, real: string | undefined][] = [
  ['/usr/local/bin/cdi-runc', true, 'runc'],
  ['cdi-nvidia-container-runtime.legacy', true, 'nvidia-container-runtime.legacy'],
  ['/usr/local/bin/cdi-runtime', true, undefined],
  ['/usr/bin/crun', false, 'crun'],
  ['/usr/bin/cdi-', false, 'cdi-'],
  ['/cdi-runc/runc', false, 'runc'],
];
for (const [path, ours, real] of links) {
  test(`a runtime at ${path} is ${ours ? 'ours' : 'not ours'} and leads to ${real ?? 'nothing by its name'}`, () => {
    equal(isOurs(path), ours);
    equal(findRealRuntime(path), real);
  });
}

test('a pinned link is named after its runtime', () => {
  equal(namePinnedLink('crun'), 'cdi-crun');
  equal(findRealRuntime(namePinnedLink('crun')), 'crun');
});

const versions: [version: string | undefined, want: boolean | undefined][] = [
  [undefined, undefined],
  ['unknown', undefined],
  ['1.30.4', false],
  ['v1.31.0~ds1-6', true],
  ['1.100', true],
  ['2.0.0-rc.1', true],
];
for (const [version, want] of versions) {
  test(`version ${version} is ${want === undefined ? 'nothing to compare' : `${want ? '' : 'not '}at least 1.31`}`, () => {
    equal(isAtLeast(version, 1, 31), want);
  });
}

const patches: [version: string, want: boolean][] = [
  ['4.5.0', false],
  ['4.5', false],
  ['4.3.1+ds1-8', false],
  ['3.9.9', false],
  ['4.5.1', true],
  ['4.5.1-rc1', true],
  ['4.5.10', true],
  ['4.6', true],
  ['5.0.0', true],
];
for (const [version, want] of patches)
  test(`version ${version} is ${want ? '' : 'not '}at least 4.5.1`, () => equal(isAtLeast(version, 4, 5, 1), want));

const authors: [id: keyof typeof ENGINES, version: string | undefined, image: boolean][] = [
  ['podman', '4.3.1', true],
  ['podman', '4.5.0', true],
  ['podman', '4.5.1', false],
  ['podman', '5.4.2', false],
  ['podman', undefined, false],
  ['docker', '20.10.0', false],
  ['containerd', '1.6.0', false],
  ['crio', '1.20.0', false],
];
for (const [id, version, image] of authors)
  test(`annotations of an image ${image ? 'get' : 'do not get'} into containers of ${id} ${version ?? 'of no known version'}`, () => {
    equal(ENGINES[id].annotationAuthors(version).includes('image'), image);
    equal(findImageAnnotations(ENGINES[id], version) !== undefined, image);
  });

const config = (
  id: keyof typeof ENGINES,
  texts: { readonly [path: string]: string } = {},
  version?: string,
): EngineConfig => ({
  files: ENGINES[id].files,
  texts: new Map(Object.entries(texts)),
  version,
});

test('containerd asks for what its files import, and theirs', () => {
  const main = '/etc/containerd/config.toml';
  const wanted = (texts: { readonly [path: string]: string }): readonly string[] =>
    ENGINES.containerd.patterns(config('containerd', texts));
  deepEqual(wanted({}), [main]);
  const first = { [main]: 'imports = ["conf.d/*.toml", "/opt/c.toml"]' };
  deepEqual(wanted(first), [main, '/etc/containerd/conf.d/*.toml', '/opt/c.toml']);
  const second = { ...first, '/opt/c.toml': `imports = ["${main}", "./x/../d.toml"]` };
  deepEqual(wanted(second), [main, '/etc/containerd/conf.d/*.toml', '/opt/c.toml', main, '/opt/d.toml']);
});

test('Podman reads the files of the system before those of a user', () => {
  const files = { main: '/h/containers.conf', dropIn: '/h/containers.conf.d/99-cdi-runtime.conf' };
  deepEqual(ENGINES.podman.patterns({ ...config('podman'), files }), [
    '/usr/share/containers/containers.conf',
    '/etc/containers/containers.conf',
    '/etc/containers/containers.conf.d/*.conf',
    '/h/containers.conf',
    '/h/containers.conf.d/*.conf',
  ]);
});

test('each engine says how it takes new files', () => {
  const how = (id: keyof typeof ENGINES): string => ENGINES[id].reload(config(id, {})).by;
  deepEqual(ENGINE_IDS.map(how), ['signal', 'restart', 'restart', 'nothing']);
});

test('each engine has a check of its own', () => {
  const check = (id: keyof typeof ENGINES, texts = {}): string => {
    const { command, env } = ENGINES[id].check(config(id, texts));
    return [...Object.entries(env).map((pair) => pair.join('=')), ...command].join(' ');
  };
  equal(check('docker'), 'dockerd --validate --config-file /etc/docker/daemon.json');
  equal(check('containerd'), 'containerd --config /etc/containerd/config.toml config dump');
  equal(check('crio'), 'crio --config-dir /etc/crio/crio.conf.d config');
  equal(
    check('crio', { '/etc/crio/crio.conf': '' }),
    'crio --config /etc/crio/crio.conf --config-dir /etc/crio/crio.conf.d config',
  );
  equal(
    check('podman'),
    'CONTAINERS_CONF_OVERRIDE=/etc/containers/containers.conf.d/99-cdi-runtime.conf podman --version',
  );
});

test('the built-in default of CRI-O depends on its version', () => {
  const candidates = (version?: string): readonly string[] =>
    ENGINES.crio.read(config('crio', {}, version)).defaultRuntime.candidates;
  deepEqual([candidates('1.30.2'), candidates('1.31.0'), candidates()], [['runc'], ['crun'], ['crun', 'runc']]);
});
