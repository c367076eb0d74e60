// Every message in three languages, complete in its plurals, with the same values, and used.
import { parse, TYPE, type MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
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

describe.each(LOCALES)("%s", (locale) => {
  it.each(entries)("%s is there and can be read", (_, words) => {
    expect(words[locale].trim()).not.toBe("");
    const { plurals } = look(parse(words[locale]));
    for (const options of plurals) expect(options).toEqual(expect.arrayContaining(NEEDED[locale]));
  });
});

it.each(entries)("%s takes the same values in each language", (_, words) => {
  const [first, ...rest] = LOCALES.map((locale) => [...look(parse(words[locale])).values].sort());
  for (const other of rest) expect(other).toEqual(first);
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
  const families = /^(type|eventClass|severity|class|phase|role|cameraState|zone|reason|reasonText|clockState|clockSource|timeSource|presence|chain|chainState|alarm|fault|ailment|dark|filter\.state|counts\.bin|counts\.dir)\./;
  expect(entries.map(([key]) => key).filter((key) => !families.test(key) && !source.includes(`"${key}"`))).toEqual([]);
});

function sourcesUnder(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "messages" ? [] : sourcesUnder(path);
    return /\.tsx?$/.test(entry.name) && !entry.name.endsWith(".test.ts") ? [readFileSync(path, "utf8")] : [];
  });
}
