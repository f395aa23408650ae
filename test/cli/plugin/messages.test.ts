// The messages against the public definition of the API, as another reader and writer of Protocol Buffers has it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  readAllocations,
  readPreferenceRequests,
  writeAnswers,
  writeOptions,
  writePreferences,
  writeRegistration,
  writeUnits,
} from '../../../src/cli/plugin/messages.ts';
import { methodOf } from '../../support/kubelet.ts';

const reply = (name: string, bytes: Buffer): object => methodOf('DevicePlugin', name).responseDeserialize(bytes);
const request = (name: string, value: object): Buffer => methodOf('DevicePlugin', name).requestSerialize(value);

test('a registration, and what the plugin can', () => {
  const options = { pre_start_required: false, get_preferred_allocation_available: true };
  const bytes = writeRegistration({ endpoint: 'a.sock', resource: 'v.com/gpu' });
  assert.deepEqual(methodOf('Registration', 'Register').requestDeserialize(bytes), {
    version: 'v1beta1',
    endpoint: 'a.sock',
    resource_name: 'v.com/gpu',
    options,
  });
  assert.deepEqual(reply('GetDevicePluginOptions', writeOptions()), options);
});

const text = fc.string({ unit: 'binary', maxLength: 8 }).filter((value) => value.isWellFormed());

test('devices, preferences and answers of any content', () => {
  const unit = fc.record({ id: text, isHealthy: fc.boolean(), numaNode: fc.option(fc.nat(300), { nil: undefined }) });
  fc.assert(
    fc.property(fc.array(unit), fc.array(fc.array(text)), fc.array(fc.dictionary(text, text)), (units, lists, maps) => {
      assert.deepEqual(reply('ListAndWatch', writeUnits(units)), {
        devices: units.map(({ id, isHealthy, numaNode }) => ({
          ID: id,
          health: isHealthy ? 'Healthy' : 'Unhealthy',
          topology: numaNode === undefined ? null : { nodes: [{ ID: numaNode }] },
        })),
      });
      const preferences = { container_responses: lists.map((deviceIDs) => ({ deviceIDs })) };
      assert.deepEqual(reply('GetPreferredAllocation', writePreferences(lists)), preferences);
      const answers = maps.map((map, place) => ({ annotations: { ...map }, cdiDevices: lists[place] ?? [] }));
      const common = { envs: {}, mounts: [], devices: [] };
      const read: unknown = JSON.parse(JSON.stringify(reply('Allocate', writeAnswers(answers))));
      assert.deepEqual(read, {
        container_responses: answers.map(({ annotations, cdiDevices }) => {
          const own: unknown = JSON.parse(JSON.stringify(annotations));
          return { ...common, annotations: own, cdi_devices: cdiDevices.map((name) => ({ name })) };
        }),
      });
    }),
  );
});

test('what a kubelet asks, with fields that only a newer one has', () => {
  const wish = fc.record(
    { available: fc.array(text), mustInclude: fc.array(text), size: fc.nat() },
    { noNullPrototype: true },
  );
  const newer = Buffer.from([0x9a, 0x06, 1, 0x78, 0x98, 0x06, 5]);
  fc.assert(
    fc.property(fc.array(fc.array(text)), fc.array(wish), (lists, wishes) => {
      const allocations = request('Allocate', { container_requests: lists.map((ids) => ({ devices_ids: ids })) });
      assert.deepEqual(readAllocations(Buffer.concat([allocations, newer])), lists);
      const preferences = request('GetPreferredAllocation', {
        container_requests: wishes.map(({ available, mustInclude, size }) => ({
          available_deviceIDs: available,
          must_include_deviceIDs: mustInclude,
          allocation_size: size,
        })),
      });
      assert.deepEqual(readPreferenceRequests(Buffer.concat([newer, preferences])), wishes);
    }),
  );
});

test('half a message is refused', () => {
  const bytes = request('Allocate', { container_requests: [{ devices_ids: ['gpu-0'] }] });
  assert.throws(() => readAllocations(bytes.subarray(0, -2)), /index out of range/);
});
