// All that can be said of an injection, as data: what JSON and YAML show whole, and people as text.
import type { ExplainedEdit } from '../../inject/explain.ts';
import type { AuditOutcome } from '../../inject/receipt.ts';
import type { Lease } from '../../leases/lease.ts';
import type { DeviceRequest } from '../../requests/request.ts';
import type { JsonValue, OrderedJson } from '../../text/json.ts';
import type { RecordedData } from '../audit/recorded.ts';
import type { OriginData } from '../effective-settings.ts';
import type { ErrorData } from '../look.ts';
import type { PolicyDecision } from './policy-decisions.ts';

/** What is explained: a bundle, a document by itself, or devices without one. */
export interface ExplainedSubject {
  readonly kind: 'bundle' | 'document' | 'devices';
  /** of the document; undefined for standard input, and where there is none */
  readonly path: string | undefined;
}

export type RequestData = {
  readonly device: string;
  readonly source: DeviceRequest['source'];
  readonly key: string;
  readonly optional: boolean;
  readonly action: PolicyDecision['action'];
  /** `policy.rules[2]`, `policy.preset kubernetes`, `policy.default`; or what switched the source off */
  readonly rule: string;
  readonly origin: OriginData;
  readonly reason: string | undefined;
  readonly granted: boolean;
  /** why the container starts without the device */
  readonly dropped: ErrorData | undefined;
  /** `vendor.com/class=any`, where that was asked for */
  readonly asked: string | undefined;
  /** what of the device only so many containers may have, and which have it now */
  readonly shared:
    | readonly {
        readonly most: number;
        readonly pattern: string;
        readonly holders: readonly Pick<Lease, 'id' | 'bundle' | 'roots' | 'since'>[];
      }[]
    | undefined;
};

export type EditData = {
  readonly kind: ExplainedEdit['kind'];
  readonly key: string;
  readonly value: JsonValue;
  readonly level: 'spec' | 'device';
  readonly device: string | undefined;
  readonly spec: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
  readonly request: { readonly device: string; readonly source: string; readonly key: string } | undefined;
  readonly effect: ExplainedEdit['effect'];
  /**
   * Of a hook: the environment is the `spec`'s, the `minimal` one that it gets for want of one, the `container`'s since
   * it runs in there, or what the `runtime` lets it inherit.
   */
  readonly hookEnv: 'spec' | 'minimal' | 'container' | 'runtime' | undefined;
  readonly writes: readonly { readonly path: readonly string[]; readonly value: OrderedJson }[];
  readonly replaces: readonly OrderedJson[];
  readonly shadows: readonly OrderedJson[];
  readonly overriddenBy:
    | { readonly spec: string; readonly device: string | undefined; readonly line: number | undefined }
    | undefined;
};

export type Explanation = {
  readonly subject: ExplainedSubject['kind'];
  readonly path: string | undefined;
  /** `nothing`: no device is asked for; `failed`: the real runtime refuses it, see `refusal` */
  readonly outcome: Exclude<AuditOutcome, 'intended'> | 'nothing';
  readonly container: OrderedJson | undefined;
  readonly requests: readonly RequestData[];
  readonly specs: readonly { readonly path: string; readonly digest: string | undefined }[];
  readonly edits: readonly EditData[];
  /** whether mounts of the document change their places, so that each comes before those below it */
  readonly mountsMoved: boolean;
  /** SHA-256 of the document, as it is and as it will be */
  readonly config: { readonly before: string; readonly after: string } | undefined;
  readonly warnings: readonly string[];
  readonly refusal: ErrorData | undefined;
  /** each path of the refusal and of warnings by itself, where there are several */
  readonly problems?: readonly string[];
  readonly audit: RecordedData | undefined;
};
