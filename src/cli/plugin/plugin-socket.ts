// A socket at a path that one program has at a time: what a program has left that was killed is replaced, and one that
// runs keeps it until it ends.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { renameSync, statSync, unlinkSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { dirname, join } from 'node:path';
import { readErrno } from '../files/errno.ts';

/** `sun_path`, with the NUL at its end. */
const LONGEST_PATH = 107;

/** Whether a socket in this directory, with the longest name that one gets, can be named to the kernel. */
export function hasRoomForSockets(directory: string): boolean {
  return Buffer.byteLength(makeScratchPath(directory)) <= LONGEST_PATH;
}

export function fitsSocketPath(path: string): boolean {
  return Buffer.byteLength(path) <= LONGEST_PATH;
}

export class PluginSocket {
  readonly path: string;
  readonly #onConnection: (connection: Socket) => void;
  readonly #onFree: () => void;
  #held: { readonly server: Server; readonly inode: string } | undefined;
  #other: Socket | undefined;

  /**
   * @param onFree is called when another program that had the socket has ended
   */
  constructor(path: string, onConnection: (connection: Socket) => void, onFree: () => void) {
    this.path = path;
    this.#onConnection = onConnection;
    this.#onFree = onFree;
  }

  /** Whether the kubelet reaches this program at the path. */
  isHeld(): boolean {
    return this.#held !== undefined && this.#held.inode === readInode(this.path);
  }

  /**
   * Takes the path, if no program that runs has it.
   *
   * @returns whether it is ours
   * @throws the errors of `node:fs` and `node:net`
   */
  async take(): Promise<boolean> {
    if (this.isHeld()) return true;
    this.#leave();
    if (this.#other !== undefined) return false;
    if (await this.#isTaken()) return false;
    // What is bound beside it and renamed is there whole, in the place of whatever a killed program has left.
    const scratch = makeScratchPath(dirname(this.path));
    const server = createServer(this.#onConnection);
    server.listen(scratch);
    await once(server, 'listening');
    try {
      const inode = readInode(scratch);
      renameSync(scratch, this.path);
      this.#held = inode === undefined ? undefined : { server, inode };
    } catch (error) {
      server.close();
      throw error;
    }
    return this.isHeld();
  }

  /** Removes the socket, if it is ours. */
  close(): void {
    this.#other?.destroy();
    this.#other = undefined;
    if (this.isHeld()) {
      try {
        unlinkSync(this.path);
      } catch {
        // it is gone
      }
    }
    this.#leave();
  }

  #leave(): void {
    this.#held?.server.close();
    this.#held = undefined;
  }

  /** Whether a program answers there; if so, its end is told. */
  async #isTaken(): Promise<boolean> {
    const other = connect(this.path);
    try {
      await once(other, 'connect');
    } catch (error) {
      const errno = readErrno(error);
      if (errno === 'ECONNREFUSED' || errno === 'ENOENT') return false;
      throw error;
    }
    this.#other = other;
    other.unref();
    // Its first words are of no interest, but unread they would keep its end from being seen.
    other.resume();
    other.on('error', () => {});
    other.on('close', () => {
      if (this.#other !== other) return;
      this.#other = undefined;
      this.#onFree();
    });
    return true;
  }
}

function makeScratchPath(directory: string): string {
  return join(directory, `.cdi-${randomBytes(6).toString('hex')}`);
}

function readInode(path: string): string | undefined {
  const status = statSync(path, { bigint: true, throwIfNoEntry: false });
  return status && `${status.dev}:${status.ino}`;
}
