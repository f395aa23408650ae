// The ways to ask for devices, in the order in which their requests are read.
import type { Source } from '../settings/settings.ts';
import { readAnnotationRequests } from './from-annotations.ts';
import { readEnvRequests } from './from-env.ts';
import { readMountRequests } from './from-mounts.ts';
import type { RequestSource } from './request.ts';

export const REQUEST_SOURCES: { readonly [S in Source]: RequestSource } = {
  annotation: readAnnotationRequests,
  env: readEnvRequests,
  mount: readMountRequests,
};

export const SOURCE_NAMES: readonly Source[] = ['annotation', 'env', 'mount'];
