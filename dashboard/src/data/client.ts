// The one place where requests leave: the generated client, and answers turned into tagged results.
import createClient from "openapi-fetch";
import type { components, paths } from "./schema";
import type { Fault, Result } from "./result";
import { learnClock } from "./centreClock";

export type Schemas = components["schemas"];

/** Asks through whatever `fetch` is at the time of the call, so that tests can stand in for it. */
const ask = (request: Request): Promise<Response> => globalThis.fetch(request);

export const client = createClient<paths>({ baseUrl: globalThis.location.origin, fetch: ask, credentials: "same-origin" });

client.use({
  onResponse: ({ response }) => {
    learnClock(response.headers.get("date"));
  },
});

interface Answer<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** Waits for an answer of the generated client and tags it. */
export async function tagged<T>(question: Promise<Answer<T>>): Promise<Result<T>> {
  let answer: Answer<T>;
  try {
    answer = await question;
  } catch {
    return { ok: false, fault: { kind: "unreachable" } };
  }
  if (answer.response.ok) return { ok: true, value: answer.data as T };
  return { ok: false, fault: faultOfStatus(answer.response.status, answer.error) };
}

/** Reads the fault out of a status and a problem document (RFC 9457), if there is one. */
export function faultOfStatus(status: number, problem: unknown): Fault {
  const { code, detail } = problemOf(problem);
  if (status === 401) return { kind: "signed_out" };
  if (status === 403) return { kind: "forbidden" };
  if (status === 404) return { kind: "not_found" };
  // A proxy in front answers for a centre that does not.
  if (status === 502 || status === 503 || status === 504) return { kind: "unreachable" };
  return { kind: "refused", status, code: code ?? "unknown", detail };
}

function problemOf(problem: unknown): { code: string | undefined; detail: string | undefined } {
  if (typeof problem !== "object" || problem === null) return { code: undefined, detail: undefined };
  const { code, detail } = problem as Record<string, unknown>;
  return { code: typeof code === "string" ? code : undefined, detail: typeof detail === "string" ? detail : undefined };
}
