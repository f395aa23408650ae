// A device that somebody asked for, and how; and what a source of such requests is.
import type { Draft } from '../edits/draft.ts';
import type { Settings, Source } from '../settings/settings.ts';
import { quote } from '../text/quote.ts';
import type { ContainerFacts } from './container-facts.ts';

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
export function describeSource({ source, key }: Pick<DeviceRequest, 'source' | 'key'>): string {
  return `${source} ${/^[A-Za-z0-9._/-]{1,160}$/.test(key) ? key : quote(key)}`;
}

/** One name as it was written, to be checked and completed. */
export interface NamedRequest {
  readonly name: string;
  readonly source: Source;
  readonly key: string;
  readonly optional: boolean;
  readonly kind: string | null;
}

/** A document, as sources look at it. */
export interface AskingDocument<N> {
  readonly draft: Draft<N>;
  /** undefined stands for a value that is no text */
  readonly annotations: ReadonlyMap<string, string | undefined>;
  readonly facts: ContainerFacts;
}

/** A way to ask for devices. */
export interface RequestSource {
  /** What a document asks for; nothing where the settings leave the source out of this container. */
  read<N>(document: AskingDocument<N>, settings: Settings['requests']): readonly NamedRequest[];
  /** Texts of which every document has one that asks in this way. */
  markers(settings: Settings['requests']): readonly string[];
}
