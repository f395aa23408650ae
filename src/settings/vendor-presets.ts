// The variables by which vendors' own runtimes take requests, each with that vendor's words and rules.
import { isQualifiedName, parseDevice } from '../cdi/device-name.ts';
import { quote } from '../text/quote.ts';

/** The container's variables as its process gets them: of a repeated one the last entry. */
export type Variables = ReadonlyMap<string, string>;

/** A device as the vendor's variable has it: its own name, or a qualified one. */
export interface PresetDevice {
  readonly name: string;
  readonly optional: boolean;
}

type Devices = readonly PresetDevice[];

/** How a mount of `/dev/null` below a vendor's own folder asks for a device. */
export interface MountForm {
  readonly prefix: string;
  /** The device of a path below it: a bare or qualified name; undefined where it asks for none. */
  read(path: string): string | { readonly malformed: string } | undefined;
  /** what is wrong with a malformed one, and what to do */
  readonly fault: string;
  readonly hint: string;
}

/** Tells why a value is refused, and what to do. */
type Refuse = (why: string, hint: string) => never;

export interface Preset {
  readonly variable: string;
  /** `vendor.com/class` of names without one */
  readonly kind: string;
  /** Refuses a word that the vendor does not know. */
  read(value: string, refuse: Refuse): Devices;
  /** another variable that asks where this one is not set, and for what */
  readonly instead?: { readonly variable: string; read(variables: Variables): Devices };
  readonly mounts?: MountForm;
}

/** By the name that the settings have for it: a row here is all that a preset needs. */
export const PRESETS = {
  nvidia: {
    variable: 'NVIDIA_VISIBLE_DEVICES',
    kind: 'nvidia.com/gpu',
    /**
     * `void` anywhere stands for nothing; the first of `all` and `none` decides; else indexes, UUIDs, `gpu:mig` pairs
     * and qualified names. `none` means the driver without a GPU: a device of that name, if the spec has one.
     */
    read(value: string, refuse: Refuse): Devices {
      const list = splitWords(value);
      if (list.includes('void')) return [];
      const decisive = list.find((word) => word === 'all' || word === 'none');
      if (decisive === 'all') return [makeRequired('all')];
      if (decisive === 'none') return [{ name: 'none', optional: true }];
      const ofRuntime = list.filter((word) => parseDevice(word).vendor === 'runtime.nvidia.com');
      if (ofRuntime.length > 0 && ofRuntime.length < list.length) {
        refuse('it mixes devices of runtime.nvidia.com with others', 'ask for one of the two');
      }
      return list.map(makeRequired);
    },
    instead: {
      variable: 'CUDA_VERSION',
      /** An image from before the vendor's variables, which does not say what it requires. */
      read(variables: Variables): Devices {
        const isSet = (name: string): boolean => (variables.get(name) ?? '') !== '';
        return isSet('CUDA_VERSION') && !isSet('NVIDIA_REQUIRE_CUDA') ? [makeRequired('all')] : [];
      },
    },
    /** As its device plugin mounts them: an index or a UUID; `cdi/` and a device; IMEX channels are no CDI devices. */
    mounts: {
      prefix: '/var/run/nvidia-container-devices',
      read(path: string): ReturnType<MountForm['read']> {
        if (path.startsWith('imex/')) return undefined;
        if (!path.startsWith('cdi/')) return path;
        const [, vendor, className, ...device] = path.split('/');
        const name = path.slice('cdi/'.length);
        if (isQualifiedName(name)) return name;
        return device.length === 0 ? { malformed: path } : `${vendor}/${className}=${device.join('/')}`;
      },
      fault: 'it does not name a vendor, a class and a device',
      hint: 'mount /dev/null onto /var/run/nvidia-container-devices/cdi/<vendor>/<class>/<device>',
    },
  },
  amd: {
    variable: 'AMD_VISIBLE_DEVICES',
    kind: 'amd.com/gpu',
    /** `all` in three spellings; else indexes, ranges `a-b`, and unique ids in hexadecimal. */
    read(value: string, refuse: Refuse): Devices {
      const list = splitWords(value);
      if (/^(?:all|All|ALL)$/.test(list.join())) return [makeRequired('all')];
      // The vendor's runtime drops these two with a line in its log: nothing is left of them.
      const named = list.filter((word) => word !== 'none' && word !== 'void');
      return readEachWord(
        named,
        refuse,
        'write indexes, ranges such as 0-3, unique ids such as 0x1a2b, or all',
        (word) => (/^(?:[0-9]+|0[xX][0-9a-fA-F]+|[0-9a-fA-F]{9,})$/.test(word) ? [word] : readRange(word)),
      );
    },
  },
  habana: {
    variable: 'HABANA_VISIBLE_DEVICES',
    kind: 'habana.ai/gaudi',
    /** `all`, or indexes. Unlike the vendor's runtime, which compares last characters only, all of the index counts. */
    read(value: string, refuse: Refuse): Devices {
      if (value === 'all') return [makeRequired('all')];
      return readEachWord(splitWords(value), refuse, 'write indexes with commas between, or all', readIndex);
    },
  },
  ascend: {
    variable: 'ASCEND_VISIBLE_DEVICES',
    kind: 'huawei.com/npu',
    /** Indexes and ranges, sorted; or names such as `Ascend910-1`, which do not mix with them; `void` is nothing. */
    read(value: string, refuse: Refuse): Devices {
      const list = splitWords(value);
      if (list.length === 1 && list[0] === 'void') return [];
      const named = list.filter((word) => /^Ascend[0-9A-Za-z]*-[0-9]+$/.test(word));
      if (named.length > 0 && named.length < list.length) {
        refuse('it mixes indexes with names', 'write only one of the two');
      }
      if (named.length > 0) return [...new Set(named)].map(makeRequired);
      const hint = 'write indexes, ranges such as 0-3, or names such as Ascend910-1';
      const indexes = readEachWord(list, refuse, hint, (word) => readIndex(word) ?? readRange(word));
      return [...indexes].sort((a, b) => Number(a.name) - Number(b.name));
    },
  },
} as const;

export type PresetName = keyof typeof PRESETS;

/**
 * In which order the sources go where a vendor's variable counts, so that an image, which brings one of its own, never
 * adds to what was asked for: NVIDIA's. The runtimes of the others look at nothing but their variable.
 */
export const VENDOR_PRECEDENCE = ['annotation', 'mount', 'env'] as const;

/** A range may not ask for more devices than a machine can have. */
const MOST_OF_A_RANGE = 1024;

function splitWords(value: string): string[] {
  const trimmed = value.split(',').map((word) => word.trim());
  return trimmed.filter((word) => word !== '');
}

function makeRequired(name: string): PresetDevice {
  return { name, optional: false };
}

/** The devices that words name, each once; a word that names none is refused. */
function readEachWord(
  list: readonly string[],
  refuse: Refuse,
  hint: string,
  names: (word: string) => readonly string[] | undefined,
): Devices {
  const found = list.flatMap((word) => names(word) ?? refuse(`${quote(word)} names no device`, hint));
  return [...new Set(found)].map(makeRequired);
}

function readIndex(word: string): string[] | undefined {
  return /^[0-9]+$/.test(word) ? [word] : undefined;
}

/** The indexes of `a-b`; undefined for what is no range. */
function readRange(word: string): string[] | undefined {
  const [, first, last] = /^([0-9]{1,6})-([0-9]{1,6})$/.exec(word) ?? [];
  const [from, to] = [Number(first), Number(last)];
  if (first === undefined || from > to || to - from >= MOST_OF_A_RANGE) return undefined;
  return Array.from({ length: to - from + 1 }, (_, place) => String(from + place));
}
