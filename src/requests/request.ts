// A device that somebody asked for, and how.

export type Source = 'annotation' | 'env';

export interface DeviceRequest {
  readonly device: string;
  readonly source: Source;
  /** the annotation's key, the variable's name */
  readonly key: string;
}

/** `auto` follows the rule of the source; true and false are the administrator's word. */
export type Enabled = 'auto' | boolean;
