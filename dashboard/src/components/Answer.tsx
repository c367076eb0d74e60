// What a page shows for a question: waiting, a fault, or the value. A value that could not be renewed
// stays on the screen with the fault above it.
import { Skeleton } from "@mantine/core";
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { faultOf } from "@/data/result";
import { useText } from "@/i18n/text";
import { FaultNotice } from "./FaultNotice";

interface AnswerProps<T> {
  query: Pick<UseQueryResult<T>, "data" | "error" | "refetch">;
  children: (value: T) => ReactNode;
  /** Height of the place held while waiting, px. */
  height?: number;
}

export function Answer<T>({ query, children, height = 240 }: AnswerProps<T>): ReactNode {
  const text = useText();
  const fault = query.error ? <FaultNotice fault={faultOf(query.error)} onRetry={() => void query.refetch()} /> : undefined;
  if (query.data === undefined) return fault ?? <Skeleton height={height} aria-label={text("common.loading")} role="status" />;
  return <>{fault}{children(query.data)}</>;
}
