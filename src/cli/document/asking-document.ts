// A container as an engine would describe it, made or completed so that it asks for devices: for questions of "what if".
import { findQualifiedNameFault } from '../../cdi/device-name.ts';
import type { Settings, Source } from '../../settings/settings.ts';
import { quote } from '../../text/quote.ts';
import { UsageError } from '../usage-error.ts';

/** A runtime-spec document in memory. */
export type OciDocument = Readonly<Record<string, unknown>>;

export interface RequestTrial {
  readonly devices: readonly string[];
  readonly source: Source;
  readonly namespace: string | undefined;
  readonly pod: string | undefined;
  readonly kubernetes: boolean;
  readonly userNamespace: boolean;
  readonly privileged: boolean;
}

/**
 * The document of a container that asks for devices besides what it asks for already.
 *
 * @throws {UsageError} for a device that is no qualified name, and for a source that the settings leave no way
 */
export function makeAskingDocument(
  document: OciDocument,
  asking: RequestTrial,
  settings: Settings['requests'],
): OciDocument {
  for (const device of asking.devices) {
    const fault = findQualifiedNameFault(device);
    if (fault !== undefined) throw new UsageError(`device ${quote(device)}: ${fault.why}`, fault.hint);
  }
  return ASK[asking.source](addFacts(document, asking), asking.devices, settings);
}

/** What containerd's CRI plugin writes, and every engine for "privileged" and for a user namespace. */
function addFacts(document: OciDocument, { namespace, pod, ...facts }: RequestTrial): OciDocument {
  const isCri = facts.kubernetes || namespace !== undefined || pod !== undefined;
  const process = copySection(document, 'process');
  const linux = copySection(document, 'linux');
  return {
    ...document,
    annotations: {
      ...copySection(document, 'annotations'),
      ...(isCri && { 'io.kubernetes.cri.container-type': 'container' }),
      ...(namespace !== undefined && { 'io.kubernetes.cri.sandbox-namespace': namespace }),
      ...(pod !== undefined && { 'io.kubernetes.cri.sandbox-name': pod }),
    },
    process: { ...process, ...(facts.privileged && { capabilities: { bounding: ['CAP_SYS_ADMIN'] } }) },
    linux: {
      ...linux,
      ...(facts.userNamespace && { namespaces: [...list(linux, 'namespaces'), { type: 'user' }] }),
      ...(facts.privileged && { resources: { devices: [{ allow: true, access: 'rwm' }] } }),
    },
  };
}

const DEVICES_VARIABLE = 'CDI_DEVICES';

/** The document with a request of each source. */
const ASK: {
  readonly [S in Source]: (
    document: OciDocument,
    devices: readonly string[],
    settings: Settings['requests'],
  ) => OciDocument;
} = {
  annotation(document, devices, { annotations }) {
    const [prefix] = annotations.prefixes;
    if (prefix === undefined) throw new UsageError('requests.annotations.prefixes of the settings is empty');
    const before = copySection(document, 'annotations');
    return { ...document, annotations: { ...before, [`${prefix}policy-test`]: devices.join(',') } };
  },
  env(document, devices) {
    const process = copySection(document, 'process');
    const env = list(process, 'env').map(String);
    const last = env.findLast((entry) => entry.startsWith(`${DEVICES_VARIABLE}=`));
    const before = last?.slice(DEVICES_VARIABLE.length + 1) ?? '';
    const value = [...(before === '' ? [] : [before]), ...devices].join(',');
    return { ...document, process: { ...process, env: [...env, `${DEVICES_VARIABLE}=${value}`] } };
  },
  mount(document, devices, { mounts }) {
    const more = devices.map((device) => ({
      source: '/dev/null',
      destination: `${mounts.prefix}/${device.replace('=', '/')}`,
    }));
    return { ...document, mounts: [...list(document, 'mounts'), ...more] };
  },
};

/** Another type than the specification gives it is left to who reads the document. */
function copySection(holder: OciDocument, key: string): OciDocument {
  const value = holder[key];
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(holder: OciDocument, key: string): readonly unknown[] {
  const value = holder[key];
  return Array.isArray(value) ? value : [];
}
