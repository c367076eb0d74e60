// How components get their words: by key, typed, with values filled in.
import { useIntl, type PrimitiveType } from "react-intl";
import { useCallback } from "react";
import { isMessageId, type MessageId } from "./messages";

export type Values = Record<string, PrimitiveType>;
export type Text = (id: MessageId, values?: Values) => string;

export function useText(): Text {
  const intl = useIntl();
  return useCallback((id: MessageId, values?: Values) => intl.formatMessage({ id }, values), [intl]);
}

/** The kinds of stable words that the wire uses and the tables translate. */
export type WordKind =
  | "type" | "eventClass" | "severity" | "class" | "phase" | "role" | "cameraState" | "zone" | "reason"
  | "clockState" | "clockSource" | "timeSource" | "presence" | "chain" | "chainState" | "alarm";

export type Word = (kind: WordKind, word: string) => string;

/** Words of the wire for people; a word that is newer than this page is shown as it came. */
export function useWord(): Word {
  const text = useText();
  return useCallback((kind: WordKind, word: string) => {
    const id = `${kind}.${word}`;
    return isMessageId(id) ? text(id) : word.replaceAll("_", " ");
  }, [text]);
}

/** Numbers in the chosen language; `digits` after the separator. */
export function useNumber(): (value: number, digits?: number) => string {
  const intl = useIntl();
  return useCallback((value: number, digits = 0) => intl.formatNumber(value, { minimumFractionDigits: digits, maximumFractionDigits: digits }), [intl]);
}
