// All cameras by site: the picture of each, its age, and why it is dark when it is.
import { useIntersection } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer } from "@/components/Answer";
import { Empty } from "@/components/Empty";
import { Page } from "@/components/Page";
import { camerasQuery, type Camera } from "@/data/cameras";
import { useSiteName } from "@/data/sites";
import { useText, useWord } from "@/i18n/text";
import { isDark } from "./dark";
import { LatestPicture } from "./LatestPicture";
import styles from "./CamerasPage.module.css";

export function CamerasPage(): ReactNode {
  const text = useText();
  const query = useQuery(camerasQuery);
  const cameras = query.data ?? [];
  const live = cameras.filter((camera) => !isDark(camera)).length;
  return (
    <Page title={text("cameras.title")} about={query.data && text("cameras.summary", { total: cameras.length, live })}>
      <Answer query={query}>{(all) => (all.length === 0 ? <Empty title={text("cameras.none")}>{text("cameras.noneDo")}</Empty> : <Sites cameras={all} />)}</Answer>
    </Page>
  );
}

function Sites({ cameras }: { cameras: readonly Camera[] }): ReactNode {
  const siteName = useSiteName();
  const sites = Map.groupBy(cameras, (camera) => camera.site);
  return [...sites].sort(([a], [b]) => a.localeCompare(b)).map(([site, own]) => (
    <section key={site} className={styles["site"]}>
      <h2>{siteName(site)}</h2>
      <ul className={styles["tiles"]}>{own.map((camera) => <li key={`${camera.dev}/${camera.cam}`}><Tile camera={camera} /></li>)}</ul>
    </section>
  ));
}

function Tile({ camera }: { camera: Camera }): ReactNode {
  const word = useWord();
  const { ref, entry } = useIntersection();
  return (
    <Link ref={ref} to="/cameras/$dev/$cam" params={{ dev: camera.dev, cam: camera.cam }} className={styles["tile"]} data-testid="camera-tile" data-cam={camera.cam} data-state={camera.state}>
      <LatestPicture camera={camera} size="thumbnail" watched={entry?.isIntersecting ?? false} />
      <span className={styles["name"]}><strong>{camera.name}</strong><span className={styles["state"]} data-dark={isDark(camera)}><i aria-hidden="true" />{word("cameraState", camera.state)}</span></span>
    </Link>
  );
}
