// How questions are kept and asked again, for the whole application.
import { QueryCache, QueryClient } from "@tanstack/react-query";
import { askPresence, endSession } from "@/data/session";
import { faultOf, mayPass } from "@/data/result";

/** Live events make things old; this is the net under them. */
const STALE_MS = 60_000;

export function createQueries(): QueryClient {
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError: (error) => {
        if (faultOf(error).kind === "signed_out") endSession(queries);
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        refetchInterval: STALE_MS,
        // The browser's idea of being offline is about the internet; the centre is next door.
        networkMode: "always",
        retry: (failures, error) => mayPass(faultOf(error)) && failures < 2,
      },
      mutations: { networkMode: "always" },
    },
  });
  askPresence(queries);
  return queries;
}
