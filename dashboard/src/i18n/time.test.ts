import { describe, expect, it } from "vitest";
import { createIntl } from "react-intl";
import { firstLocale, formatLocale, type Locale } from "./locales";
import { messagesOf } from "./messages";
import type { Text } from "./text";
import { ageText, clockTime, exactTime, lengthText, shortTime } from "./time";

const textOf = (locale: Locale): Text => {
  const intl = createIntl({ locale, messages: messagesOf(locale) });
  return (id, values) => intl.formatMessage({ id }, values);
};
const at = Date.parse("2026-03-05T18:13:58.412Z");

it("writes times in the city's zone, whatever the browser's", () => {
  expect(exactTime(at, "Asia/Bishkek")).toBe("06.03.2026 00:13:58");
  expect(exactTime(at, "UTC")).toBe("05.03.2026 18:13:58");
  expect(clockTime(at, "Asia/Bishkek")).toBe("00:13");
  expect(shortTime(at, "Asia/Bishkek", at + 60_000)).toBe("00:13");
  expect(shortTime(at, "Asia/Bishkek", at + 86_400_000)).toBe("06.03 00:13");
});

describe("lengths", () => {
  it.each<[Locale, number, string]>([
    ["ru", 40_000, "40 с"], ["ru", 240_000, "4 мин"], ["ru", 7_500_000, "2 ч 5 мин"], ["ru", 3 * 86_400_000, "3 дня"], ["ru", 5 * 86_400_000, "5 дней"],
    ["ky", 240_000, "4 мүн"], ["ky", 3 * 86_400_000, "3 күн"], ["en", 86_400_000, "1 day"], ["en", -5, "0 s"],
  ])("%s %d ms", (locale, ms, words) => {
    expect(lengthText(ms, textOf(locale))).toBe(words);
  });

  it("calls a clock that differs by a second 'just now'", () => {
    expect(ageText(-900, textOf("en"))).toBe("just now");
    expect(ageText(6000, textOf("en"))).toBe("6 s ago");
  });
});

it.each([
  [null, ["ky-KG", "ru"], "ky"],
  ["en", ["ky"], "en"],
  [null, ["de-DE", "en-GB"], "en"],
  ["tlh", ["fr"], "ru"],
])("begins with the language remembered (%s), else the browser's (%s): %s", (remembered, preferred, locale) => {
  expect(firstLocale(remembered, preferred)).toBe(locale);
});

it("formats Kyrgyz by Russian rules where the browser has none of its own", () => {
  expect(formatLocale("ky", () => false)).toBe("ru");
  expect(formatLocale("ky", () => true)).toBe("ky");
  expect(formatLocale("en", () => false)).toBe("en");
});
