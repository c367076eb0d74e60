// Who is signed in, and how one becomes and stops being so.
import { queryOptions, useMutation, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { client, tagged, type Schemas } from "./client";
import { FaultError, valueOf, type Result } from "./result";

export type Session = Schemas["Session"];
export type Role = Schemas["Role"];

/** `ended` tells a session that was there from one that never was. */
export type Presence = { state: "in"; session: Session } | { state: "out"; why: "nobody" | "ended" };

const KEY = ["session"] as const;

async function fetchPresence(): Promise<Presence> {
  const result = await tagged(client.GET("/api/v1/session"));
  if (!result.ok && result.fault.kind === "signed_out") return { state: "out", why: "nobody" };
  return { state: "in", session: valueOf(result) };
}

const presenceQuery = queryOptions({ queryKey: KEY, queryFn: fetchPresence, staleTime: Infinity });

/** Asks who is here before anything is drawn: a page that comes in parts must not wait for it twice. */
export function askPresence(queries: QueryClient): void {
  // What goes wrong is told where the answer is used.
  queries.query(presenceQuery).catch(() => undefined);
}

/** Who is here; `undefined` while that is not yet known. */
export function usePresence(): { presence: Presence | undefined; unreachable: boolean; retry: () => void } {
  const query = useQuery(presenceQuery);
  return { presence: query.data, unreachable: query.isError, retry: () => void query.refetch() };
}

function note(queries: QueryClient, presence: Presence): void {
  queries.setQueryData(presenceQuery.queryKey, presence);
}

/** Notes that the centre no longer knows the session. What was shown stays in memory no longer. */
export function endSession(queries: QueryClient): void {
  const before = queries.getQueryData<Presence>(KEY);
  if (before?.state === "in") leave(queries, "ended");
}

function leave(queries: QueryClient, why: "nobody" | "ended"): void {
  note(queries, { state: "out", why });
  queries.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
}

export function signIn(name: string, password: string): Promise<Result<Session>> {
  return tagged(client.POST("/api/v1/session", { body: { name, password } }));
}

export function useSignIn(): ReturnType<typeof useMutation<Session, FaultError, { name: string; password: string }>> {
  const queries = useQueryClient();
  return useMutation<Session, FaultError, { name: string; password: string }>({
    mutationFn: async ({ name, password }) => valueOf(await signIn(name, password)),
    onSuccess: (session) => { note(queries, { state: "in", session }); },
  });
}

export function useSignOut(): ReturnType<typeof useMutation<unknown, FaultError>> {
  const queries = useQueryClient();
  return useMutation<unknown, FaultError>({
    mutationFn: async () => valueOf(await tagged(client.DELETE("/api/v1/session"))),
    onSuccess: () => { leave(queries, "nobody"); },
  });
}
