// The manifests: they are of one mind with each other, and their commands are cdictl's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { parseAnnotations } from '../../src/cdi/annotations.ts';
import { checkOperands, GLOBAL_OPTIONS, listOptions, readArguments } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { HOST_ROOT } from '../../src/cli/files/host-root.ts';
import { findCommand } from '../../src/cli/names.ts';
import { getJson, isObject, type JsonObject } from '../../src/engines/json-file.ts';
import { parseYaml } from '../../src/host/yaml.ts';
import { json } from '../../src/text/yaml-decode.ts';
import { YamlReader } from '../../src/text/yaml-reader.ts';

const FOLDER = resolve(import.meta.dirname, '../../deploy/kubernetes');

function documents(name: string): JsonObject[] {
  const texts = readFileSync(join(FOLDER, name), 'utf8').split(/^---$/m);
  return texts.map((text) => {
    const tree = parseYaml(text);
    assert.ok(!('syntax' in tree), `${name}: ${JSON.stringify(tree)}`);
    const value: unknown = JSON.parse(new YamlReader(tree, { code: 'BAD_SPEC', what: name }).document(json) ?? 'null');
    assert.ok(isObject(value), name);
    return value;
  });
}

const at = (object: JsonObject | undefined, path: string): unknown => getJson(object ?? {}, path.split('.'));

function objects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

const [runtimeClass] = documents('runtime-class.yaml');
const [pod] = documents('pod.yaml');
const [namespace, installer] = documents('installer.yaml');
const [remover] = documents('remover.yaml');
const daemons = { installer, remover };

test('they are of the kinds and versions that clusters know', () => {
  const kinds = [runtimeClass, pod, namespace, installer, remover].map((object) => [
    at(object, 'apiVersion'),
    at(object, 'kind'),
  ]);
  assert.deepEqual(kinds, [
    ['node.k8s.io/v1', 'RuntimeClass'],
    ['v1', 'Pod'],
    ['v1', 'Namespace'],
    ['apps/v1', 'DaemonSet'],
    ['apps/v1', 'DaemonSet'],
  ]);
});

test('the pod chooses the class, whose handler is the runtime that cdictl makes', () => {
  assert.equal(at(pod, 'spec.runtimeClassName'), at(runtimeClass, 'metadata.name'));
  assert.equal(at(runtimeClass, 'handler'), 'cdi');
  const annotations = at(pod, 'metadata.annotations');
  assert.ok(isObject(annotations));
  const asked = parseAnnotations(
    Object.fromEntries(Object.entries(annotations).map(([key, value]) => [key, String(value)])),
  );
  assert.deepEqual(asked.devices, ['cdi-runtime.dev/fuse=fuse']);
});

for (const [name, daemon] of Object.entries(daemons)) {
  test(`the ${name} runs on the nodes that the class is for`, () => {
    assert.deepEqual(at(daemon, 'spec.template.spec.nodeSelector'), at(runtimeClass, 'scheduling.nodeSelector'));
    assert.equal(at(daemon, 'metadata.namespace'), at(namespace, 'metadata.name'));
    assert.deepEqual(at(daemon, 'spec.selector.matchLabels'), at(daemon, 'spec.template.metadata.labels'));
  });

  test(`what the ${name} does are commands of cdictl, each with the host's root`, () => {
    const containers = objects(at(daemon, 'spec.template.spec.initContainers'));
    assert.ok(containers.length >= 2);
    for (const container of containers) {
      const { args, volumeMounts } = container;
      assert.ok(Array.isArray(args));
      const words = ['--host-root', '/host', ...args.map(String)];
      const early = [...GLOBAL_OPTIONS, HOST_ROOT];
      const { command, rest } = findCommand(COMMANDS, words, early);
      assert.ok(command !== undefined, words.join(' '));
      const given = readArguments(rest, listOptions(command), command.name);
      checkOperands(command, given.operands);
      assert.deepEqual(volumeMounts, [{ name: 'host', mountPath: '/host' }]);
      const isReload = given.flag('reload');
      assert.equal(getJson(container, ['securityContext', 'capabilities', 'add']) !== undefined, isReload);
    }
    assert.deepEqual(at(daemon, 'spec.template.spec.volumes'), [
      { name: 'host', hostPath: { path: '/', type: 'Directory' } },
    ]);
  });
}

test('what the installer puts there the remover takes away, in the opposite order', () => {
  const commands = (daemon: JsonObject | undefined): unknown[] =>
    objects(at(daemon, 'spec.template.spec.initContainers')).map(({ args }) => args);
  assert.deepEqual(commands(installer), [
    ['install'],
    ['generate', 'all'],
    ['engine', 'configure', 'containerd', '--reload'],
  ]);
  assert.deepEqual(commands(remover), [['engine', 'unconfigure', 'containerd', '--reload'], ['uninstall']]);
});
