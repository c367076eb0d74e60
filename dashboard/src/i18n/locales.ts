// The three languages, and what a table of messages looks like: all three side by side, so that
// the compiler refuses a message that one of them lacks.

export const LOCALES = ["ky", "ru", "en"] as const;
export type Locale = (typeof LOCALES)[number];

/** Each language in its own words, for the switch. */
export const LOCALE_NAMES: Record<Locale, string> = { ky: "Кыргызча", ru: "Русский", en: "English" };

export type MessageTable = Record<string, Record<Locale, string>>;

/** The language to begin with: the one chosen before, else the browser's first that is ours, else Russian. */
export function firstLocale(remembered: string | null, preferred: readonly string[]): Locale {
  const candidates = [remembered, ...preferred];
  for (const candidate of candidates) {
    const tongue = candidate?.toLowerCase().split("-")[0];
    const locale = LOCALES.find((known) => known === tongue);
    if (locale) return locale;
  }
  return "ru";
}

/** The language whose rules for numbers and plurals are used. Some browsers have none for Kyrgyz; its
 *  numbers are written as in Russian, and its plurals have one form for all. */
export function formatLocale(locale: Locale, supported: (locale: string) => boolean = isSupported): string {
  return locale === "ky" && !supported("ky") ? "ru" : locale;
}

function isSupported(locale: string): boolean {
  return Intl.NumberFormat.supportedLocalesOf(locale).length > 0 && Intl.PluralRules.supportedLocalesOf(locale).length > 0;
}
