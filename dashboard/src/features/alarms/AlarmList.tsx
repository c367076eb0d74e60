// Alarms: what happened, what it means, what to do, since when and how often.
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { SeverityMark } from "@/components/SeverityMark";
import { When } from "@/components/When";
import type { Alarm } from "@/data/alarms";
import { useText, useWord } from "@/i18n/text";
import { isMessageId } from "@/i18n/messages";
import { exactTime } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import styles from "./AlarmList.module.css";

export function AlarmList({ alarms }: { alarms: readonly Alarm[] }): ReactNode {
  return <ul className={styles["alarms"]}>{alarms.map((alarm) => <AlarmItem key={alarm.id} alarm={alarm} />)}</ul>;
}

function AlarmItem({ alarm }: { alarm: Alarm }): ReactNode {
  const text = useText();
  const word = useWord();
  const zone = useZone();
  const remedy = `alarm.${alarm.kind}.do`;
  return (
    <li className={styles["alarm"]} data-testid="alarm-row" data-alarm-kind={alarm.kind} data-open={alarm.open}>
      <SeverityMark level={alarm.severity} />
      <div className={styles["words"]}>
        <p className={styles["title"]}>{word("alarm", alarm.kind)}{alarm.dev !== undefined && <> · <Link to="/boxes/$dev" params={{ dev: alarm.dev }}>{alarm.dev}</Link></>}</p>
        {alarm.detail !== undefined && <p className={styles["detail"]}>{alarm.detail}</p>}
        {alarm.open && isMessageId(remedy) && <p>{text(remedy)}</p>}
      </div>
      <div className={styles["when"]}>
        <When at={alarm.raised} />
        {alarm.count > 1 && <span className={styles["detail"]} title={exactTime(Date.parse(alarm.last), zone)}>{text("alarms.count", { n: alarm.count })}</span>}
        {alarm.cleared !== undefined && <span className={styles["detail"]}>{text("alarms.cleared", { time: exactTime(Date.parse(alarm.cleared), zone) })}</span>}
      </div>
    </li>
  );
}
