// What a container gets so that it has its devices: names for the engine's own CDI, or the annotation that the shim reads.
import { createHash } from 'node:crypto';
import { ANNOTATION_PREFIX } from '../../cdi/annotations.ts';
import type { Answer } from './messages.ts';

export const ANSWERS = ['cdi', 'annotation'] as const;
export type AnswerForm = (typeof ANSWERS)[number];

/** What may follow the "/" in the key of an annotation. */
const LONGEST_NAME = 63;
const PLUGIN = 'cdi-runtime_';

/**
 * A key for each resource: the kubelet puts the annotations of all that a container gets together.
 *
 * @param prefixes that the shim knows
 */
export function makeAnnotationKey(resource: string, prefixes: readonly string[]): string {
  const prefix = prefixes.includes(ANNOTATION_PREFIX) ? ANNOTATION_PREFIX : (prefixes[0] ?? ANNOTATION_PREFIX);
  const name = `${PLUGIN}${resource.replace('/', '_')}`;
  if (name.length <= LONGEST_NAME) return `${prefix}${name}`;
  return `${prefix}${PLUGIN}${createHash('sha256').update(resource).digest('hex').slice(0, 32)}`;
}

/** @param devices qualified names, each once */
export function makeAnswer(form: AnswerForm, devices: readonly string[], annotationKey: string): Answer {
  return form === 'cdi' ? { cdiDevices: devices } : { annotations: { [annotationKey]: devices.join(',') } };
}
