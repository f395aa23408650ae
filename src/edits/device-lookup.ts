// What an edit may ask about the host: the one question that device nodes need answered.
import type { Host } from '../host/host.ts';

export type DeviceLookup = Pick<Host, 'deviceInfo'>;
