// What became of a question to the centre. Callers must look before they use a value.

/** Why there is no value. */
export type Fault =
  /** No answer at all: the network, or the centre is down. */
  | { kind: "unreachable" }
  /** Not signed in, or the session has ended. */
  | { kind: "signed_out" }
  /** Signed in, but the role may not. */
  | { kind: "forbidden" }
  | { kind: "not_found" }
  /** Anything else; `code` is the centre's stable word. */
  | { kind: "refused"; status: number; code: string; detail: string | undefined };

export type Result<T> = { ok: true; value: T } | { ok: false; fault: Fault };

/** A fault on its way through a query, which knows only thrown errors. */
export class FaultError extends Error {
  readonly fault: Fault;

  constructor(fault: Fault) {
    super(fault.kind === "refused" ? `${fault.status} ${fault.code}` : fault.kind);
    this.name = "FaultError";
    this.fault = fault;
  }
}

/** The value, or throws a {@link FaultError}; for query functions only. */
export function valueOf<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new FaultError(result.fault);
}

/** What a thrown error says about the question. */
export function faultOf(error: unknown): Fault {
  return error instanceof FaultError ? error.fault : { kind: "unreachable" };
}

/** Whether asking the same again may help. */
export function mayPass(fault: Fault): boolean {
  return fault.kind === "unreachable" || (fault.kind === "refused" && (fault.status >= 500 || fault.status === 429));
}
