// Requests by environment variable: our own, those that the settings add, and those of vendors' presets.
import type { Draft } from '../edits/draft.ts';
import { PRESETS, type PresetDevice, type Variables } from './presets.ts';
import type { Asked, RequestOptions } from './request.ts';

/** The variable of design and documentation; what it names must be there. */
const DEVICES_VARIABLE = 'CDI_DEVICES';
/** The same, for devices that may be absent. */
const OPTIONAL_VARIABLE = 'CDI_DEVICES_OPTIONAL';

/** Kubernetes sets it in every container. */
const KUBERNETES_VARIABLE = 'KUBERNETES_SERVICE_HOST';

/** The container's variables; only texts count. */
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
  const presets = env.presets.map((name) => PRESETS[name]);
  // A preset's own variable in the settings only sets its kind.
  const plain = Object.entries(env.variables).filter(([key]) => presets.every(({ variable }) => variable !== key));
  return [
    ...plain.flatMap(([key, { kind }]) => [
      ...listed(variables, key, false, kind ?? defaultKind),
      ...(key === DEVICES_VARIABLE ? listed(variables, OPTIONAL_VARIABLE, true, kind ?? defaultKind) : []),
    ]),
    ...presets.flatMap(({ variable, kind, read, instead }) => {
      const value = variables.get(variable);
      const own = env.variables[variable]?.kind ?? kind;
      const asked = (key: string, devices: readonly PresetDevice[]): readonly Asked[] =>
        devices.map(({ name, optional }) => ({ name, source: 'env', key, optional, kind: own }));
      if (value !== undefined) return asked(variable, read(value));
      return instead === undefined ? [] : asked(instead.variable, instead.read(variables));
    }),
  ];
}

/** Names with commas between; an empty variable asks for nothing. */
function listed(variables: Variables, key: string, optional: boolean, kind: string | null): readonly Asked[] {
  const value = variables.get(key) ?? '';
  return value === '' ? [] : value.split(',').map((name) => ({ name, source: 'env', key, optional, kind }));
}
