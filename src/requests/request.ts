// A device that somebody asked for, and how; and what the settings say about asking.
import { quote } from '../text/quote.ts';

export type Source = 'annotation' | 'env' | 'mount';

export interface DeviceRequest {
  /** qualified: `vendor.com/class=name` */
  readonly device: string;
  readonly source: Source;
  /** the annotation's key, the variable's name, the mount's destination */
  readonly key: string;
  /** whether the container may start without it */
  readonly optional: boolean;
}

/** `annotation cdi.k8s.io/gpu`, for messages; what others may have written is quoted where it is not plain. */
export function askedBy({ source, key }: Pick<DeviceRequest, 'source' | 'key'>): string {
  return `${source} ${/^[A-Za-z0-9._/-]{1,160}$/.test(key) ? key : quote(key)}`;
}

/** `auto` follows the rule of the source; true and false are the administrator's word. */
export type Enabled = 'auto' | boolean;

/** Whose variable a preset reads, with that vendor's words. */
export type PresetName = 'nvidia' | 'amd' | 'habana' | 'ascend';

/** The settings' section `requests`. */
export interface RequestOptions {
  readonly annotations: { readonly enabled: Enabled; readonly prefixes: readonly string[] };
  readonly env: {
    readonly enabled: Enabled;
    readonly presets: readonly PresetName[];
    /** by name; `kind` is what a name without vendor and class belongs to */
    readonly variables: Readonly<Record<string, { readonly kind: string | null }>>;
  };
  readonly mounts: { readonly enabled: boolean; readonly prefix: string };
  /** for names without vendor and class, where the variable has none of its own */
  readonly defaultKind: string | null;
}

/** One name as it was written, to be checked and completed. */
export interface Asked {
  readonly name: string;
  readonly source: Source;
  readonly key: string;
  readonly optional: boolean;
  readonly kind: string | null;
}
