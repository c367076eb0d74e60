// Sites: the intersections and their names for people.
import { queryOptions, useQuery } from "@tanstack/react-query";
import { client, tagged, type Schemas } from "./client";
import { valueOf } from "./result";

export type Site = Schemas["Site"];

export const sitesQuery = queryOptions({
  queryKey: ["sites"],
  queryFn: async () => valueOf(await tagged(client.GET("/api/v1/sites"))),
  // They change with the centre's configuration only.
  staleTime: Infinity,
  refetchInterval: false,
});

/** A site's id with its name, when it has one of its own. */
export function useSiteName(): (id: string) => string {
  const sites = useQuery(sitesQuery).data;
  return (id) => {
    const name = sites?.find((site) => site.site === id)?.name;
    return name === undefined || name === id ? id : `${id} · ${name}`;
  };
}
