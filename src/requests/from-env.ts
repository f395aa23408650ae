// Requests by environment variable: our own, those that the settings add, and those of vendors' presets.
import type { Draft } from '../edits/draft.ts';
import type { Settings } from '../settings/settings.ts';
import { PRESETS, type Preset, type PresetDevice, type Variables } from '../settings/vendor-presets.ts';
import { CdiError } from '../text/error.ts';
import { makeRequestError } from './bad-request.ts';
import { ENOUGH_TO_REFUSE, findFlood, readNames } from './bounds.ts';
import { type NamedRequest, type RequestSource, SWITCHED_OFF } from './request.ts';

/** The variable of design and documentation; what it names must be there. */
const DEVICES_VARIABLE = 'CDI_DEVICES';
/** The same, for devices that may be absent. */
const OPTIONAL_VARIABLE = 'CDI_DEVICES_OPTIONAL';

const ENV = ['process', 'env'];

/** Kubernetes sets it in every container. */
export const KUBERNETES_VARIABLE = 'KUBERNETES_SERVICE_HOST';

/** Under Kubernetes an image or a tenant sets the environment, so that `auto` leaves it out. */
export const readEnvRequests: RequestSource = {
  read: ({ variables }, settings) => (variables.size === 0 ? [] : readAll(variables, settings)),
  findOff(document, { env: { enabled } }) {
    if (enabled === false) return SWITCHED_OFF;
    if (enabled === true) return undefined;
    if (document.facts.cri) return `auto: ${UNDER_KUBERNETES}`;
    return document.variables.has(KUBERNETES_VARIABLE)
      ? `auto: the container has ${KUBERNETES_VARIABLE}, and ${UNDER_KUBERNETES}`
      : undefined;
  },
  markers({ env: { presets, variables } }) {
    const markers = Object.keys(variables);
    if (DEVICES_VARIABLE in variables) markers.push(OPTIONAL_VARIABLE);
    for (const { variable, instead } of findPresets(presets)) {
      markers.push(variable);
      if (instead !== undefined) markers.push(instead.variable);
    }
    return markers;
  },
};

const UNDER_KUBERNETES = 'in Kubernetes an image or a tenant sets the environment';

/**
 * The container's variables; only texts count.
 *
 * @param mayMatter whether the document may have one that somebody asks for
 */
export function readVariables<N>(draft: Draft<N>, mayMatter: boolean): Variables {
  const variables = new Map<string, string>();
  // Where nobody asks for any, runtimes still have to agree on where they are.
  if (!draft.isOf(ENV, 'array') || !mayMatter) return variables;
  for (const text of draft.texts(ENV)) {
    const equals = text.indexOf('=');
    if (equals > 0) variables.set(text.slice(0, equals), text.slice(equals + 1));
  }
  return variables;
}

/** Ours first, then those of the settings and of the presets in their order. */
function readAll(variables: Variables, { env, defaultKind }: Settings['requests']): readonly NamedRequest[] {
  const presets = findPresets(env.presets);
  // A preset's own variable in the settings only sets its kind, and one that replaces another is read in its place.
  const plain = Object.entries(env.variables).filter(
    ([key, { replaces = null }]) => replaces === null && presets.every(({ variable }) => variable !== key),
  );
  return [
    ...plain.flatMap(([key, { kind }]) => [
      ...readList(variables, key, false, kind ?? defaultKind),
      ...(key === DEVICES_VARIABLE ? readList(variables, OPTIONAL_VARIABLE, true, kind ?? defaultKind) : []),
    ]),
    ...presets.flatMap((preset) => readPreset(variables, preset, env.variables)),
  ];
}

function readPreset(
  variables: Variables,
  { variable, kind, read, instead }: Preset,
  ofSettings: Settings['requests']['env']['variables'],
): readonly NamedRequest[] {
  const own = ofSettings[variable]?.kind ?? kind;
  const nameDevices = (key: string, devices: readonly PresetDevice[]): readonly NamedRequest[] =>
    devices
      .slice(0, ENOUGH_TO_REFUSE)
      .map(({ name, optional }) => ({ name, source: 'env', key, optional, kind: own, ofVendor: own }));
  const replacing = Object.keys(ofSettings).filter(
    (name) => ofSettings[name]?.replaces === variable && variables.has(name),
  );
  const readKeys = (...keys: readonly string[]): readonly NamedRequest[] => {
    const [key, value] = [keys.join(), keys.map((name) => variables.get(name) ?? '').join()];
    const flood = findFlood({ source: 'env', key, optional: false, kind: own, ofVendor: own }, value);
    if (flood !== undefined) return flood;
    try {
      return nameDevices(key, read(value, makeRefusal(key)));
    } catch (fault) {
      if (!(fault instanceof CdiError)) throw fault;
      return nameDevices(key, [{ name: value, optional: false }]).map((request) => ({ ...request, fault }));
    }
  };
  if (replacing.length === 0 && !variables.has(variable))
    return instead === undefined ? [] : nameDevices(instead.variable, instead.read(variables));
  if (replacing.length === 0) return readKeys(variable);
  const off = { by: 'requests.env.variables', reason: `env ${replacing.join()} is read in its place` };
  return [...readKeys(...replacing), ...readKeys(variable).map((request) => ({ ...request, off }))];
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
  if (value === '') return [];
  return readNames({ source: 'env', key, optional, kind }, value);
}
