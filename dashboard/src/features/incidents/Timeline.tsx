// How an incident went: each signed event with its capture time, its number, and when it arrived.
import type { ReactNode } from "react";
import { When } from "@/components/When";
import type { IncidentEvent } from "@/data/incidents";
import { useText, useWord } from "@/i18n/text";
import { exactTime } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import styles from "./Timeline.module.css";

export function Timeline({ events }: { events: readonly IncidentEvent[] }): ReactNode {
  return <ol className={styles["timeline"]} data-testid="timeline">{events.map((event) => <Moment key={event.id} event={event} />)}</ol>;
}

function Moment({ event }: { event: IncidentEvent }): ReactNode {
  const text = useText();
  const word = useWord();
  const zone = useZone();
  const users = event.obj.map((object) => `${word("class", object.class)} ${object.track}`).join(", ");
  return (
    <li className={styles["moment"]} data-phase={event.phase} data-seq={event.seq}>
      <div className={styles["head"]}>
        <strong>{word("phase", event.phase)}</strong>
        <When at={event.ts.event} errorMs={event.ts.err_ms} show="exact" />
      </div>
      {event.reason !== undefined && <p>{text("incident.reason", { reason: word("reason", event.reason) })}</p>}
      {event.detail !== undefined && <p>{event.detail}</p>}
      {users !== "" && <p className={styles["quiet"]}>{users}</p>}
      <p className={styles["quiet"]}>{text("incident.number", { epoch: event.epoch, seq: event.seq })} · {text("incident.received", { time: exactTime(Date.parse(event.received), zone) })}</p>
      {!event.signature_ok && <p className={styles["bad"]}>{text("signature.bad")}</p>}
    </li>
  );
}
