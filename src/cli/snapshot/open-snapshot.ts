// A snapshot as a host, for commands.
import { createHash } from 'node:crypto';
import type { SpecHost } from '../../host/host.ts';
import type { HostPicture } from '../../host/host-picture.ts';
import { createSnapshotHost } from '../../host/snapshot-host.ts';

export function openSnapshot(picture: HostPicture): SpecHost {
  return createSnapshotHost(picture, (text) => createHash('sha256').update(text).digest('hex'));
}
