// Nothing to show, said in words: what that means, and what to do when something is expected.
import type { ReactNode } from "react";
import styles from "./Empty.module.css";

export function Empty({ title, children, testId }: { title: string; children?: ReactNode; testId?: string }): ReactNode {
  return (
    <div className={styles["empty"]} data-testid={testId}>
      <p className={styles["title"]}>{title}</p>
      {children !== undefined && <div>{children}</div>}
    </div>
  );
}
