// Alarms: what the system holds against its boxes, its broker or itself.
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Answer } from "@/components/Answer";
import { Empty } from "@/components/Empty";
import { Page, Panel } from "@/components/Page";
import { alarmsQuery, type Alarm } from "@/data/alarms";
import { useText } from "@/i18n/text";
import { AlarmList } from "./AlarmList";
import { urgentFirst } from "./order";

export function AlarmsPage(): ReactNode {
  const text = useText();
  const query = useQuery(alarmsQuery);
  return <Page title={text("alarms.title")}><Answer query={query}>{(alarms) => <Alarms alarms={alarms} />}</Answer></Page>;
}

function Alarms({ alarms }: { alarms: readonly Alarm[] }): ReactNode {
  const text = useText();
  const open = urgentFirst(alarms.filter((alarm) => alarm.open));
  const past = alarms.filter((alarm) => !alarm.open);
  return (
    <>
      {open.length === 0 ? <Empty title={text("alarms.none")} testId="alarms-none">{text("alarms.noneMeaning")}</Empty> : <Panel><AlarmList alarms={open} /></Panel>}
      {past.length > 0 && <Panel title={text("alarms.past")}><AlarmList alarms={past} /></Panel>}
    </>
  );
}
