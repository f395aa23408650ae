// What an edit may ask about the host: the one question that device nodes need answered.

/** A node of the host, looked at itself and not through a link. */
export interface HostNode {
  /** `b`, `c`, `p`, or empty for what is no device node */
  readonly type: string;
  readonly major: number;
  readonly minor: number;
  /** permission bits with set-id and sticky */
  readonly mode: number;
}

export interface DeviceLookup {
  /** the node, or the errno name why there is none */
  node(path: string): HostNode | { readonly errno: string };
}
