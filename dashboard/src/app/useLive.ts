// The live line of the signed-in page: opened once, renewing what became old, its state for all to see.
import { useQueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useState } from "react";
import { keepLine, type LineState } from "@/data/live";
import { LiveRefresher } from "@/data/liveQueries";
import { endSession } from "@/data/session";

export const LineContext = createContext<LineState>({ kind: "connecting" });

export function useLine(): LineState {
  return use(LineContext);
}

/** Keeps the line open while mounted. */
export function useLiveLine(): LineState {
  const queries = useQueryClient();
  const [state, setState] = useState<LineState>({ kind: "connecting" });
  useEffect(() => {
    const stop = new AbortController();
    const refresher = new LiveRefresher(queries);
    let wasLost = false;
    const onState = (next: LineState): void => {
      setState(next);
      if (next.kind === "lost") wasLost = true;
      if (next.kind === "open" && wasLost) {
        wasLost = false;
        refresher.all();
      }
      if (next.kind === "ended" && next.why === "signed_out") endSession(queries);
    };
    void keepLine({ onState, onEvent: (event) => { refresher.take(event); } }, stop.signal);
    return () => {
      stop.abort();
      refresher.stop();
    };
  }, [queries]);
  return state;
}
