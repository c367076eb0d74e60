// The incident queue: newest first, live, driven by keys, its filter in the address.
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useMemo, type ReactNode } from "react";
import { Page } from "@/components/Page";
import { centreNow } from "@/data/centreClock";
import { useText } from "@/i18n/text";
import { QueueFilters } from "./QueueFilters";
import { QueueList } from "./QueueList";
import { rememberSearch } from "./queueMemory";
import { filterOf, isFiltered, type QueueSearch } from "./search";

const route = getRouteApi("/incidents");

export function QueuePage(): ReactNode {
  const text = useText();
  const search = route.useSearch();
  const navigate = useNavigate();
  const filter = useMemo(() => filterOf(search, centreNow()), [search]);
  useEffect(() => { rememberSearch(search); }, [search]);
  const change = (next: QueueSearch): void => void navigate({ to: "/incidents", search: next, replace: true });
  return (
    <Page title={text("queue.title")}>
      <QueueFilters search={search} onChange={change} />
      <QueueList key={JSON.stringify(filter)} filter={filter} filtered={isFiltered(search)} />
    </Page>
  );
}
