// An instant: exact in the city's zone, its age beside it, UTC and the clock's error on hover.
import type { ReactNode } from "react";
import { useText } from "@/i18n/text";
import { ageText, exactTime } from "@/i18n/time";
import { useNow, useZone } from "@/i18n/zone";
import styles from "./When.module.css";

interface WhenProps {
  /** RFC 3339. */
  at: string;
  /** Bound of the clock's error in milliseconds, when known. */
  errorMs?: number | undefined;
  /** What to show: both, or one of them where space is short (the other is on hover). */
  show?: "both" | "exact" | "age";
}

export function When({ at, errorMs, show = "both" }: WhenProps): ReactNode {
  const text = useText();
  const zone = useZone();
  const instant = Date.parse(at);
  const exact = exactTime(instant, zone);
  const utc = text("time.hover", { utc: exactTime(instant, "UTC") });
  const error = errorMs === undefined ? [] : [text("time.error", { ms: Math.round(errorMs) })];
  const hover = [...(show === "age" ? [exact] : []), utc, ...error].join(" · ");
  return (
    <time className={styles["when"]} dateTime={at} title={hover}>
      {show !== "exact" && <Age instant={instant} />}
      {show !== "age" && <span className={styles["exact"]}>{exact}</span>}
    </time>
  );
}

function Age({ instant }: { instant: number }): ReactNode {
  const text = useText();
  const now = useNow();
  return <span className={styles["age"]}>{ageText(now - instant, text)}</span>;
}
