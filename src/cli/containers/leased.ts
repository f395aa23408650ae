// How many containers have a device that only so many may have, by the leases of the shim.
import { isSharing, keepShared, keepUnits } from '../../inject/shares.ts';
import type { Lease } from '../../leases/lease.ts';
import { findHolders, readLeases } from '../../leases/leases.ts';
import { CdiError } from '../../text/error.ts';
import type { Context } from '../command.ts';
import type { SpecView } from '../look.ts';
import type { Container } from './container.ts';

export type Share = {
  /** of `policy.share` */
  readonly pattern: string;
  readonly most: number;
  /** how many containers have a lease */
  readonly held: number;
  /** whether this container has one; an engine's own CDI takes none */
  readonly leased: boolean;
};

/** What is on lease now. */
export interface Leased {
  /** folders in which runtimes keep the state of those who have leases */
  readonly roots: readonly string[];
  /** undefined for a device that any number of containers may have; of several parts the one with the least left */
  find(device: string, container: Container): Share | undefined;
  readonly unsure: readonly string[];
}

export function readLeased(context: Context, { index, sources }: SpecView): Leased {
  const { share } = context.settings().settings.policy;
  if (!isSharing(share)) return { roots: [], find: () => undefined, unsure: [] };
  const [leases, unsure] = tryReadLeases(context);
  const findShared = keepShared(share, index, keepUnits(context.host, sources.trust, index));
  return {
    roots: leases.flatMap(({ roots }) => roots),
    find: (device, { id, bundle }) => {
      const shares = findShared(device).map(({ pattern, most, unit }): Share => {
        const holders = findHolders(leases, unit, {});
        const leased = holders.some((lease) => lease.id === id && lease.bundle === bundle);
        return { pattern, most, held: holders.length, leased };
      });
      return shares.sort((a, b) => a.most - a.held - (b.most - b.held))[0];
    },
    unsure,
  };
}

/** Who holds what is told without leases as well. */
function tryReadLeases({ host }: Context): readonly [leases: readonly Lease[], unsure: readonly string[]] {
  try {
    return [readLeases(host), []];
  } catch (error) {
    if (!(error instanceof CdiError)) throw error;
    return [[], [error.message]];
  }
}
