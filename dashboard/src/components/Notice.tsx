// Something a person has to know: what happened, what it means, what to do. Marked by shape and
// colour only when it is abnormal.
import type { ReactNode } from "react";
import styles from "./Notice.module.css";

interface NoticeProps {
  tone: "plain" | "warning" | "bad";
  title: string;
  children?: ReactNode;
  /** Something to press. */
  action?: ReactNode;
  /** Read aloud at once when it appears. */
  urgent?: boolean;
  testId?: string;
}

export function Notice({ tone, title, children, action, urgent = false, testId }: NoticeProps): ReactNode {
  return (
    <div className={styles["notice"]} data-tone={tone} role={urgent ? "alert" : "status"} data-testid={testId}>
      <div className={styles["words"]}>
        <p className={styles["title"]}>{title}</p>
        {children !== undefined && <div className={styles["body"]}>{children}</div>}
      </div>
      {action}
    </div>
  );
}
