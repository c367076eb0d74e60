// The latest picture of a camera, renewed by itself, with its age; or why there is none.
import { useQuery } from "@tanstack/react-query";
import { useMemo, type ReactNode } from "react";
import { Picture } from "@/components/picture/Picture";
import type { Size } from "@/components/picture/geometry";
import { pictureQuery, type Camera } from "@/data/cameras";
import { faultOf } from "@/data/result";
import { useText } from "@/i18n/text";
import { exactTime, lengthText } from "@/i18n/time";
import { useNow, useZone } from "@/i18n/zone";
import { darkReason } from "./dark";
import styles from "./LatestPicture.module.css";

/** Older than this, a picture is said to be old. */
const STALE_MS = 30_000;

interface LatestPictureProps {
  camera: Camera;
  size: "thumbnail" | "full";
  /** Whether anybody can see it: a tile out of view asks for nothing. */
  watched: boolean;
  overlay?: ((size: Size) => ReactNode) | undefined;
}

export function LatestPicture({ camera, size, watched, overlay }: LatestPictureProps): ReactNode {
  const text = useText();
  const zone = useZone();
  const now = useNow();
  const query = useQuery({ ...pictureQuery(camera), enabled: watched && camera.picture_captured !== undefined });
  const { data } = query;
  // An address for the bytes in memory; given back once the picture is on the screen.
  const address = useMemo(() => data && URL.createObjectURL(data.jpeg), [data]);
  const dark = darkReason(camera, text, zone, now);
  const fault = query.error && !data ? faultOf(query.error) : undefined;
  const missing = dark ?? (fault?.kind === "forbidden" ? text("camera.pictureClosed") : fault && fault.kind !== "not_found" ? text(`fault.${fault.kind}`) : query.isLoading ? text("common.loading") : `${text("camera.noPicture")}. ${text("camera.noPictureDo")}`);
  return (
    <figure className={styles["figure"]} data-dark={dark !== undefined}>
      <Picture src={address} alt={text("camera.pictureAlt", { name: camera.name })} missing={missing} broken={text("still.failed")} overlay={overlay} size={size} testId="camera-picture" onShown={address === undefined ? undefined : () => { URL.revokeObjectURL(address); }} />
      {dark !== undefined && address !== undefined && <p className={styles["dark"]} data-testid="camera-dark">{dark}</p>}
      {data && (
        <figcaption className={styles["age"]} title={data.captured && exactTime(Date.parse(data.captured), zone)} data-stale={isStale(data.captured, now)}>
          {ageOf(data.captured)}
        </figcaption>
      )}
    </figure>
  );

  function ageOf(captured: string | undefined): string {
    if (captured === undefined) return text("camera.pictureNoTime");
    const age = now - Date.parse(captured);
    if (age < 5000) return text("camera.pictureNow");
    return text(isStale(captured, now) ? "camera.pictureStale" : "camera.pictureAge", { age: lengthText(age, text) });
  }
}

function isStale(captured: string | undefined, now: number): boolean {
  return captured !== undefined && now - Date.parse(captured) > STALE_MS;
}
