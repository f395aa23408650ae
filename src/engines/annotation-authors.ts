// Who may have written the annotations of a container, by which it asks for devices: an image must not be among them.
import type { Engine } from './engine.ts';

/** What makes an engine's annotations the word of images, and what to do about it. */
export interface ImageAnnotations {
  readonly why: string;
  readonly cure: string;
}

/** undefined where an engine of this version, or of one that is not known, keeps the annotations of images out. */
export function findImageAnnotations(
  { id, annotationAuthors }: Engine,
  version: string | undefined,
): ImageAnnotations | undefined {
  if (!annotationAuthors(version).includes('image')) return undefined;
  return {
    why: `${id} ${version} gives each container the annotations of its image, by which any image could ask for devices`,
    cure: `use a newer one (Podman from 4.5.1 on), or set requests.annotations.enabled: false in the settings`,
  };
}
