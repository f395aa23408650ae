// Requests by environment variable: our own, those that the settings add, and those of vendors' presets.
import type { Draft } from '../edits/draft.ts';
import { PRESETS } from './presets.ts';
import type { Asked, RequestOptions } from './request.ts';

/** The variable of design and documentation; what it names must be there. */
export const DEVICES_VARIABLE = 'CDI_DEVICES';
/** The same, for devices that may be absent. */
export const OPTIONAL_VARIABLE = 'CDI_DEVICES_OPTIONAL';

/** Kubernetes sets it in every container. */
const KUBERNETES_VARIABLE = 'KUBERNETES_SERVICE_HOST';

/** The container's variables as its process gets them: of a repeated one the last entry. Only texts count. */
export type Variables = ReadonlyMap<string, string>;

export function readVariables<N>(draft: Draft<N>): Variables {
  const { reader } = draft;
  const variables = new Map<string, string>();
  for (const entry of draft.list(['process', 'env'])) {
    if (!('kept' in entry) || reader.kind(entry.kept) !== 'string') continue;
    const text = reader.string(entry.kept);
    const equals = text.indexOf('=');
    if (equals > 0) variables.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return variables;
}

/** Whether the environment is in the hands of a pod's author or its image. */
export function isInKubernetes(variables: Variables): boolean {
  return variables.has(KUBERNETES_VARIABLE);
}

/** What variables ask for: ours first, then those of the settings and of the presets in their order. */
export function fromEnv(variables: Variables, { env, defaultKind }: RequestOptions): readonly Asked[] {
  const asked: Asked[] = [];
  const presets = env.presets.map((name) => PRESETS[name]);
  for (const [key, { kind }] of Object.entries(env.variables)) {
    // A preset's own variable in the settings only sets its kind.
    if (presets.some((preset) => preset.variable === key)) continue;
    for (const [name, optional] of [
      [key, false],
      [key === DEVICES_VARIABLE ? OPTIONAL_VARIABLE : '', true],
    ] as const) {
      const value = variables.get(name) ?? '';
      if (value === '') continue;
      for (const device of value.split(',')) {
        asked.push({ name: device, source: 'env', key: name, optional, kind: kind ?? defaultKind });
      }
    }
  }
  for (const preset of presets) {
    const value = variables.get(preset.variable);
    if (value === undefined) continue;
    const kind = env.variables[preset.variable]?.kind ?? preset.kind;
    for (const { name, optional } of preset.read(value)) {
      asked.push({ name, source: 'env', key: preset.variable, optional, kind });
    }
  }
  return asked;
}
