// The rows of the queue: only those in view are drawn, and none moves while somebody is at them.
import { Button, Skeleton } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useEffectEvent, useRef, useState, type ReactNode } from "react";
import { useKeys } from "@/app/useKeys";
import { Empty } from "@/components/Empty";
import { FaultNotice } from "@/components/FaultNotice";
import { Icon } from "@/components/Icon";
import type { IncidentFilter } from "@/data/incidents";
import { faultOf } from "@/data/result";
import { useText } from "@/i18n/text";
import { IncidentRow, rowId } from "./IncidentRow";
import { takeOpened } from "./queueMemory";
import { useQueue, type Queue } from "./useQueue";
import styles from "./QueueList.module.css";

/** First guess of a row's height; the true one is measured. */
const ROW_PX = 98;
const GAP_PX = 6;
/** Scrolled further than this, the top is out of sight and must not move what is below it. */
const AT_TOP_PX = 24;

export function QueueList({ filter, filtered }: { filter: IncidentFilter; filtered: boolean }): ReactNode {
  const text = useText();
  const queue = useQueue(filter);
  const list = useRef<HTMLDivElement>(null);
  const hands = useHands(queue, list);
  if (!queue.loaded) {
    return queue.error ? <FaultNotice fault={faultOf(queue.error)} onRetry={queue.retry} /> : <Skeleton height={ROW_PX * 4} role="status" aria-label={text("common.loading")} />;
  }
  return (
    <>
      {queue.error && <FaultNotice fault={faultOf(queue.error)} onRetry={queue.retry} />}
      <p className={styles["count"]} role="status">{text(queue.more ? "queue.countMore" : "queue.count", { n: queue.rows.length })}</p>
      {queue.waiting > 0 && <NewChip waiting={queue.waiting} onShow={() => { window.scrollTo({ top: 0 }); queue.showNew(); }} />}
      {queue.rows.length === 0 && <Empty title={text(filtered ? "queue.emptyFiltered" : "queue.empty")} testId="queue-empty">{text("queue.emptyMeaning")}</Empty>}
      {/* The pointer over the list only holds it still; everything in it is reached by links and keys. */}
      <div ref={list} {...hands} data-testid="incident-list">
        <Rows queue={queue} list={list} />
      </div>
      {queue.more && <Button variant="default" loading={queue.loadingMore} onClick={queue.more}>{text("queue.more")}</Button>}
    </>
  );
}

function NewChip({ waiting, onShow }: { waiting: number; onShow: () => void }): ReactNode {
  const text = useText();
  return (
    <div className={styles["chip"]} role="status">
      <Button radius="xl" leftSection={<Icon name="up" size={16} />} onClick={onShow} data-testid="queue-new">{`${text("queue.new", { n: waiting })}: ${text("queue.newShow")}`}</Button>
    </div>
  );
}

function Rows({ queue, list }: { queue: Queue; list: React.RefObject<HTMLDivElement | null> }): ReactNode {
  const [margin, setMargin] = useState(0);
  const virtual = useWindowVirtualizer({
    count: queue.rows.length,
    estimateSize: () => ROW_PX,
    gap: GAP_PX,
    overscan: 6,
    scrollMargin: margin,
    getItemKey: (index) => queue.rows[index]?.item.id ?? index,
  });
  useQueueKeys(queue, (index) => { virtual.scrollToIndex(index, { align: "auto" }); });
  // Where the list begins depends on what stands above it, which only the laid-out page knows.
  const place = (element: HTMLOListElement | null): void => {
    const top = list.current?.offsetTop;
    if (element && top !== undefined && top !== margin) setMargin(top);
  };
  return (
    <ol ref={place} className={styles["rows"]} style={{ height: virtual.getTotalSize() }}>
      {virtual.getVirtualItems().map((slot) => {
        const row = queue.rows[slot.index];
        return row && (
          <li key={slot.key} ref={virtual.measureElement} data-index={slot.index} className={styles["slot"]} style={{ transform: `translateY(${slot.start - margin}px)` }}>
            <IncidentRow incident={row.item} gone={row.gone} />
          </li>
        );
      })}
    </ol>
  );
}

/** j and k move the focus from row to row, Enter follows the link that has it, n shows the new ones. */
function useQueueKeys(queue: Queue, reveal: (index: number) => void): void {
  const focus = (index: number): void => {
    const row = queue.rows[index];
    if (!row) return;
    reveal(index);
    // The row may only be drawn by the scrolling.
    requestAnimationFrame(() => { requestAnimationFrame(() => document.getElementById(rowId(row.item.id))?.focus({ preventScroll: true })); });
  };
  const go = (step: 1 | -1): void => {
    const current = queue.rows.findIndex((row) => document.activeElement?.id === rowId(row.item.id));
    focus(current < 0 ? 0 : Math.min(queue.rows.length - 1, Math.max(0, current + step)));
  };
  const comeBack = useEffectEvent(() => {
    const opened = takeOpened();
    const index = queue.rows.findIndex((row) => row.item.id === opened);
    if (index >= 0) focus(index);
  });
  useEffect(() => { comeBack(); }, []);
  useKeys({
    KeyJ: () => { go(1); },
    KeyK: () => { go(-1); },
    KeyN: () => { window.scrollTo({ top: 0 }); queue.showNew(); },
  });
}

interface Hands {
  onPointerEnter: () => void;
  onPointerLeave: () => void;
  onFocus: () => void;
  onBlur: () => void;
}

/** Holds the list while the pointer or the focus is in it or the top is out of sight. */
function useHands(queue: Queue, list: React.RefObject<HTMLDivElement | null>): Hands {
  const pointer = useRef(false);
  const { hold, release } = queue;
  const settle = (): void => {
    const focused = list.current?.contains(document.activeElement) ?? false;
    if (pointer.current || focused || window.scrollY > AT_TOP_PX) hold();
    else release();
  };
  const onScroll = useEffectEvent(settle);
  useEffect(() => {
    window.addEventListener("scroll", onScroll, { passive: true });
    return () => { window.removeEventListener("scroll", onScroll); };
  }, []);
  return {
    onPointerEnter: () => { pointer.current = true; hold(); },
    onPointerLeave: () => { pointer.current = false; settle(); },
    onFocus: hold,
    // The focus has not arrived at its next place yet.
    onBlur: () => { requestAnimationFrame(settle); },
  };
}
