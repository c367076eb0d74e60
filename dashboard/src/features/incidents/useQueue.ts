// The queue as it is shown: live while nobody is at it, still while somebody is.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { incidentsQuery, type Incident, type IncidentFilter } from "@/data/incidents";
import { free, held, type Row } from "./reconcile";

export interface Queue {
  rows: Row<Incident>[];
  /** New ones that wait behind the chip. */
  waiting: number;
  /** Takes the new ones in. */
  showNew: () => void;
  /** Somebody reads: nothing may move. */
  hold: () => void;
  release: () => void;
  more: (() => void) | undefined;
  loadingMore: boolean;
  loaded: boolean;
  error: Error | null;
  retry: () => void;
}

export function useQueue(filter: IncidentFilter): Queue {
  const query = useInfiniteQuery(incidentsQuery(filter));
  const fetched = useMemo(() => unique(query.data?.pages.flatMap((page) => page.items) ?? []), [query.data]);
  const [base, setBase] = useState<Row<Incident>[]>();
  const { rows, waiting } = useMemo(() => (base ? held(base, fetched) : free(fetched)), [base, fetched]);
  return {
    rows,
    waiting,
    showNew: () => { setBase((before) => (before ? free(fetched).rows : undefined)); },
    hold: () => { setBase((before) => before ?? (query.data ? free(fetched).rows : undefined)); },
    release: () => { setBase(undefined); },
    more: query.hasNextPage ? () => void query.fetchNextPage() : undefined,
    loadingMore: query.isFetchingNextPage,
    loaded: query.data !== undefined,
    error: query.error,
    retry: () => void query.refetch(),
  };
}

/** Pages may overlap when something arrived between them. */
function unique(items: Incident[]): Incident[] {
  const seen = new Set<string>();
  return items.filter((item) => !seen.has(item.id) && seen.add(item.id));
}
