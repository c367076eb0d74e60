// A still of an incident, or the reason why there is none to see.
import type { ReactNode } from "react";
import { useMay } from "@/app/SessionContext";
import { Picture } from "@/components/picture/Picture";
import type { Size } from "@/components/picture/geometry";
import { stillAddress, type Evidence, type Incident } from "@/data/incidents";
import { useText, useWord } from "@/i18n/text";
import { exactTime } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import { placeOf } from "./place";

interface StillPictureProps {
  still: Evidence | undefined;
  incident: Incident;
  size: "thumbnail" | "full";
  overlay?: ((size: Size) => ReactNode) | undefined;
}

export function StillPicture({ still, incident, size, overlay }: StillPictureProps): ReactNode {
  const text = useText();
  const word = useWord();
  const zone = useZone();
  const allowed = useMay("stills");
  const here = allowed && still?.stored === true;
  const missing = allowed ? (still ? "still.waiting" : "still.none") : "still.closed";
  const alt = text("still.alt", { type: word("type", incident.type), place: placeOf(incident), time: exactTime(Date.parse(incident.started), zone) });
  return <Picture src={here ? stillAddress(still) : undefined} alt={alt} missing={text(missing)} broken={text("still.failed")} overlay={overlay} size={size} testId={size === "full" ? "incident-still" : "incident-thumbnail"} />;
}
