// The container that a person means by an engine and a name.
import { CdiError } from '../../text/error.ts';
import { suggestNearest } from '../../text/nearest.ts';
import { quote, quoteList } from '../../text/quote.ts';
import { type Container, MAKERS, type Maker, writeHandle } from './container.ts';
import { listRunning, listStopped } from './list-containers.ts';

export interface Handle {
  readonly maker: Maker;
  /** a name or an id, or how an id begins */
  readonly name: string;
}

/** `docker:web`; undefined for a word of another form. */
export function parseHandle(word: string): Handle | undefined {
  const colon = word.indexOf(':');
  const maker = MAKERS.find((known) => known === word.slice(0, Math.max(0, colon)));
  return maker === undefined || colon === word.length - 1 ? undefined : { maker, name: word.slice(colon + 1) };
}

/**
 * Among those that run on a host, and those that engines keep on its disk.
 *
 * @param root where the host's `/` is; empty for this host
 * @throws {CdiError} CANNOT_READ where there is none, with the nearest names, or more than one
 */
export function findContainer(handle: Handle, root = ''): Container {
  const { containers, unsure } = listRunning(root);
  const own = [...containers, ...listStopped(root, containers)].filter(({ maker }) => maker === handle.maker);
  const [found, ...others] = chooseContainers(own, handle.name);
  const what = `find container ${quote(writeHandle(handle))}`;
  if (found === undefined) {
    const [doubt] = unsure;
    const why = own.length === 0 ? `no container of ${handle.maker} is here` : 'none has this name or id';
    throw new CdiError('CANNOT_READ', {
      what,
      why: doubt === undefined ? why : `${why}, as far as one can see: ${doubt}`,
      hint:
        suggestNearest(
          handle.name,
          own.map(({ name }) => name),
        ) ?? 'cdictl audit --all tells of those that are gone',
    });
  }
  if (others.length > 0) {
    const all = [found, ...others].map(({ id, name }) => (name.endsWith(id) ? name : `${name} (${id})`));
    throw new CdiError('CANNOT_READ', {
      what,
      why: `it may be any of ${quoteList(all)}`,
      hint: 'write more of it',
    });
  }
  return found;
}

/** Whose very name it is, or else whose last part, or else whose id begins so. */
function chooseContainers(containers: readonly Container[], word: string): readonly Container[] {
  const ways: readonly ((container: Container) => boolean)[] = [
    ({ name, id }) => name === word || id === word,
    ({ name }) => name.endsWith(`/${word}`),
    ({ id }) => id.startsWith(word),
  ];
  for (const isMeant of ways) {
    const found = containers.filter(isMeant);
    if (found.length > 0) return found;
  }
  return [];
}
