// The variables by which vendors' own runtimes take requests, each with that vendor's words and rules.
import { parseDevice } from '../cdi/device-name.ts';
import { quote } from '../text/quote.ts';
import { badRequest } from './bad-request.ts';
import type { PresetName } from './request.ts';

/** The container's variables as its process gets them: of a repeated one the last entry. */
export type Variables = ReadonlyMap<string, string>;

/** A device as the vendor's variable has it: its own name, or a qualified one. */
export interface PresetDevice {
  readonly name: string;
  readonly optional: boolean;
}

export interface Preset {
  readonly variable: string;
  /** `vendor.com/class` of names without one */
  readonly kind: string;
  /** @throws {CdiError} BAD_REQUEST for a word that the vendor does not know */
  read(value: string): readonly PresetDevice[];
  /** another variable that asks where this one is not set, and for what */
  readonly instead?: { readonly variable: string; read(variables: Variables): readonly PresetDevice[] };
}

/** A range may not ask for more devices than a machine can have. */
const MOST_OF_A_RANGE = 1024;

const CUDA_VERSION = 'CUDA_VERSION';

export const PRESETS: Readonly<Record<PresetName, Preset>> = {
  nvidia: {
    variable: 'NVIDIA_VISIBLE_DEVICES',
    kind: 'nvidia.com/gpu',
    read: readNvidia,
    instead: { variable: CUDA_VERSION, read: readOldImage },
  },
  amd: { variable: 'AMD_VISIBLE_DEVICES', kind: 'amd.com/gpu', read: readAmd },
  habana: { variable: 'HABANA_VISIBLE_DEVICES', kind: 'habana.ai/gaudi', read: readHabana },
  ascend: { variable: 'ASCEND_VISIBLE_DEVICES', kind: 'huawei.com/npu', read: readAscend },
};

function words(value: string): string[] {
  const trimmed = value.split(',').map((word) => word.trim());
  return trimmed.filter((word) => word !== '');
}

const required = (name: string): PresetDevice => ({ name, optional: false });

/**
 * `void` anywhere stands for nothing; the first of `all` and `none` decides; else indexes, UUIDs, `gpu:mig` pairs and
 * qualified names. `none` means the driver without a GPU: a device of that name, if the spec has one.
 */
function readNvidia(value: string): readonly PresetDevice[] {
  const key = 'NVIDIA_VISIBLE_DEVICES';
  const list = words(value);
  if (list.includes('void')) return [];
  const decisive = list.find((word) => word === 'all' || word === 'none');
  if (decisive === 'all') return [required('all')];
  if (decisive === 'none') return [{ name: 'none', optional: true }];
  const ofRuntime = list.filter((word) => parseDevice(word).vendor === 'runtime.nvidia.com');
  if (ofRuntime.length > 0 && ofRuntime.length < list.length) {
    throw badRequest('env', key, 'it mixes devices of runtime.nvidia.com with others', 'ask for one of the two');
  }
  return list.map(required);
}

/** An image from before the vendor's variables, which has a version of CUDA and does not say what it requires. */
function readOldImage(variables: Variables): readonly PresetDevice[] {
  const set = (name: string): boolean => (variables.get(name) ?? '') !== '';
  return set(CUDA_VERSION) && !set('NVIDIA_REQUIRE_CUDA') ? [required('all')] : [];
}

/** `all` in three spellings; else indexes, ranges `a-b`, and unique ids in hexadecimal. */
function readAmd(value: string): readonly PresetDevice[] {
  const key = 'AMD_VISIBLE_DEVICES';
  const list = words(value);
  if (list.length === 1 && /^(?:all|All|ALL)$/.test(list[0] ?? '')) return [required('all')];
  // The vendor's runtime drops these two with a line in its log: nothing is left of them.
  const named = list.filter((word) => word !== 'none' && word !== 'void');
  return distinct(
    named.flatMap((word) => {
      if (/^[0-9]+$/.test(word) || /^0[xX][0-9a-fA-F]+$/.test(word) || /^[0-9a-fA-F]{9,}$/.test(word)) return [word];
      return range(word) ?? refuse(key, word, 'write indexes, ranges such as 0-3, unique ids such as 0x1a2b, or all');
    }),
  );
}

/** `all`, or indexes. Unlike the vendor's runtime, which compares last characters only, all of the index counts. */
function readHabana(value: string): readonly PresetDevice[] {
  const key = 'HABANA_VISIBLE_DEVICES';
  if (value === 'all') return [required('all')];
  const list = words(value);
  return distinct(
    list.map((word) => (/^[0-9]+$/.test(word) ? word : refuse(key, word, 'write indexes with commas between, or all'))),
  );
}

/** Indexes and ranges, sorted; or names such as `Ascend910-1`, which do not mix with them; `void` is nothing. */
function readAscend(value: string): readonly PresetDevice[] {
  const key = 'ASCEND_VISIBLE_DEVICES';
  const list = words(value);
  if (list.length === 1 && list[0] === 'void') return [];
  const named = list.filter((word) => /^Ascend[0-9A-Za-z]*-[0-9]+$/.test(word));
  if (named.length > 0 && named.length < list.length) {
    throw badRequest('env', key, 'it mixes indexes with names', 'write only one of the two');
  }
  if (named.length > 0) return distinct(named);
  const indexes = list.flatMap((word) => {
    if (/^[0-9]+$/.test(word)) return [word];
    return range(word) ?? refuse(key, word, 'write indexes, ranges such as 0-3, or names such as Ascend910-1');
  });
  return distinct(indexes.sort((a, b) => Number(a) - Number(b)));
}

/** The indexes of `a-b`; undefined for what is no range. */
function range(word: string): string[] | undefined {
  const [, first, last] = /^([0-9]{1,6})-([0-9]{1,6})$/.exec(word) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to || to - from >= MOST_OF_A_RANGE) return undefined;
  return Array.from({ length: to - from + 1 }, (_, index) => String(from + index));
}

function refuse(key: string, word: string, hint: string): never {
  throw badRequest('env', key, `${quote(word)} names no device`, hint);
}

function distinct(names: readonly string[]): PresetDevice[] {
  return [...new Set(names)].map(required);
}
