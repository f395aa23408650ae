// The variables of vendors, each with that vendor's words: what a value asks for, and what it must not be.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PresetName } from '../../src/settings/vendor-presets.ts';
import { refusal } from '../support/edit-document.ts';
import { asking, read, requestsOf, type Said } from './read.ts';

const VARIABLES: Readonly<Record<PresetName, readonly [variable: string, kind: string]>> = {
  nvidia: ['NVIDIA_VISIBLE_DEVICES', 'nvidia.com/gpu'],
  amd: ['AMD_VISIBLE_DEVICES', 'amd.com/gpu'],
  habana: ['HABANA_VISIBLE_DEVICES', 'habana.ai/gaudi'],
  ascend: ['ASCEND_VISIBLE_DEVICES', 'huawei.com/npu'],
};

/** Names without a kind are of the preset's own; `?` behind one: the container may start without it. */
const taken: [preset: PresetName, value: string, want: string[]][] = [
  ['nvidia', '', []],
  ['nvidia', ',, ,', []],
  ['nvidia', 'all', ['all']],
  ['nvidia', ' all ', ['all']],
  ['nvidia', '0,all,1', ['all']],
  ['nvidia', 'void', []],
  ['nvidia', '0,all, void', []],
  ['nvidia', 'none', ['none?']],
  ['nvidia', '0,none', ['none?']],
  ['nvidia', 'none,all', ['none?']],
  ['nvidia', 'all,none', ['all']],
  ['nvidia', '0', ['0']],
  ['nvidia', '1, 0 ,1,', ['1', '0']],
  ['nvidia', '0:1,GPU-8f6d2a1c-0,MIG-1c', ['0:1', 'GPU-8f6d2a1c-0', 'MIG-1c']],
  ['nvidia', 'ALL', ['ALL']],
  ['nvidia', 'nvidia.com/gpu=0,other.org/x=y,1', ['nvidia.com/gpu=0', 'other.org/x=y', '1']],
  [
    'nvidia',
    'runtime.nvidia.com/gpu=0,runtime.nvidia.com/gpu=1',
    ['runtime.nvidia.com/gpu=0', 'runtime.nvidia.com/gpu=1'],
  ],
  ['amd', '', []],
  ['amd', 'all', ['all']],
  ['amd', 'All', ['all']],
  ['amd', ' ALL ', ['all']],
  ['amd', 'none', []],
  ['amd', 'void', []],
  ['amd', '0,void,2', ['0', '2']],
  ['amd', '0, 2-4 ,3,2', ['0', '2', '3', '4']],
  ['amd', '5-5', ['5']],
  ['amd', '0x1A2b,0XFF,deadbeef0', ['0x1A2b', '0XFF', 'deadbeef0']],
  ['amd', '0-1023', Array.from({ length: 1024 }, (_, i) => `${i}`)],
  ['habana', '', []],
  ['habana', 'all', ['all']],
  ['habana', '0, 11,0', ['0', '11']],
  ['ascend', '', []],
  ['ascend', 'void', []],
  ['ascend', '10, 2,0-2', ['0', '1', '2', '10']],
  ['ascend', 'Ascend910-1,Ascend310P-0,Ascend910-1', ['Ascend910-1', 'Ascend310P-0']],
];
for (const [preset, value, want] of taken)
  test(`preset ${preset} takes ${JSON.stringify(value)}`, () => {
    const [variable, kind] = VARIABLES[preset];
    const { requests } = read(asking({}, [`${variable}=${value}`]), { env: { presets: [preset] } });
    const shown = requests.map(({ device, optional }) => {
      const name = device.startsWith(`${kind}=`) && !want.includes(device) ? device.slice(kind.length + 1) : device;
      return `${name}${optional ? '?' : ''}`;
    });
    assert.deepEqual(shown, want);
    assert.ok(requests.every(({ source, key }) => source === 'env' && key === variable));
  });

/** What an image's own variables ask for where no one sets the vendor's. */
const images: [variables: string[], want: string[]][] = [
  [['CUDA_VERSION=9.0'], ['nvidia.com/gpu=all by env CUDA_VERSION']],
  [['CUDA_VERSION=9.0', 'NVIDIA_REQUIRE_CUDA='], ['nvidia.com/gpu=all by env CUDA_VERSION']],
  [['CUDA_VERSION=9.0', 'NVIDIA_REQUIRE_CUDA=cuda>=9.0'], []],
  [['CUDA_VERSION='], []],
  [['NVIDIA_REQUIRE_CUDA=cuda>=9.0'], []],
  [['CUDA_VERSION=9.0', 'NVIDIA_VISIBLE_DEVICES='], []],
  [['CUDA_VERSION=9.0', 'NVIDIA_VISIBLE_DEVICES=void'], []],
  [['CUDA_VERSION=9.0', 'NVIDIA_VISIBLE_DEVICES=1'], ['nvidia.com/gpu=1 by env NVIDIA_VISIBLE_DEVICES']],
];
for (const [variables, want] of images)
  test(`preset nvidia takes an image with ${variables.join(' ')}`, () => {
    const document = asking({}, variables);
    assert.deepEqual(requestsOf(document, { env: { presets: ['nvidia'] } }), want);
    assert.deepEqual(requestsOf(document, { env: { presets: ['amd'] } }), []);
    assert.deepEqual(requestsOf(document), []);
  });

const AMD = 'write indexes, ranges such as 0-3, unique ids such as 0x1a2b, or all';
const HABANA = 'write indexes with commas between, or all';
const ASCEND = 'write indexes, ranges such as 0-3, or names such as Ascend910-1';
const NAME = 'use ASCII letters, digits and . _ - : with a letter or digit first and last';
const refused: [preset: PresetName, value: string, why: string][] = [
  ['nvidia', '0 1', `device "0 1": device name "0 1" contains a space; ${NAME}`],
  ['nvidia', '0;1', `device "0;1": device name "0;1" contains ";"; ${NAME}`],
  ['nvidia', '-1', `device "-1": device name "-1" starts with "-"; ${NAME}`],
  ['nvidia', '/dev/nvidia0', 'device "/dev/nvidia0": it has no "="; write it as vendor.com/class=name'],
  [
    'nvidia',
    'runtime.nvidia.com/gpu=0,1',
    'it mixes devices of runtime.nvidia.com with others; ask for one of the two',
  ],
  [
    'nvidia',
    'runtime.nvidia.com/gpu=0,nvidia.com/gpu=1',
    'it mixes devices of runtime.nvidia.com with others; ask for one of the two',
  ],
  ['amd', '0,all', `"all" names no device; ${AMD}`],
  ['amd', '3-1', `"3-1" names no device; ${AMD}`],
  ['amd', '0-1024', `"0-1024" names no device; ${AMD}`],
  ['amd', '0--1', `"0--1" names no device; ${AMD}`],
  ['amd', '1-', `"1-" names no device; ${AMD}`],
  ['amd', 'deadbeef', `"deadbeef" names no device; ${AMD}`],
  ['amd', '0x', `"0x" names no device; ${AMD}`],
  ['amd', 'aLL', `"aLL" names no device; ${AMD}`],
  ['amd', '99999999-99999999', `"99999999-99999999" names no device; ${AMD}`],
  ['habana', 'ALL', `"ALL" names no device; ${HABANA}`],
  ['habana', '0-1', `"0-1" names no device; ${HABANA}`],
  ['habana', 'none', `"none" names no device; ${HABANA}`],
  ['ascend', '0,void', `"void" names no device; ${ASCEND}`],
  ['ascend', 'all', `"all" names no device; ${ASCEND}`],
  ['ascend', 'ascend910-1', `"ascend910-1" names no device; ${ASCEND}`],
  ['ascend', 'Ascend910-1,0', 'it mixes indexes with names; write only one of the two'],
];
for (const [preset, value, why] of refused)
  test(`preset ${preset} refuses ${JSON.stringify(value)}`, () => {
    const [variable] = VARIABLES[preset];
    assert.equal(
      refusal(() => requestsOf(asking({}, [`${variable}=${value}`]), { env: { presets: [preset] } })),
      `BAD_REQUEST: cannot read the device request of env "${variable}": ${why}`,
    );
  });

const together: [title: string, env: string[], said: Said, want: string[]][] = [
  [
    'of a repeated variable the last entry counts',
    ['NVIDIA_VISIBLE_DEVICES=all', 'NVIDIA_VISIBLE_DEVICES=1'],
    { env: { presets: ['nvidia'] } },
    ['nvidia.com/gpu=1 by env NVIDIA_VISIBLE_DEVICES'],
  ],
  [
    'a malformed entry before the last one does no harm',
    ['AMD_VISIBLE_DEVICES=;', 'AMD_VISIBLE_DEVICES=1'],
    { env: { presets: ['amd'] } },
    ['amd.com/gpu=1 by env AMD_VISIBLE_DEVICES'],
  ],
  [
    'presets come in their order, behind the variables',
    ['NVIDIA_VISIBLE_DEVICES=0', 'AMD_VISIBLE_DEVICES=1', 'CDI_DEVICES=a.b/c=d'],
    { env: { presets: ['amd', 'nvidia'] } },
    [
      'a.b/c=d by env CDI_DEVICES',
      'amd.com/gpu=1 by env AMD_VISIBLE_DEVICES',
      'nvidia.com/gpu=0 by env NVIDIA_VISIBLE_DEVICES',
    ],
  ],
  [
    'the settings may give the variable another kind',
    ['NVIDIA_VISIBLE_DEVICES=0,nvidia.com/gpu=1'],
    { env: { presets: ['nvidia'], variables: { NVIDIA_VISIBLE_DEVICES: { kind: 'a.b/c' } } }, defaultKind: 'x.y/z' },
    ['a.b/c=0 by env NVIDIA_VISIBLE_DEVICES', 'nvidia.com/gpu=1 by env NVIDIA_VISIBLE_DEVICES'],
  ],
  [
    'a variable of the settings has no words of a vendor',
    ['NVIDIA_VISIBLE_DEVICES=all,void'],
    { env: { variables: { NVIDIA_VISIBLE_DEVICES: { kind: 'a.b/c' } } } },
    ['a.b/c=all by env NVIDIA_VISIBLE_DEVICES', 'a.b/c=void by env NVIDIA_VISIBLE_DEVICES'],
  ],
  [
    'a container of containerd has none',
    ['KUBERNETES_SERVICE_HOST=10.0.0.1', 'NVIDIA_VISIBLE_DEVICES=;'],
    { env: { presets: ['nvidia'] } },
    [],
  ],
];
for (const [title, env, said, want] of together)
  test(`presets: ${title}`, () => assert.deepEqual(requestsOf(asking({}, env), said), want));
