// What is known of an incident: where, when, who takes part, which rule and model.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "@/app/SessionContext";
import { Facts, type Fact } from "@/components/Facts";
import { Panel } from "@/components/Page";
import { When } from "@/components/When";
import type { EventObject, IncidentDetail } from "@/data/incidents";
import { useSiteName } from "@/data/sites";
import { useNumber, useText, useWord } from "@/i18n/text";
import { lengthText } from "@/i18n/time";
import { useNow } from "@/i18n/zone";
import styles from "./IncidentFacts.module.css";

export function IncidentFacts({ incident }: { incident: IncidentDetail }): ReactNode {
  const text = useText();
  const siteName = useSiteName();
  const first = incident.events[0];
  const objects = [...incident.events].reverse().find((event) => event.obj.length > 0)?.obj ?? [];
  const facts: Fact[] = [
    { name: text("incident.site"), value: siteName(incident.site) },
    { name: text("incident.camera"), value: <CameraName incident={incident} /> },
    { name: text("incident.lane"), value: incident.lane },
    { name: text("incident.box"), value: incident.dev },
    { name: text("incident.started"), value: <When at={incident.started} errorMs={incident.time_err_ms} show="exact" /> },
    incident.ended === undefined || incident.open
      ? { name: text("incident.lasted"), value: <OpenLength started={incident.started} /> }
      : { name: text("incident.ended"), value: <Ended started={incident.started} ended={incident.ended} /> },
    { name: text("incident.rule"), value: first?.rule && text("incident.ruleVersion", { id: first.rule.id, ver: first.rule.ver }) },
    { name: text("incident.model"), value: first?.model?.id ?? text("incident.noModel") },
    { name: text("figure.time"), value: first && <TimeSource times={first.ts} /> },
  ];
  return (
    <>
      <Panel><Facts facts={facts} /></Panel>
      {objects.length > 0 && (
        <Panel title={text("incident.objects")}>
          <ul className={styles["objects"]}>{objects.map((object) => <li key={object.track}><RoadUser object={object} /></li>)}</ul>
        </Panel>
      )}
    </>
  );
}

function CameraName({ incident }: { incident: IncidentDetail }): ReactNode {
  const pictures = useMay("pictures");
  const name = incident.camera_name ?? incident.cam;
  if (incident.cam === undefined || !pictures) return name;
  return <Link to="/cameras/$dev/$cam" params={{ dev: incident.dev, cam: incident.cam }}>{name}</Link>;
}

function OpenLength({ started }: { started: string }): ReactNode {
  const text = useText();
  const now = useNow();
  return text("incident.stillOpen", { length: lengthText(now - Date.parse(started), text) });
}

function Ended({ started, ended }: { started: string; ended: string }): ReactNode {
  const text = useText();
  return <><When at={ended} show="exact" /> · {lengthText(Date.parse(ended) - Date.parse(started), text)}</>;
}

function TimeSource({ times }: { times: IncidentDetail["events"][number]["ts"] }): ReactNode {
  const text = useText();
  const word = useWord();
  return text("figure.timeError", { source: word("timeSource", times.src), ms: Math.round(times.err_ms) });
}

function RoadUser({ object }: { object: EventObject }): ReactNode {
  const text = useText();
  const word = useWord();
  const number = useNumber();
  return (
    <>
      <strong>{word("class", object.class)}</strong> · {object.track}
      <span className={styles["detail"]}>{text("incident.confidence", { percent: number(object.conf * 100) })} · {speedText()}</span>
    </>
  );

  function speedText(): string {
    const { speed_kmh: speed, speed_err_kmh: error } = object;
    if (speed === undefined) return text("incident.noSpeed");
    if (error === undefined) return text("incident.speed", { kmh: number(speed, 1) });
    return text("incident.speedError", { kmh: number(speed, 1), err: number(error, 1) });
  }
}
