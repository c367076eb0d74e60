// Keys for people who do not take their hands off the keyboard. By the key's place, not its letter:
// on a Russian or Kyrgyz layout the J key types another letter and still moves down.
import { useEffect, useEffectEvent } from "react";

/** Actions by `KeyboardEvent.code`; `Shift+` before it where Shift is needed, `Ctrl+` before that where
 *  Control (or Command) is. */
export type Keys = Record<string, () => void>;

export function useKeys(keys: Keys): void {
  const onKey = useEffectEvent((event: KeyboardEvent) => {
    if (event.altKey || event.defaultPrevented || isTyping(event.target)) return;
    const control = event.ctrlKey || event.metaKey ? "Ctrl+" : "";
    const action = keys[`${control}${event.key === "?" ? "Shift+Slash" : `${event.shiftKey ? "Shift+" : ""}${event.code}`}`];
    if (!action) return;
    event.preventDefault();
    action();
  });
  useEffect(() => {
    window.addEventListener("keydown", onKey);
    return () => { window.removeEventListener("keydown", onKey); };
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.closest("[role=dialog], [role=listbox]") !== null;
}
