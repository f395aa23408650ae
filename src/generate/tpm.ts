// TPMs, by the kernel's manager of their resources: several containers may have one, and each sees its own keys alone.
import { makeClassGenerator } from './class-generator.ts';
import type { Generator } from './generator.ts';

/** Not /dev/tpm0 itself: only one program can have that open, and what it leaves there the next one finds. */
export const tpm: Generator = makeClassGenerator({
  id: 'tpm',
  about: 'TPMs, through the manager of their resources',
  naming: 'the place (platform-MSFT0101:00); tpmrm0 for what is plugged in nowhere',
  devices: 'tpmrm',
  nothing: { why: 'there is no TPM 2.0', hint: 'switch it on in the firmware' },
});
