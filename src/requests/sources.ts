// The ways to ask for devices, in the order in which their requests are read.
import type { Source } from '../settings/settings.ts';
import { fromAnnotations } from './from-annotations.ts';
import { fromEnv } from './from-env.ts';
import { fromMounts } from './from-mounts.ts';
import type { RequestSource } from './request.ts';

export const REQUEST_SOURCES: { readonly [S in Source]: RequestSource } = {
  annotation: fromAnnotations,
  env: fromEnv,
  mount: fromMounts,
};
