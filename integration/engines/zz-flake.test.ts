import { copyFileSync, appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { must, running } from '../support/command.ts';
import { endShims, startContainerd } from '../support/containerd.ts';
import type { Daemon } from '../support/daemon.ts';
import { type Cri, connectCri, criConfig } from '../support/cri.ts';
import { Pod } from '../support/pod.ts';
import { ANNOTATION, DEVICE, PROBE, type Stage, setStage } from '../support/stage.ts';
describe('flake', () => {
  let stage: Stage;
  let daemon: Daemon;
  let socket: string;
  let cri: Cri;
  before(async () => {
    stage = setStage();
    socket = join(stage.folder, 'c.sock');
    daemon = await startContainerd(stage, socket, criConfig(stage, false));
    must('ctr', ['-a', socket, '-n', 'k8s.io', 'image', 'import', stage.images]);
    cri = connectCri(socket);
  });
  after(async () => {
    cri.close();
    await daemon.stop();
    endShims(socket);
    copyFileSync(join(stage.folder, 'containerd.log'), '/tmp/eng/containerd.log');
    stage.takeDown();
  });
  for (const PODS of [1,5,10, 25]) for (const handler of ['runc', 'cdi'])
    test(handler+PODS, async () => {
        const t0 = Date.now();
        const took = await Promise.all(Array.from({ length: PODS }, async (_, i) => {
          const pod = await Pod.start(cri, stage.folder, handler + i + PODS, {handler});
          const t1 = Date.now();
          await Promise.all(Array.from({ length: 50/PODS }, async () => {
            const id = await pod.create(`${PROBE}; exec sleep 1000`, { annotations: { [ANNOTATION]: DEVICE } });
            await cri.call('StartContainer', { container_id: id });
          }));
          const t2 = Date.now();
          await pod.remove();
          return [t1 - t0, t2 - t0, Date.now() - t0];
        }));
        console.log(handler, PODS, JSON.stringify(took));
    });
});
