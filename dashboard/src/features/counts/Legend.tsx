// What the colours and hatches of the charts mean.
import type { ReactNode } from "react";
import { useText, useWord } from "@/i18n/text";
import type { CountsView } from "./model";
import styles from "./Legend.module.css";

export function Legend({ view }: { view: CountsView }): ReactNode {
  const text = useText();
  const word = useWord();
  const states = new Set(view.slots.map((slot) => (slot.state === "running" ? "partial" : slot.state)));
  return (
    <ul className={styles["legend"]}>
      {view.classes.map((each) => <li key={each}><i data-class={each} aria-hidden="true" />{word("class", each)}</li>)}
      {states.has("partial") && <li><i data-state="partial" aria-hidden="true" />{text("counts.legend.partial")}</li>}
      {states.has("none") && <li><i data-state="none" aria-hidden="true" />{text("counts.legend.none")}</li>}
    </ul>
  );
}
