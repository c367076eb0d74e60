// Named figures, one under the other; a figure that is missing says so instead of being left out.
import type { ReactNode } from "react";
import { useText } from "@/i18n/text";
import styles from "./Facts.module.css";

export interface Fact {
  name: string;
  /** `undefined` when it is not known. */
  value: ReactNode;
  /** Marked when it is abnormal. */
  tone?: "warning" | "bad" | undefined;
}

export function Facts({ facts }: { facts: readonly Fact[] }): ReactNode {
  const text = useText();
  return (
    <dl className={styles["facts"]}>
      {facts.map((fact) => (
        <div key={fact.name} className={styles["fact"]} data-tone={fact.tone}>
          <dt>{fact.name}</dt>
          <dd>{fact.value ?? <span className={styles["unknown"]}>{text("common.unknown")}</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
