// What programs hand over with nulls in it, as parsed JSON may be: Go has nil there, or the zero value.
import type { Spec } from '../cdi/spec.ts';

/** The value without members that are null or undefined, at any depth. */
export function dropNulls<T>(value: T): T;
export function dropNulls(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => dropNulls(item));
  const members = Object.entries(value).filter(([, member]) => member !== null && member !== undefined);
  return Object.fromEntries(members.map(([key, member]) => [key, dropNulls(member)]));
}

/** A spec with all fields that a spec must have, empty where they were null or absent. */
export function completeSpec<T extends Spec>(spec: T | null | undefined): T;
export function completeSpec(spec: Spec | null | undefined): Spec {
  const { devices = [], ...others }: Partial<Spec> = dropNulls(spec ?? {});
  return {
    cdiVersion: '',
    kind: '',
    ...others,
    devices: devices.map((device) => ({
      ...device,
      name: device?.name ?? '',
      containerEdits: device?.containerEdits ?? {},
    })),
  };
}
