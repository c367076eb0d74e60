// The stills of an incident, with the road users' boxes drawn from the event that brought each still.
import { Switch } from "@mantine/core";
import { useState, type ReactNode } from "react";
import { Notice } from "@/components/Notice";
import { ObjectBoxes } from "@/components/picture/ObjectBoxes";
import type { Evidence, EventObject, IncidentDetail } from "@/data/incidents";
import { useText } from "@/i18n/text";
import { StillPicture } from "./StillPicture";
import styles from "./Stills.module.css";

interface Still {
  still: Evidence;
  objects: readonly EventObject[];
}

/** Every still once, in the order of the events, with what its event saw. */
export function stillsOf(incident: Pick<IncidentDetail, "events">): Still[] {
  const seen = new Set<string>();
  return incident.events.flatMap((event) =>
    event.evidence
      .filter((evidence) => evidence.role === "still" && !seen.has(evidence.sha256) && seen.add(evidence.sha256))
      .map((still) => ({ still, objects: event.obj })),
  );
}

export function Stills({ incident }: { incident: IncidentDetail }): ReactNode {
  const text = useText();
  const [chosen, setChosen] = useState(0);
  const [boxes, setBoxes] = useState(true);
  const stills = stillsOf(incident);
  const current = stills[chosen] ?? stills[0];
  return (
    <section className={styles["stills"]} aria-label={text("still.stills")}>
      {current && !current.still.masked && <Notice tone="warning" title={text("still.unmasked")} testId="not-masked" />}
      <StillPicture still={current?.still} incident={incident} size="full" overlay={current && boxes ? (size) => <ObjectBoxes objects={current.objects} size={size} labels="full" /> : undefined} />
      <div className={styles["tools"]}>
        {current && current.objects.length > 0 && <Switch label={text("still.boxes")} checked={boxes} onChange={(event) => { setBoxes(event.currentTarget.checked); }} />}
        {stills.length > 1 && (
          <div className={styles["strip"]}>
            {stills.map(({ still }, index) => (
              <button key={still.sha256} type="button" aria-pressed={still === current?.still} aria-label={text("still.nth", { n: index + 1 })} onClick={() => { setChosen(index); }}>
                <StillPicture still={still} incident={incident} size="thumbnail" />
              </button>
            ))}
          </div>
        )}
      </div>
    </section>
  );
}
