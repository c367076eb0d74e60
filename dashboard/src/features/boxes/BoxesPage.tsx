// All boxes in one table: who is there, how they are, what waits on them.
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Answer } from "@/components/Answer";
import { Empty } from "@/components/Empty";
import { Page } from "@/components/Page";
import { When } from "@/components/When";
import { boxesQuery, type Box } from "@/data/boxes";
import { useNumber, useText } from "@/i18n/text";
import type { MessageId } from "@/i18n/messages";
import { useNow } from "@/i18n/zone";
import { ailmentsOf, type Ailment } from "./sick";
import { ChainWords, ClockWords, ModelWords, OutboxWords, PresenceWords } from "./words";
import styles from "./BoxesPage.module.css";

export function BoxesPage(): ReactNode {
  const text = useText();
  const query = useQuery(boxesQuery);
  const online = query.data?.filter((box) => box.presence === "online").length ?? 0;
  return (
    <Page title={text("boxes.title")} about={query.data && text("boxes.summary", { total: query.data.length, online })}>
      <Answer query={query}>{(boxes) => (boxes.length === 0 ? <Empty title={text("boxes.none")}>{text("boxes.noneDo")}</Empty> : <BoxesTable boxes={boxes} />)}</Answer>
    </Page>
  );
}

const COLUMNS = ["boxes.title", "box.presence", "box.cameras", "figure.fps", "figure.dropped", "box.outbox", "box.chain", "box.clock", "box.model"] as const satisfies readonly MessageId[];

function BoxesTable({ boxes }: { boxes: readonly Box[] }): ReactNode {
  const text = useText();
  return (
    <table className={styles["table"]} data-testid="boxes-table">
      <thead><tr>{COLUMNS.map((column) => <th key={column} scope="col">{text(column)}</th>)}</tr></thead>
      <tbody>{boxes.map((box) => <BoxRow key={box.dev} box={box} />)}</tbody>
    </table>
  );
}

function BoxRow({ box }: { box: Box }): ReactNode {
  const text = useText();
  const number = useNumber();
  const now = useNow();
  const ailments = new Set<Ailment>(ailmentsOf(box, now));
  const unknown = <span className={styles["unknown"]}>{text("common.unknown")}</span>;
  const live = box.cameras.filter((camera) => camera.state === "live").length;
  const sum = (figure: "fps_in" | "fps_analysed" | "dropped"): number => box.cameras.reduce((total, camera) => total + (camera[figure] ?? 0), 0);
  const dark = box.presence === "online" && live < box.cameras.length;
  return (
    <tr data-testid="box-row" data-dev={box.dev} data-presence={box.presence}>
      <th scope="row" data-label={text("boxes.title")}><Link to="/boxes/$dev" params={{ dev: box.dev }}>{box.dev}</Link><span className={styles["site"]}>{box.site}</span></th>
      <Cell label="box.presence" wrong={ailments.has("offline") ? "bad" : ailments.has("stale") ? "warning" : undefined}>
        <PresenceWords presence={box.presence} />
        {box.health_at !== undefined && <span className={styles["site"]}><When at={box.health_at} show="age" /></span>}
      </Cell>
      <Cell label="box.cameras" wrong={dark ? "warning" : undefined}>{`${live} / ${box.cameras.length}`}</Cell>
      <Cell label="figure.fps">{box.cameras.some((camera) => camera.fps_in !== undefined) ? text("figure.fpsBoth", { in: number(sum("fps_in"), 1), analysed: number(sum("fps_analysed"), 1) }) : unknown}</Cell>
      <Cell label="figure.dropped">{box.cameras.some((camera) => camera.dropped !== undefined) ? number(sum("dropped")) : unknown}</Cell>
      <Cell label="box.outbox" wrong={ailments.has("quarantine") ? "bad" : undefined}>{box.outbox ? <OutboxWords outbox={box.outbox} /> : unknown}</Cell>
      <Cell label="box.chain" wrong={ailments.has("chain") ? "bad" : undefined}>{box.chain ? <ChainWords chain={box.chain} /> : unknown}</Cell>
      <Cell label="box.clock" wrong={ailments.has("clock") ? "warning" : undefined}>{box.clock ? <ClockWords clock={box.clock} /> : unknown}</Cell>
      <Cell label="box.model" wrong={ailments.has("model") ? "warning" : undefined}>{box.model ? <ModelWords model={box.model} /> : unknown}</Cell>
    </tr>
  );
}

function Cell({ label, wrong, children }: { label: MessageId; wrong?: "warning" | "bad" | undefined; children: ReactNode }): ReactNode {
  const text = useText();
  return <td data-label={text(label)} data-wrong={wrong}><div>{children}</div></td>;
}
