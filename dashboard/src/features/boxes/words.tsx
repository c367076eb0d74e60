// A box's figures as sentences, for the list and the page of one box alike.
import type { ReactNode } from "react";
import type { Box } from "@/data/boxes";
import { useNumber, useText, useWord } from "@/i18n/text";
import { lengthText } from "@/i18n/time";
import { useNow } from "@/i18n/zone";

export function OutboxWords({ outbox }: { outbox: NonNullable<Box["outbox"]> }): ReactNode {
  const text = useText();
  const now = useNow();
  const parts = [
    outbox.events_waiting > 0 && text("box.eventsWaiting", { n: outbox.events_waiting }),
    outbox.facts_waiting > 0 && text("box.factsWaiting", { n: outbox.facts_waiting }),
    outbox.blobs_waiting > 0 && text("box.blobsWaiting", { n: outbox.blobs_waiting }),
    outbox.quarantined > 0 && text("box.quarantined", { n: outbox.quarantined }),
    outbox.oldest !== undefined && text("box.oldest", { age: lengthText(now - Date.parse(outbox.oldest), text) }),
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(", ") : text("box.outboxEmpty");
}

export function ClockWords({ clock }: { clock: NonNullable<Box["clock"]> }): ReactNode {
  const text = useText();
  const word = useWord();
  const number = useNumber();
  const is = { state: word("clockState", clock.state), source: word("clockSource", clock.src) };
  if (clock.err_ms === undefined) return text("box.clockUnknown", is);
  return text("box.clockIs", { ...is, off: number(clock.off_ms, 1), err: number(clock.err_ms, 1) });
}

export function ChainWords({ chain }: { chain: NonNullable<Box["chain"]> }): ReactNode {
  const text = useText();
  const missing = chain.known - chain.upto;
  return (
    <>
      {text(`chainState.${chain.state}`)} · {text("box.chainHead", { epoch: chain.epoch, seq: chain.upto })}
      {missing > 0 && ` · ${text("box.chainMissing", { n: missing })}`}
    </>
  );
}

export function ModelWords({ model }: { model: NonNullable<Box["model"]> }): ReactNode {
  const text = useText();
  if (model.id !== undefined) return model.id;
  return model.problem === undefined ? text("box.noModel") : text("box.noModelBecause", { problem: model.problem });
}

export function PresenceWords({ presence }: { presence: Box["presence"] }): ReactNode {
  return useWord()("presence", presence);
}
