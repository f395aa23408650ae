// A device that somebody asked for, and how; and what a source of such requests is.
import type { Draft } from '../edits/draft.ts';
import type { Settings, Source } from '../settings/settings.ts';
import type { Variables } from '../settings/vendor-presets.ts';
import type { CdiError } from '../text/error.ts';
import { quote } from '../text/quote.ts';
import type { ContainerFacts } from './container-facts.ts';

export interface DeviceRequest {
  /** qualified: `vendor.com/class=name`; where the request does not count, also what is no such name */
  readonly device: string;
  readonly source: Source;
  /** the annotation's key, the variable's name, the mount's destination */
  readonly key: string;
  /** whether the container may start without it */
  readonly optional: boolean;
  /** what was asked for, where the device was chosen for it: `vendor.com/class=any` */
  readonly asked?: string;
  /** whether it is known that the kubelet asks, for itself or for a device plugin */
  readonly ofKubelet?: boolean;
}

/** `annotation cdi.k8s.io/gpu`, for messages; what others may have written is quoted where it is not plain. */
export function describeSource({ source, key }: Pick<DeviceRequest, 'source' | 'key'>): string {
  return `${source} ${/^[A-Za-z0-9._/-]{1,160}$/.test(key) ? key : quote(key)}`;
}

/** A request that does not count in this container. */
export interface OffRequest {
  readonly request: DeviceRequest;
  /** the setting that decides it: `requests.env.enabled`, `requests.precedence` */
  readonly by: string;
  readonly reason: string;
}

/** One name as it was written, to be checked and completed. */
export interface NamedRequest {
  readonly name: string;
  readonly source: Source;
  readonly key: string;
  readonly optional: boolean;
  readonly kind: string | null;
  /** why it cannot be read, which matters only where its source counts */
  readonly fault?: CdiError;
  /** why it does not count whatever becomes of its source: another variable is read in the place of its own */
  readonly off?: Pick<OffRequest, 'by' | 'reason'> | undefined;
  readonly ofKubelet?: boolean;
  /** the kind of a vendor's variable: it gives way to who asks for this kind by CDI's own means */
  readonly ofVendor?: string;
}

/** A document, as sources look at it. */
export interface AskingDocument<N> {
  readonly draft: Draft<N>;
  /** undefined stands for a value that is no text */
  readonly annotations: ReadonlyMap<string, string | undefined>;
  readonly facts: ContainerFacts;
  /** of the environment, read where a source asks for them */
  readonly variables: Variables;
}

/** A way to ask for devices. */
export interface RequestSource {
  /** What a document asks for in this way, whether or not that counts. */
  read<N>(document: AskingDocument<N>, settings: Settings['requests']): readonly NamedRequest[];
  /** Why it does not count in this container; undefined where it does. */
  findOff<N>(document: AskingDocument<N>, settings: Settings['requests']): string | undefined;
  /** Texts of which every document has one that asks in this way. */
  markers(settings: Settings['requests']): readonly string[];
}

/** Of a source that is off. */
export const SWITCHED_OFF = 'this source is off';
