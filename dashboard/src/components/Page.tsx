// The head of a page: where one came from, what it is, what it says in one line.
import { Link, type LinkProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Icon } from "./Icon";
import styles from "./Page.module.css";

interface PageProps {
  title: ReactNode;
  /** One line under the title. */
  about?: ReactNode;
  back?: { to: LinkProps; label: string };
  /** Things to press, right of the title. */
  actions?: ReactNode;
  children: ReactNode;
}

export function Page({ title, about, back, actions, children }: PageProps): ReactNode {
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <div className={styles["titles"]}>
          {back && <Link {...back.to} className={styles["back"]}><Icon name="back" size={14} />{back.label}</Link>}
          <h1>{title}</h1>
          {about !== undefined && <div className={styles["about"]}>{about}</div>}
        </div>
        {actions}
      </header>
      {children}
    </div>
  );
}

/** A part of a page with its own heading. */
export function Panel({ title, aside, children, testId }: { title?: string; aside?: ReactNode; children: ReactNode; testId?: string }): ReactNode {
  return (
    <section className={styles["panel"]} data-testid={testId}>
      {title !== undefined && <div className={styles["panelHead"]}><h2>{title}</h2>{aside}</div>}
      {children}
    </section>
  );
}
