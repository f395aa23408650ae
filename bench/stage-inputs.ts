// The creates whose stages are counted.
import { join } from 'node:path';
import type { Parts } from './lay-out.ts';
import { KIND, largeSpec, smallSpec } from './specs.ts';

export interface StageInput {
  readonly title: string;
  readonly parts: Parts;
}

const FILES = 64;

/** @param hook a file that may be run */
export function makeStageInputs(folder: string, hook: string): readonly StageInput[] {
  const large = [largeSpec(join(folder, 'libraries'), hook)];
  const others = Array.from({ length: FILES - 1 }, (_, i) => smallSpec(`vendor${i}.example/class`, `device-${i}`));
  return [
    { title: 'no request', parts: { specs: large, asked: [] } },
    { title: '1 device', parts: { specs: large, asked: ['0'] } },
    { title: '8 devices', parts: { specs: large, asked: [...'01234567'] } },
    { title: '1 of 64 specs', parts: { specs: [...others, smallSpec(KIND, 'wanted')] } },
  ];
}
