// Requests by environment variable: our own, those that the settings add, and those of vendors' presets.
import type { Draft } from '../edits/draft.ts';
import type { Settings } from '../settings/settings.ts';
import { PRESETS, type Preset, type PresetDevice, type Variables } from '../settings/vendor-presets.ts';
import { makeRequestError } from './bad-request.ts';
import type { NamedRequest, RequestSource } from './request.ts';

/** The variable of design and documentation; what it names must be there. */
const DEVICES_VARIABLE = 'CDI_DEVICES';
/** The same, for devices that may be absent. */
const OPTIONAL_VARIABLE = 'CDI_DEVICES_OPTIONAL';

/** Kubernetes sets it in every container. */
const KUBERNETES_VARIABLE = 'KUBERNETES_SERVICE_HOST';

/** Under Kubernetes an image or a tenant sets the environment, so that `auto` leaves it out. */
export const readEnvRequests: RequestSource = {
  read({ draft, facts }, settings) {
    const { enabled } = settings.env;
    if (enabled === false || (enabled === 'auto' && facts.cri)) return [];
    const variables = readVariables(draft);
    return enabled === 'auto' && variables.has(KUBERNETES_VARIABLE) ? [] : readAll(variables, settings);
  },
  markers: ({ env: { enabled, presets, variables } }) => {
    if (enabled === false) return [];
    const ofPresets = findPresets(presets).flatMap(({ variable, instead }) => [
      variable,
      ...(instead === undefined ? [] : [instead.variable]),
    ]);
    const optional = DEVICES_VARIABLE in variables ? [OPTIONAL_VARIABLE] : [];
    return [...Object.keys(variables), ...optional, ...ofPresets];
  },
};

/** The container's variables; only texts count. */
function readVariables<N>(draft: Draft<N>): Variables {
  const variables = new Map<string, string>();
  for (const text of draft.texts(['process', 'env'])) {
    const equals = text.indexOf('=');
    if (equals > 0) variables.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return variables;
}

/** Ours first, then those of the settings and of the presets in their order. */
function readAll(variables: Variables, { env, defaultKind }: Settings['requests']): readonly NamedRequest[] {
  const presets = findPresets(env.presets);
  // A preset's own variable in the settings only sets its kind.
  const plain = Object.entries(env.variables).filter(([key]) => presets.every(({ variable }) => variable !== key));
  return [
    ...plain.flatMap(([key, { kind }]) => [
      ...readList(variables, key, false, kind ?? defaultKind),
      ...(key === DEVICES_VARIABLE ? readList(variables, OPTIONAL_VARIABLE, true, kind ?? defaultKind) : []),
    ]),
    ...presets.flatMap((preset) => {
      const { variable, instead } = preset;
      const value = variables.get(variable);
      const own = env.variables[variable]?.kind ?? preset.kind;
      const nameDevices = (key: string, devices: readonly PresetDevice[]): readonly NamedRequest[] =>
        devices.map(({ name, optional }) => ({ name, source: 'env', key, optional, kind: own }));
      if (value !== undefined) return nameDevices(variable, preset.read(value, makeRefusal(variable)));
      return instead === undefined ? [] : nameDevices(instead.variable, instead.read(variables));
    }),
  ];
}

function findPresets(names: Settings['requests']['env']['presets']): readonly Preset[] {
  return names.map((name) => PRESETS[name]);
}

function makeRefusal(variable: string): Parameters<Preset['read']>[1] {
  return (why, hint) => {
    throw makeRequestError('env', variable, why, hint);
  };
}

/** Names with commas between; an empty variable asks for nothing. */
function readList(variables: Variables, key: string, optional: boolean, kind: string | null): readonly NamedRequest[] {
  const value = variables.get(key) ?? '';
  return value === '' ? [] : value.split(',').map((name) => ({ name, source: 'env', key, optional, kind }));
}
