// How soon a person should look, told three ways at once: shape, word and colour.
import type { ReactNode } from "react";
import { useWord } from "@/i18n/text";
import styles from "./SeverityMark.module.css";

export type SeverityLevel = "critical" | "high" | "medium" | "low" | "system";

const SHAPES: Record<SeverityLevel, ReactNode> = {
  critical: <path d="M5.2 1h5.6L15 5.2v5.6L10.8 15H5.2L1 10.8V5.2L5.2 1Z" />,
  high: <path d="M8 1.2 15.4 14.4H.6L8 1.2Z" />,
  medium: <path d="M8 .8 15.2 8 8 15.2.8 8 8 .8Z" />,
  low: <circle cx="8" cy="8" r="6.6" />,
  system: <rect x="1.8" y="1.8" width="12.4" height="12.4" />,
};

export function SeverityMark({ level }: { level: SeverityLevel }): ReactNode {
  const word = useWord();
  return (
    <span className={styles["mark"]} data-severity={level}>
      <svg width="16" height="16" viewBox="0 0 16 16" aria-hidden="true" focusable="false">{SHAPES[level]}</svg>
      <span>{word("severity", level)}</span>
    </span>
  );
}
