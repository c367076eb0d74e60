// The first second: what is wrong now, where, since when. A quiet city is a quiet page.
import { useQuery } from "@tanstack/react-query";
import { Link, Navigate, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "@/app/SessionContext";
import { Answer } from "@/components/Answer";
import { Page, Panel } from "@/components/Page";
import { alarmsQuery } from "@/data/alarms";
import { boxesQuery, type Box } from "@/data/boxes";
import { camerasQuery, type Camera } from "@/data/cameras";
import { openIncidentsQuery } from "@/data/incidents";
import { AlarmList } from "@/features/alarms/AlarmList";
import { urgentFirst } from "@/features/alarms/order";
import { ailmentsOf } from "@/features/boxes/sick";
import { darkReason, isDark } from "@/features/cameras/dark";
import { IncidentRow } from "@/features/incidents/IncidentRow";
import { useText } from "@/i18n/text";
import type { MessageId } from "@/i18n/messages";
import { useNow, useZone } from "@/i18n/zone";
import styles from "./OverviewPage.module.css";

/** More than this of one kind is a list's business. */
const SHOWN = 8;

export function OverviewPage(): ReactNode {
  const text = useText();
  const incidents = useMay("incidents");
  const pictures = useMay("pictures");
  const boxes = useMay("boxes");
  const alarms = useMay("alarms");
  // Who sees nothing of the present has nothing to do here.
  if (!incidents && !boxes) return <Navigate to="/counts" replace />;
  return (
    <Page title={text("now.title")}>
      <div className={styles["grid"]}>
        {incidents && <OpenIncidents />}
        <div className={styles["side"]}>
          {pictures && <DarkCameras />}
          {boxes && <SickBoxes />}
          {alarms && <OpenAlarms />}
        </div>
      </div>
    </Page>
  );
}

interface ConcernProps {
  title: MessageId;
  /** Said when there is nothing. */
  none: MessageId;
  count: number;
  all: LinkProps;
  testId: string;
  children: ReactNode;
}

function Concern({ title, none, count, all, testId, children }: ConcernProps): ReactNode {
  const text = useText();
  if (count === 0) return <Panel testId={testId}><p className={styles["well"]}>{text(none)}</p></Panel>;
  return (
    <Panel title={`${text(title)}: ${count}`} aside={<Link {...all}>{text("now.all")}</Link>} testId={testId}>
      {children}
    </Panel>
  );
}

function OpenIncidents(): ReactNode {
  return (
    <Answer query={useQuery(openIncidentsQuery)}>
      {({ items }) => (
        <Concern title="now.openIncidents" none="now.noIncidents" count={items.length} all={{ to: "/incidents", search: { state: "open" } }} testId="now-incidents">
          <ul className={styles["list"]}>{urgentFirst(items).slice(0, SHOWN).map((incident) => <li key={incident.id}><IncidentRow incident={incident} gone={false} /></li>)}</ul>
        </Concern>
      )}
    </Answer>
  );
}

function DarkCameras(): ReactNode {
  return (
    <Answer query={useQuery(camerasQuery)} height={80}>
      {(cameras) => {
        const dark = cameras.filter(isDark);
        return (
          <Concern title="now.darkCameras" none="now.noDarkCameras" count={dark.length} all={{ to: "/cameras" }} testId="now-cameras">
            <ul className={styles["list"]}>{dark.slice(0, SHOWN).map((camera) => <li key={`${camera.dev}/${camera.cam}`}><DarkCamera camera={camera} /></li>)}</ul>
          </Concern>
        );
      }}
    </Answer>
  );
}

function DarkCamera({ camera }: { camera: Camera }): ReactNode {
  const text = useText();
  const zone = useZone();
  const now = useNow();
  return (
    <Link to="/cameras/$dev/$cam" params={{ dev: camera.dev, cam: camera.cam }} className={styles["item"]} data-testid="dark-camera" data-cam={camera.cam}>
      <strong>{camera.site} · {camera.name}</strong>
      <span>{darkReason(camera, text, zone, now)}</span>
    </Link>
  );
}

function SickBoxes(): ReactNode {
  const now = useNow();
  return (
    <Answer query={useQuery(boxesQuery)} height={80}>
      {(boxes) => {
        const sick = boxes.filter((box) => ailmentsOf(box, now).length > 0);
        return (
          <Concern title="now.sickBoxes" none="now.noSickBoxes" count={sick.length} all={{ to: "/boxes" }} testId="now-boxes">
            <ul className={styles["list"]}>{sick.slice(0, SHOWN).map((box) => <li key={box.dev}><SickBox box={box} /></li>)}</ul>
          </Concern>
        );
      }}
    </Answer>
  );
}

function SickBox({ box }: { box: Box }): ReactNode {
  const text = useText();
  const now = useNow();
  return (
    <Link to="/boxes/$dev" params={{ dev: box.dev }} className={styles["item"]} data-testid="sick-box" data-dev={box.dev}>
      <strong>{box.dev}</strong>
      <span>{ailmentsOf(box, now).map((ailment) => text(`ailment.${ailment}`)).join(", ")}</span>
    </Link>
  );
}

function OpenAlarms(): ReactNode {
  return (
    <Answer query={useQuery(alarmsQuery)} height={80}>
      {(alarms) => {
        const open = urgentFirst(alarms.filter((alarm) => alarm.open));
        return (
          <Concern title="now.alarms" none="now.noAlarms" count={open.length} all={{ to: "/alarms" }} testId="now-alarms">
            <AlarmList alarms={open.slice(0, SHOWN)} />
          </Concern>
        );
      }}
    </Answer>
  );
}
