// Who asks for any device of a kind gets the first that is free.
import { compareNames } from '../cdi/device-name.ts';
import type { Host } from '../host/host.ts';
import { type Holder, isOverlapping } from '../leases/lease.ts';
import { judgeRequest } from '../policy/judge.ts';
import type { DeviceIndex } from '../registry/device-index.ts';
import type { RequestsRead } from '../requests/read-requests.ts';
import type { DeviceRequest } from '../requests/request.ts';
import type { Settings } from '../settings/settings.ts';
import { keepEffects } from './find-effects.ts';
import { indexKinds, lookUntil } from './resolve-requests.ts';
import { isFull, keepClaims, keepUnits, listSingle } from './shares.ts';
import type { SpecSources } from './spec-sources.ts';

const ANY = '=any';

/**
 * The requests with a device by its name in the place of each `vendor.com/class=any`: the first, in the order of names,
 * that the policy allows, that no one has, and that the container does not ask for besides. Where there is none, the
 * first that is allowed, so that it is told who has it; where none is allowed, the first. A device that is called so
 * itself, and a kind without devices, are left as they are.
 */
export function chooseDevices(
  host: Host,
  read: RequestsRead,
  sources: SpecSources,
  options: Settings,
  asker: Partial<Holder> = {},
): RequestsRead {
  const { requests, facts } = read;
  if (!requests.some(({ device }) => device.endsWith(ANY))) return read;
  const judge = (request: DeviceRequest, effectsOf?: ReturnType<typeof keepEffects>): boolean =>
    judgeRequest(options.policy, request, facts, effectsOf?.(request.device)).action === 'allow';
  const needed = requests.filter((request) => !request.optional && judge(request));
  const names = requests.map(({ device }) => device);
  const index = lookUntil(
    host,
    options,
    () => indexKinds(sources, options, names),
    (found) => needed.some(({ device }) => !found.devices.has(device) && listOfKind(found, device).length === 0),
  );
  const effectsOf = keepEffects(host, sources.trust, index);
  const findUnit = keepUnits(host, sources.trust, index);
  const findClaims = keepClaims(host, options.policy.share, asker, index, findUnit);
  const named = names.filter((name) => index.devices.has(name)).map(findUnit);
  const isFree = (request: DeviceRequest): boolean =>
    !named.some((unit) => isOverlapping(unit, findUnit(request.device))) && !findClaims(request).some(isFull);
  const find = (request: DeviceRequest): string => {
    const candidates = listSingle(findUnit, listOfKind(index, request.device));
    let allowed: string | undefined;
    for (const device of candidates) {
      const candidate = { ...request, device };
      if (!judge(candidate, effectsOf)) continue;
      allowed ??= device;
      if (isFree(candidate)) return device;
    }
    return allowed ?? candidates[0] ?? request.device;
  };
  const found = new Map<string, string>();
  const choose = (request: DeviceRequest): DeviceRequest => {
    const asked = request.device;
    if (!asked.endsWith(ANY) || index.devices.has(asked)) return request;
    // all that the policy goes by
    const key = `${asked} ${request.source} ${request.ofKubelet}`;
    const device = found.get(key) ?? find(request);
    found.set(key, device);
    return device === asked ? request : { ...request, device, asked };
  };
  return { ...read, requests: requests.map(choose) };
}

/** The devices that `vendor.com/class=any` may stand for, in order; none for another name. */
function listOfKind({ devices }: DeviceIndex, any: string): readonly string[] {
  if (!any.endsWith(ANY)) return [];
  const kind = any.slice(0, 1 - ANY.length);
  return [...devices.keys()].filter((name) => name.startsWith(kind)).sort(compareNames);
}
