// Every message in three languages, complete in its plurals, with the same values, and used.
import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { LOCALES, type Locale } from "../locales";
import { messages, tables } from ".";

const entries = Object.entries(messages);

/** Categories that a language tells apart for whole numbers. */
const NEEDED: Record<Locale, string[]> = { ky: ["one", "other"], ru: ["one", "few", "many", "other"], en: ["one", "other"] };

interface Found {
  values: Set<string>;
  plurals: string[][];
}

function look(elements: MessageFormatElement[], found: Found = { values: new Set(), plurals: [] }): Found {
  for (const element of elements) {
    if (element.type !== TYPE.literal && element.type !== TYPE.pound && element.type !== TYPE.tag) found.values.add(element.value);
    if (element.type !== TYPE.plural) continue;
    found.plurals.push(Object.keys(element.options));
    for (const option of Object.values(element.options)) look(option.value, found);
  }
  return found;
}

/** What is wrong with one message in one language; nothing when it is well. */
function faultOf(text: string, locale: Locale): string | undefined {
  if (text.trim() === "") return "is empty";
  try {
    const missing = look(parse(text)).plurals.flatMap((options) => NEEDED[locale].filter((needed) => !options.includes(needed)));
    return missing.length > 0 ? `lacks the plural ${missing.join(", ")}` : undefined;
  } catch (error) {
    return `cannot be read: ${String(error)}`;
  }
}

it.each(LOCALES)("is whole in %s", (locale) => {
  const faults = entries.map(([key, words]) => [key, faultOf(words[locale], locale)]).filter(([, fault]) => fault !== undefined);
  expect(faults).toEqual([]);
  expect(entries.length).toBeGreaterThan(300);
});

it("sees a message that is empty, broken or short of a plural", () => {
  expect(faultOf(" ", "en")).toBe("is empty");
  expect(faultOf("{n, plural, one {#}}", "en")).toContain("cannot be read");
  expect(faultOf("{n, plural, one {#} other {#}}", "ru")).toBe("lacks the plural few, many");
  expect(faultOf("{n, plural, one {#} other {#}}", "ky")).toBeUndefined();
});

it("takes the same values in each language", () => {
  const values = (text: string): string => [...look(parse(text)).values].sort().join();
  expect(entries.filter(([, words]) => new Set(LOCALES.map((locale) => values(words[locale]))).size > 1).map(([key]) => key)).toEqual([]);
});

it("defines no key twice", () => {
  const keys = Object.values(tables).flatMap((table) => Object.keys(table));
  expect(keys.filter((key, index) => keys.indexOf(key) !== index)).toEqual([]);
});

it("shouts at nobody", () => {
  expect(entries.filter(([, words]) => Object.values(words).some((word) => word.includes("!"))).map(([key]) => key)).toEqual([]);
});

it("has no message that nobody shows", () => {
  const source = sourcesUnder(join(import.meta.dirname, "../..")).join("\n");
  // Families whose last part comes from the wire.
  const families = /^(type|eventClass|severity|class|phase|role|cameraState|zone|reason|reasonText|clockState|clockSource|timeSource|presence|chain|chainState|alarm|fault|ailment|dark|filter\.state|counts\.bin|counts\.dir|verdict|finding)\./;
  expect(entries.map(([key]) => key).filter((key) => !families.test(key) && !source.includes(`"${key}"`))).toEqual([]);
});

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "messages" ? [] : sourcesUnder(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [readFileSync(path, "utf8")] : [];
  });
}
