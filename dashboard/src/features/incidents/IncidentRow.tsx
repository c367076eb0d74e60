// One incident in the queue: how urgent, what, where, since when, and the picture that shows why.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { ObjectBoxes } from "@/components/picture/ObjectBoxes";
import { SeverityMark } from "@/components/SeverityMark";
import { When } from "@/components/When";
import type { Incident } from "@/data/incidents";
import { useText, useWord } from "@/i18n/text";
import { lengthText } from "@/i18n/time";
import { StillPicture } from "./StillPicture";
import { placeOf } from "./place";
import styles from "./IncidentRow.module.css";

export function IncidentRow({ incident, gone }: { incident: Incident; gone: boolean }): ReactNode {
  const text = useText();
  const word = useWord();
  return (
    <Link
      to="/incidents/$id"
      params={{ id: incident.id }}
      id={rowId(incident.id)}
      className={styles["row"]}
      data-testid="incident-row"
      data-incident-id={incident.id}
      data-incident-type={incident.type}
      data-incident-open={incident.open}
      data-gone={gone}
    >
      <div className={styles["still"]}>
        <StillPicture still={incident.still} incident={incident} size="thumbnail" overlay={(size) => <ObjectBoxes objects={incident.objects ?? []} size={size} labels="none" />} />
      </div>
      <div className={styles["what"]}>
        <SeverityMark level={incident.severity} />
        <span className={styles["type"]}>{word("type", incident.type)}</span>
        <span className={styles["place"]}>{placeOf(incident)}</span>
      </div>
      <div className={styles["when"]}>
        <When at={incident.started} errorMs={incident.time_err_ms} />
        <span className={styles["state"]} data-open={incident.open}>
          {gone ? text("queue.gone") : <State incident={incident} />}
        </span>
      </div>
    </Link>
  );
}

export function rowId(id: string): string {
  return `incident-${id}`;
}

function State({ incident }: { incident: Incident }): ReactNode {
  const text = useText();
  if (incident.open) return text("queue.open");
  if (incident.ended === undefined) return text("queue.ended");
  return text("queue.endedAfter", { length: lengthText(Date.parse(incident.ended) - Date.parse(incident.started), text) });
}
