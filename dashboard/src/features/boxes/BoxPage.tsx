// One box: presence, health, outbox, chain, clock, model, its cameras and its alarms.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "@/app/SessionContext";
import { Answer } from "@/components/Answer";
import { Facts, type Fact } from "@/components/Facts";
import { Notice } from "@/components/Notice";
import { Page, Panel } from "@/components/Page";
import { When } from "@/components/When";
import { alarmsQuery } from "@/data/alarms";
import { boxQuery, type Box } from "@/data/boxes";
import type { Camera } from "@/data/cameras";
import { useSiteName } from "@/data/sites";
import { AlarmList } from "@/features/alarms/AlarmList";
import { darkReason } from "@/features/cameras/dark";
import { useNumber, useText, useWord } from "@/i18n/text";
import { lengthText } from "@/i18n/time";
import { useNow, useZone } from "@/i18n/zone";
import { ailmentsOf } from "./sick";
import { ChainWords, ClockWords, ModelWords, OutboxWords } from "./words";
import styles from "./BoxPage.module.css";

const route = getRouteApi("/boxes/$dev");

export function BoxPage(): ReactNode {
  const text = useText();
  const { dev } = route.useParams();
  const query = useQuery(boxQuery(dev));
  const siteName = useSiteName();
  return (
    <Page title={dev} about={query.data && siteName(query.data.site)} back={{ to: { to: "/boxes" }, label: text("box.back") }}>
      <Answer query={query}>{(box) => <BoxView box={box} />}</Answer>
    </Page>
  );
}

function BoxView({ box }: { box: Box }): ReactNode {
  const text = useText();
  const alarms = useQuery(alarmsQuery);
  const own = alarms.data?.filter((alarm) => alarm.dev === box.dev && alarm.open) ?? [];
  return (
    <>
      <Warnings box={box} />
      <div className={styles["grid"]}>
        <Panel><BoxFacts box={box} /></Panel>
        <div className={styles["side"]}>
          <Panel title={text("box.cameras")}><ul className={styles["cameras"]}>{box.cameras.map((camera) => <CameraLine key={camera.cam} camera={camera} />)}</ul></Panel>
          {own.length > 0 && <Panel title={text("box.alarms")}><AlarmList alarms={own} /></Panel>}
        </div>
      </div>
    </>
  );
}

function Warnings({ box }: { box: Box }): ReactNode {
  const text = useText();
  const now = useNow();
  const ailments = ailmentsOf(box, now);
  return (
    <>
      {ailments.includes("offline") && <Notice tone="bad" title={text("alarm.box_offline")}>{text("alarm.box_offline.do")}</Notice>}
      {ailments.includes("stale") && <Notice tone="warning" title={box.health_at === undefined ? text("box.noHealth") : text("box.staleHealth", { age: lengthText(now - Date.parse(box.health_at), text) })} />}
      {ailments.includes("model") && box.model && <Notice tone="warning" title={box.model.problem === undefined ? text("box.noModel") : text("box.noModelBecause", { problem: box.model.problem })} testId="no-model">{text("box.noModelMeaning")} {text("box.noModelDo")}</Notice>}
      {box.model?.id !== undefined && box.model.problem !== undefined && <Notice tone="warning" title={text("box.otherModel", { model: box.model.id })} testId="other-model">{box.model.problem}</Notice>}
    </>
  );
}

function BoxFacts({ box }: { box: Box }): ReactNode {
  const text = useText();
  const word = useWord();
  const number = useNumber();
  const now = useNow();
  const ailments = ailmentsOf(box, now);
  const wrong = (when: boolean, tone: Fact["tone"]): Fact["tone"] => (when ? tone : undefined);
  const facts: Fact[] = [
    { name: text("box.presence"), value: <>{word("presence", box.presence)}{box.since !== undefined && <> · <When at={box.since} /></>}</>, tone: wrong(ailments.includes("offline"), "bad") },
    { name: text("box.healthAge"), value: box.health_at && <When at={box.health_at} />, tone: wrong(ailments.includes("stale"), "warning") },
    { name: text("box.outbox"), value: box.outbox && <OutboxWords outbox={box.outbox} />, tone: wrong(ailments.includes("quarantine"), "bad") },
    { name: text("box.chain"), value: box.chain && <ChainWords chain={box.chain} />, tone: wrong(ailments.includes("chain"), "bad") },
    { name: text("box.clock"), value: box.clock && <ClockWords clock={box.clock} />, tone: wrong(ailments.includes("clock"), "warning") },
    { name: text("box.model"), value: box.model && <ModelWords model={box.model} />, tone: wrong(ailments.includes("model"), "warning") },
    { name: text("box.software"), value: box.software },
    { name: text("box.uptime"), value: box.uptime_s === undefined ? undefined : lengthText(box.uptime_s * 1000, text) },
    { name: text("box.temperature"), value: box.temperature_c === undefined ? undefined : text("box.celsius", { n: number(box.temperature_c) }) },
    { name: text("box.disk"), value: box.disk_free_bytes === undefined ? undefined : text("bytes.gb", { n: number(box.disk_free_bytes / 1e9, 1) }) },
    { name: text("box.memory"), value: box.memory_bytes === undefined ? undefined : text("bytes.mb", { n: number(box.memory_bytes / 1e6) }) },
  ];
  return <Facts facts={facts} />;
}

function CameraLine({ camera }: { camera: Camera }): ReactNode {
  const text = useText();
  const word = useWord();
  const number = useNumber();
  const zone = useZone();
  const now = useNow();
  const pictures = useMay("pictures");
  const dark = darkReason(camera, text, zone, now);
  const fps = camera.fps_in === undefined || camera.fps_analysed === undefined ? undefined : text("figure.fpsBoth", { in: number(camera.fps_in, 1), analysed: number(camera.fps_analysed, 1) });
  const name = <strong>{camera.name}</strong>;
  return (
    <li data-wrong={dark !== undefined}>
      {pictures ? <Link to="/cameras/$dev/$cam" params={{ dev: camera.dev, cam: camera.cam }}>{name}</Link> : name}
      <span>{dark ?? word("cameraState", camera.state)}</span>
      {fps !== undefined && <span className={styles["quiet"]}>{text("figure.fps")}: {fps}</span>}
      {camera.dropped !== undefined && <span className={styles["quiet"]}>{text("figure.dropped")}: {text("figure.droppedSince", { n: camera.dropped })}</span>}
    </li>
  );
}
