// Configuration of engines for other eyes: what may be secret is gone, and what is read of the rest is as it was.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leaveOutSecrets } from '../../src/engines/without-secrets.ts';

const cases: [shows: string, path: string, text: string, shown: string | undefined, leftOut: string[]][] = [
  [
    'what has no secret byte by byte',
    '/etc/docker/daemon.json',
    '{"runtimes": {"cdi": {"path": "/x"}} }',
    '{"runtimes": {"cdi": {"path": "/x"}} }',
    [],
  ],
  [
    'a daemon.json without proxies, mirrors and options of log drivers',
    '/etc/docker/daemon.json',
    '{"proxies": {"http-proxy": "http://u:p@h"}, "registry-mirrors": ["m"], "log-opts": {"splunk-token": "t"}, "features": {"cdi": true}}',
    '{\n  "features": {\n    "cdi": true\n  }\n}\n',
    ['proxies', 'registry-mirrors', 'log-opts'],
  ],
  [
    "containerd's tables without its registries, at any depth",
    '/etc/containerd/config.toml',
    'version = 2\n[plugins."io.containerd.grpc.v1.cri"]\nenable_cdi = true\n[plugins."io.containerd.grpc.v1.cri".registry.configs."r".auth]\npassword = "p"\n',
    'version = 2\n\n[plugins."io.containerd.grpc.v1.cri"]\nenable_cdi = true\n',
    ['plugins.io.containerd.grpc.v1.cri.registry'],
  ],
  [
    'tables in lists too',
    '/etc/containers/containers.conf',
    '[[a]]\nenv = ["K=v"]\nb = 1\n',
    '[[a]]\nb = 1\n',
    ['a.env'],
  ],
  ['a switch whatever it is called', '/a.toml', 'http_proxy = true\n', 'http_proxy = true\n', []],
  ['nothing of what cannot be read', '/a.toml', 'password = "p', undefined, []],
  ['nothing of what is no table', '/a.json', '["token"]', undefined, []],
];
for (const [shows, path, text, shown, leftOut] of cases) {
  test(`leaveOutSecrets() shows ${shows}`, () => {
    assert.deepEqual(leaveOutSecrets(path, text), { text: shown, leftOut });
  });
}
