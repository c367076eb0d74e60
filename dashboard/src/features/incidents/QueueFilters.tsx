// The queue's filters. They live in the address; this only writes it.
import { Button, NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { camerasQuery } from "@/data/cameras";
import { useSiteName } from "@/data/sites";
import { useText, useWord } from "@/i18n/text";
import { INCIDENT_TYPES, isFiltered, PERIODS, readQueueSearch, SEVERITIES, STATES, type QueueSearch } from "./search";
import styles from "./QueueFilters.module.css";

interface Choice {
  value: string;
  label: string;
}

export function QueueFilters({ search, onChange }: { search: QueueSearch; onChange: (search: QueueSearch) => void }): ReactNode {
  const text = useText();
  const word = useWord();
  const siteName = useSiteName();
  const cameras = useQuery(camerasQuery).data ?? [];
  const sites = [...new Set([...cameras.map((camera) => camera.site), ...(search.site === undefined ? [] : [search.site])])].sort();
  const set = (key: keyof QueueSearch, value: string): void => { onChange(readQueueSearch({ ...search, [key]: value })); };
  return (
    <form className={styles["filters"]} aria-label={text("filter.label")} onSubmit={(event) => { event.preventDefault(); }}>
      <Filter name="state" label={text("filter.state")} value={search.state} onPick={set} choices={STATES.map((value) => ({ value, label: text(`filter.state.${value}`) }))} />
      <Filter name="type" label={text("filter.type")} value={search.type} onPick={set} choices={INCIDENT_TYPES.map((value) => ({ value, label: word("type", value) }))} />
      <Filter name="severity" label={text("filter.severity")} value={search.severity} onPick={set} choices={SEVERITIES.map((value) => ({ value, label: word("severity", value) }))} />
      <Filter name="site" label={text("filter.site")} value={search.site} onPick={set} choices={sites.map((value) => ({ value, label: siteName(value) }))} />
      <Filter name="hours" label={text("filter.period")} value={search.hours?.toString()} onPick={set} choices={PERIODS.map((value) => ({ value: String(value), label: text("filter.hours", { n: value }) }))} />
      {isFiltered(search) && <Button variant="subtle" onClick={() => { onChange({}); }}>{text("filter.clear")}</Button>}
    </form>
  );
}

interface FilterProps {
  name: keyof QueueSearch;
  label: string;
  value: string | undefined;
  choices: readonly Choice[];
  onPick: (name: keyof QueueSearch, value: string) => void;
}

function Filter({ name, label, value, choices, onPick }: FilterProps): ReactNode {
  const text = useText();
  const data = [{ value: "", label: text("common.all") }, ...choices];
  return <NativeSelect label={label} data={data} value={value ?? ""} onChange={(event) => { onPick(name, event.currentTarget.value); }} data-testid={`filter-${name}`} data-set={value !== undefined} />;
}
