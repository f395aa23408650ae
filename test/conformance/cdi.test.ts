// The corpus of the Go library's behaviour, run against the modules of src/cdi themselves.
import assert from 'node:assert/strict';
import test from 'node:test';
import * as annotations from '../../src/cdi/annotations.ts';
import * as names from '../../src/cdi/device-name.ts';
import type { Spec } from '../../src/cdi/spec.ts';
import * as specNames from '../../src/cdi/spec-names.ts';
import { validateEdits } from '../../src/cdi/validate.ts';
import { findLeastVersion, validateVersion } from '../../src/cdi/versions.ts';
import type { ContainerEdits } from '../../src/edits/kinds.ts';
import { compareBytes } from '../../src/text/byte-order.ts';
import { CdiError } from '../../src/text/error.ts';
import { corpusCases } from '../support/corpus.ts';

/** Which of these an operation has is up to the operation. */
interface Input {
  readonly op: string;
  readonly value: string;
  readonly vendor: string;
  readonly class: string;
  readonly name: string;
  readonly annotations: Record<string, string> | null;
  readonly plugin: string;
  readonly deviceID: string;
  readonly devices: string[];
  readonly spec: string;
  readonly edits: string | null;
  readonly transientID: string;
}

interface Case {
  readonly id: string;
  readonly input: Input;
  readonly expect: Record<string, unknown>;
}

type Answer = Record<string, unknown>;
type Operations = Readonly<Record<string, (input: Input) => Answer>>;

const NAMES: Operations = {
  parseQualifiedName: ({ value }) =>
    attempt(() => names.parseQualifiedName(value), { vendor: '', class: '', name: value }),
  isQualifiedName: ({ value }) => ({ ok: names.isQualifiedName(value) }),
  parseDevice: ({ value }) => ({ ...names.parseDevice(value) }),
  parseQualifier: ({ value }) => ({ ...names.parseQualifier(value) }),
  validateVendorName: ({ value }) => attempt(() => names.validateVendorName(value)),
  validateClassName: ({ value }) => attempt(() => names.validateClassName(value)),
  validateDeviceName: ({ value }) => attempt(() => names.validateDeviceName(value)),
  qualifiedName: (input) => ({ value: names.qualifiedName(input.vendor, input.class, input.name) }),
};

const ANNOTATIONS: Operations = {
  update: ({ annotations: before, plugin, deviceID, devices }) =>
    attempt(() => ({ annotations: annotations.updateAnnotations(before, plugin, deviceID, devices) }), {
      annotations: before,
    }),
  parse: ({ annotations: given }) => attempt(() => annotations.parseAnnotations(given)),
  key: ({ plugin, deviceID }) => attempt(() => ({ value: annotations.annotationKey(plugin, deviceID) }), { value: '' }),
  value: ({ devices }) => attempt(() => ({ value: annotations.annotationValue(devices) }), { value: '' }),
};

const VERSION: Operations = {
  version: ({ spec }) => ({
    minimum: findLeastVersion(specOf(spec)),
    ...attempt(() => validateVersion(specOf(spec))),
  }),
};

const GENERATE_NAME: Operations = {
  specName: (input) => ({ ok: true, value: specNames.generateSpecName(input.vendor, input.class) }),
  transientSpecName: (input) => ({
    ok: true,
    value: specNames.generateTransientSpecName(input.vendor, input.class, input.transientID),
  }),
  nameForSpec: ({ spec }) => attempt(() => ({ value: specNames.generateNameForSpec(specOf(spec)) }), { value: '' }),
  nameForTransientSpec: ({ spec, transientID }) =>
    attempt(() => ({ value: specNames.generateNameForTransientSpec(specOf(spec), transientID) }), { value: '' }),
};

const EDITS: Operations = {
  validate: ({ edits }) => attempt(() => validateEdits(edits === null ? undefined : editsOf(edits))),
};

const CATEGORIES: readonly [category: string, operations: Operations][] = [
  ['names', NAMES],
  ['annotations', ANNOTATIONS],
  ['version', VERSION],
  ['generate-name', GENERATE_NAME],
  ['edits', EDITS],
];

for (const [category, operations] of CATEGORIES) {
  test(`corpus: ${category}`, async (t) => {
    const ours = corpusCases<Case>(category).filter(({ input }) => category !== 'edits' || input.op === 'validate');
    assert.ok(ours.length > 0);
    for (const { id, input, expect } of ours) {
      await t.test(id, () => {
        const operation = operations[input.op ?? category];
        assert.ok(operation, `no operation ${input.op}`);
        const { info: _, ...want } = expect;
        assert.deepEqual(comparable(operation(input)), comparable(want));
      });
    }
  });
}

/** What an operation gives with `ok`, or that it failed with what it then gives. */
function attempt(operation: () => unknown, otherwise: Answer = {}): Answer {
  try {
    const given = operation();
    return { ok: true, ...(typeof given === 'object' ? given : {}) };
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return { ok: false, ...otherwise };
  }
}

/** Go's maps have no order: keys are a set, and so are the devices of several keys. */
function comparable(answer: Answer): Answer {
  const { keys, devices } = answer;
  if (!Array.isArray(keys) || !Array.isArray(devices)) return answer;
  return {
    ...answer,
    keys: keys.toSorted(compareBytes),
    devices: keys.length > 1 ? devices.toSorted(compareBytes) : devices,
  };
}

/** A spec as Go reads it: null is absent, and what must be there has its zero value. */
function specOf(text: string): Spec {
  const { cdiVersion = '', kind = '', devices = [], ...rest }: Partial<Spec> = withoutNulls(text);
  return {
    cdiVersion,
    kind,
    devices: devices.map(({ name = '', containerEdits = {}, ...other }) => ({ name, containerEdits, ...other })),
    ...rest,
  };
}

function editsOf(text: string): ContainerEdits {
  return withoutNulls(text);
}

function withoutNulls(text: string) {
  return JSON.parse(text, (_, value) => (value === null ? undefined : value));
}
