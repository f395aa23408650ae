// Boots the VM once, in software alone, and follows its console to the end.
import { execa } from 'execa';
import { demandProgram } from './programs.ts';

export interface Machine {
  readonly kernel: string;
  readonly initramfs: string;
  /** files that the VM has as /dev/vda, /dev/vdb … */
  readonly disks: readonly string[];
}

export interface Session {
  /** the console's lines, and what QEMU itself said */
  readonly texts: readonly string[];
  readonly timedOut: boolean;
}

/**
 * @param limitMs after which the VM is ended
 * @param onLine is shown each line of the console as it comes
 * @throws {Refusal} where QEMU is missing
 */
export async function boot(machine: Machine, limitMs: number, onLine: (text: string) => void): Promise<Session> {
  // QEMU goes when we do, however that is
  const words = ['--pdeathsig', 'KILL', demandProgram('qemu-system-x86_64'), ...machineOptions(machine)];
  const qemu = execa(demandProgram('setpriv'), words, {
    all: true,
    buffer: false,
    killSignal: 'SIGKILL',
    reject: false,
    stdin: 'ignore',
    timeout: limitMs,
  });
  const texts: string[] = [];
  for await (const line of qemu.iterable({ from: 'all' })) {
    const text = line.replaceAll('\r', '');
    texts.push(text);
    onLine(text);
  }
  const { timedOut } = await qemu;
  return { texts, timedOut };
}

function machineOptions({ kernel, initramfs, disks }: Machine): string[] {
  const drives = disks.flatMap((file, i) => [
    ...['-drive', `if=none,id=disk${i},format=raw,file=${file}`],
    ...['-device', `virtio-blk-pci,drive=disk${i}`],
  ]);
  return [
    // never KVM: it is not everywhere, and where it is half there the VM hangs. More processors only cost more.
    ...['-accel', 'tcg', '-smp', '1', '-m', '512'],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...drives,
    ...['-kernel', kernel, '-initrd', initramfs],
    // of the kernel's own lines only those of a panic may come between ours, and a panic ends the VM at once
    ...['-append', 'console=ttyS0 quiet loglevel=1 panic=-1'],
  ];
}
