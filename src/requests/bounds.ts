// How much a container may ask for: nobody needs more, and a flood is refused before it costs anything.
import { makeRequestError } from './bad-request.ts';
import type { NamedRequest } from './request.ts';

/** Names in all. */
const MOST_REQUESTS = 1024;
/** One more than that is as good as any number: the rest of a flood need not be read. */
export const ENOUGH_TO_REFUSE: number = MOST_REQUESTS + 1;
/** Characters of one annotation or variable; the kernel takes no longer variable than twice this. */
const LONGEST_VALUE = 65_536;
/** Characters of all names; annotations of Kubernetes hold no more. */
const MOST_CHARACTERS = 262_144;

/** The names of a value with commas between them. */
export function readNames(common: Omit<NamedRequest, 'name'>, value: string): readonly NamedRequest[] {
  return findFlood(common, value) ?? value.split(',', ENOUGH_TO_REFUSE).map((name) => ({ ...common, name }));
}

/** What stands for a value that is too long to be read: its beginning, and why. */
export function findFlood(common: Omit<NamedRequest, 'name'>, value: string): readonly NamedRequest[] | undefined {
  if (value.length <= LONGEST_VALUE) return undefined;
  const why = `it has more than ${LONGEST_VALUE} characters`;
  const fault = makeRequestError(common.source, common.key, why, 'ask for fewer devices');
  return [{ ...common, name: value.slice(0, 160), fault }];
}

/** @throws {CdiError} BAD_REQUEST, at the request that is too much */
export function checkAmount(requests: readonly NamedRequest[]): void {
  let characters = 0;
  let count = 0;
  for (const { source, key, name } of requests) {
    characters += name.length;
    count += 1;
    if (count > MOST_REQUESTS)
      throw makeRequestError(source, key, `the container asks for more than ${MOST_REQUESTS} devices`, 'ask for fewer');
    if (characters > MOST_CHARACTERS) {
      const why = `the container asks for devices by more than ${MOST_CHARACTERS} characters`;
      throw makeRequestError(source, key, why, 'ask for fewer');
    }
  }
}
