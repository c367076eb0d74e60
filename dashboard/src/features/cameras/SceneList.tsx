// What is drawn on a camera's picture, in words.
import type { ReactNode } from "react";
import type { Scene } from "@/data/cameras";
import { useText, useWord } from "@/i18n/text";
import styles from "./SceneList.module.css";

export function SceneList({ scene }: { scene: Scene }): ReactNode {
  const text = useText();
  const word = useWord();
  const rules = scene.rule;
  if (scene.line.length + scene.lane.length + scene.zone.length + rules.length === 0) return <p className={styles["quiet"]}>{text("scene.none")}</p>;
  return (
    <div className={styles["scene"]} data-testid="scene-list">
      <Group title={text("scene.lines")} items={scene.line.map((line) => ({ id: line.id, about: [text("scene.forward", { name: line.forward }), text("scene.backward", { name: line.backward })] }))} />
      <Group title={text("scene.lanes")} items={scene.lane.map((lane) => ({ id: lane.id, about: lane.live ? [] : [text("scene.notLive")] }))} />
      <Group title={text("scene.zones")} items={scene.zone.map((zone) => ({ id: zone.id, about: [word("zone", zone.kind)] }))} />
      <Group title={text("scene.rules")} items={rules.map((rule) => ({ id: rule.id, about: [word("type", rule.type), placesOf(rule) ?? text("scene.everyPlace")] }))} />
    </div>
  );
}

/** What a rule names; undefined when it watches all that its type is about. */
function placesOf({ lanes = [], zones = [], lines = [] }: Scene["rule"][number]): string | undefined {
  const named = [...lanes, ...zones, ...lines];
  return named.length > 0 ? named.join(", ") : undefined;
}

function Group({ title, items }: { title: string; items: readonly { id: string; about: readonly string[] }[] }): ReactNode {
  if (items.length === 0) return null;
  return (
    <section>
      <h3>{title}</h3>
      <ul className={styles["items"]}>
        {items.map((item) => <li key={item.id}><strong>{item.id}</strong><span className={styles["quiet"]}>{item.about.join(" · ")}</span></li>)}
      </ul>
    </section>
  );
}
