// A fault of the wire in words, with its remedy.
import { Button } from "@mantine/core";
import type { ReactNode } from "react";
import type { Fault } from "@/data/result";
import { useText } from "@/i18n/text";
import { Notice } from "./Notice";

export function FaultNotice({ fault, onRetry }: { fault: Fault; onRetry?: () => void }): ReactNode {
  const text = useText();
  const values = fault.kind === "refused" ? { code: fault.code, detail: fault.detail ?? "" } : {};
  const again = onRetry && fault.kind !== "forbidden" && fault.kind !== "not_found";
  return (
    <Notice
      tone={fault.kind === "refused" || fault.kind === "unreachable" ? "warning" : "plain"}
      title={text(`fault.${fault.kind}`)}
      urgent
      testId={`fault-${fault.kind}`}
      action={again ? <Button variant="default" onClick={onRetry}>{text("fault.retry")}</Button> : undefined}
    >
      {text(`fault.${fault.kind}.do`, values)}
    </Notice>
  );
}
