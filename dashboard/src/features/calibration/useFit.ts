// What the centre says of the draft, asked a moment after the last change.
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { fitQuery, LEAST_POINTS, type CalibrationReport, type FrameSize } from "@/data/calibration";
import type { CameraKey } from "@/data/cameras";
import { faultOf, type Fault } from "@/data/result";
import { questionOf, type Draft } from "./points";

/** Long enough for a drag or a typed number to come to rest. */
const REST_MS = 250;

export type Fit =
  | { state: "too_few"; missing: number }
  | { state: "asking" }
  /** `current` is false while the answer to a later change is awaited. */
  | { state: "known"; report: CalibrationReport; current: boolean }
  | { state: "fault"; fault: Fault; retry: () => void };

export function useFit(key: CameraKey, draft: Draft, size: FrameSize): Fit {
  const question = useMemo(() => questionOf(draft, size), [draft, size]);
  const [asked] = useDebouncedValue(question, REST_MS);
  const query = useQuery(fitQuery(key, asked));
  const missing = LEAST_POINTS - question.calibration.points.length;
  if (missing > 0) return { state: "too_few", missing };
  if (query.error) return { state: "fault", fault: faultOf(query.error), retry: () => void query.refetch() };
  if (!query.data) return { state: "asking" };
  return { state: "known", report: query.data, current: asked === question && !query.isPlaceholderData };
}
