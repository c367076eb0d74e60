// The draft on the screen: each step kept on this workstation, and each can be undone.
import { useState } from "react";
import type { CameraKey } from "@/data/cameras";
import { begin, redo, step, undo, type History } from "./history";
import { forgetDraft, keepDraft, keptDraft } from "./keep";
import { isEqual, type Draft } from "./points";

export interface DraftWork {
  draft: Draft;
  /** Whether it was taken up from an earlier visit and nobody has touched it since. */
  takenUp: boolean;
  /** A step; steps with the same gesture are undone together. */
  change: (draft: Draft, gesture?: string) => void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  /** Back to what the scene holds; this, too, can be undone. */
  startAgain: () => void;
}

export function useDraft(key: CameraKey, before: Draft): DraftWork {
  const [history, setHistory] = useState<History<Draft>>(() => begin(keptDraft(key) ?? before));
  const [touched, setTouched] = useState(false);
  const go = (next: History<Draft>): void => {
    setHistory(next);
    setTouched(true);
    if (isEqual(next.present, before)) forgetDraft(key);
    else keepDraft(key, next.present);
  };
  return {
    draft: history.present,
    takenUp: !touched && !isEqual(history.present, before),
    change: (draft, gesture) => { go(step(history, draft, gesture)); },
    undo: history.past.length > 0 ? () => { go(undo(history)); } : undefined,
    redo: history.future.length > 0 ? () => { go(redo(history)); } : undefined,
    startAgain: () => { go(step(history, before)); },
  };
}
