// Counts of one camera: which camera and period, one chart for each line and direction, the table
// behind them and the download of exactly what is shown.
import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer } from "@/components/Answer";
import { Empty } from "@/components/Empty";
import { Page } from "@/components/Page";
import { camerasQuery, type Camera } from "@/data/cameras";
import { countsQuery } from "@/data/counts";
import { useText } from "@/i18n/text";
import { useNow } from "@/i18n/zone";
import { CountsView } from "./CountsView";
import { BINS, DEFAULT_BIN, DEFAULT_HOURS, HOURS, periodOf, readCountsSearch, type CountsSearch } from "./search";
import styles from "./CountsPage.module.css";

const route = getRouteApi("/counts");

export function CountsPage(): ReactNode {
  const text = useText();
  const search = route.useSearch();
  const navigate = useNavigate();
  const cameras = useQuery(camerasQuery);
  return (
    <Page title={text("counts.title")}>
      <Answer query={cameras}>
        {(all) => {
          const camera = all.find((each) => each.dev === search.dev && each.cam === search.cam) ?? all[0];
          return camera ? (
            <>
              <Question cameras={all} camera={camera} search={search} onChange={(next) => void navigate({ to: "/counts", search: next, replace: true })} />
              <CameraCounts camera={camera} search={search} />
            </>
          ) : <Empty title={text("cameras.none")}>{text("cameras.noneDo")}</Empty>;
        }}
      </Answer>
    </Page>
  );
}

interface QuestionProps {
  cameras: readonly Camera[];
  camera: Camera;
  search: CountsSearch;
  onChange: (search: CountsSearch) => void;
}

function Question({ cameras, camera, search, onChange }: QuestionProps): ReactNode {
  const text = useText();
  const set = (change: Record<string, unknown>): void => { onChange(readCountsSearch({ ...search, dev: camera.dev, cam: camera.cam, ...change })); };
  const choices = cameras.map((each, index) => ({ value: String(index), label: `${each.site} · ${each.name}` }));
  return (
    <form className={styles["question"]} onSubmit={(event) => { event.preventDefault(); }}>
      <NativeSelect label={text("counts.camera")} data={choices} value={String(cameras.indexOf(camera))} data-testid="counts-camera" onChange={(event) => {
        const next = cameras[Number(event.currentTarget.value)];
        if (next) set({ dev: next.dev, cam: next.cam });
      }} />
      <NativeSelect label={text("counts.period")} value={String(search.hours ?? DEFAULT_HOURS)} data={HOURS.map((value) => ({ value: String(value), label: text("counts.hours", { n: value }) }))} onChange={(event) => { set({ hours: event.currentTarget.value }); }} data-testid="counts-hours" />
      <NativeSelect label={text("counts.bin")} value={search.bin ?? DEFAULT_BIN} data={BINS.map((value) => ({ value, label: text(`counts.bin.${value}`) }))} onChange={(event) => { set({ bin: event.currentTarget.value }); }} data-testid="counts-bin" />
    </form>
  );
}

function CameraCounts({ camera, search }: { camera: Camera; search: CountsSearch }): ReactNode {
  const now = useNow();
  const bin = search.bin ?? DEFAULT_BIN;
  const period = periodOf(search.hours ?? DEFAULT_HOURS, bin, now);
  const query = useQuery(countsQuery({ dev: camera.dev, cam: camera.cam, bin, ...period }));
  return <Answer query={query} height={360}>{(counts) => <CountsView counts={counts} camera={camera} />}</Answer>;
}
