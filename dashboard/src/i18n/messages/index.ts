// All messages, and their keys as a type: a key that does not exist does not compile.
import { alarms } from "./alarms";
import { boxes } from "./boxes";
import { calibration } from "./calibration";
import { cameras } from "./cameras";
import { common } from "./common";
import { counts } from "./counts";
import { incidents } from "./incidents";
import { session } from "./session";
import { words } from "./words";
import { LOCALES, type Locale } from "../locales";

export const messages = { ...common, ...session, ...words, ...incidents, ...cameras, ...calibration, ...counts, ...boxes, ...alarms };

export type MessageId = keyof typeof messages;

/** The messages of one language, as the formatter takes them. */
export function messagesOf(locale: Locale): Record<MessageId, string> {
  return Object.fromEntries(Object.entries(messages).map(([id, words]) => [id, words[locale]])) as Record<MessageId, string>;
}

export function isMessageId(id: string): id is MessageId {
  return Object.hasOwn(messages, id);
}

/** Every table by name, so that a test can see a key defined twice. */
export const tables = { alarms, boxes, calibration, cameras, common, counts, incidents, session, words };

export { LOCALES };
