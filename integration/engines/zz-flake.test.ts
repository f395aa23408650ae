import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { must, running } from '../support/command.ts';
import { endShims, startContainerd } from '../support/containerd.ts';
import type { Daemon } from '../support/daemon.ts';
import { IMAGE } from '../support/image.ts';
import { ANNOTATION, DEVICE, PROBE, type Stage, setStage } from '../support/stage.ts';

describe('flake', () => {
  let stage: Stage;
  let daemon: Daemon;
  let socket: string;
  before(async () => {
    stage = setStage();
    socket = join(stage.folder, 'c.sock');
    daemon = await startContainerd(stage, socket);
    must('ctr', ['-a', socket, 'image', 'import', stage.images]);
    must('ctr', ['-a', socket, 'run', '-d', IMAGE, 'life', 'sleep', '1000']);
  });
  after(async () => {
    await daemon.stop();
    endShims(socket);
    stage.takeDown();
  });
  for (const [what, opts] of [
    ['bare', []],
    ['shim', ['--runc-binary', 'S', '--annotation', `${ANNOTATION}=${DEVICE}`]],
  ] as const)
    test(what, async () => {
      for (let round = 0; round < 40; round++) {
        const counts = new Map<string, number>();
        await Promise.all(
          Array.from({ length: 50 }, async (_, i) => {
            const o = await running(
              'ctr',
              [
                '-a',
                socket,
                'run',
                '--rm',
                ...opts.map((o) => (o === 'S' ? stage.shim('cdi-runc') : o)),
                IMAGE,
                `m${i}`,
                'sh',
                '-c',
                PROBE,
              ],
              { env: stage.env },
            );
            const k = JSON.stringify(o);
            counts.set(k, (counts.get(k) ?? 0) + 1);
          }),
        );
        for (const [k, n] of counts) console.log(what, n, k);
      }
    });
});
