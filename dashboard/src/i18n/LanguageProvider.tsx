// The chosen language for everything below, remembered on this workstation.
import { createContext, use, useEffect, useMemo, useState, type ReactNode } from "react";
import { IntlProvider } from "react-intl";
import { firstLocale, formatLocale, type Locale } from "./locales";
import { messagesOf } from "./messages";

const STORED = "kerege.language";

interface Language {
  locale: Locale;
  choose: (locale: Locale) => void;
}

const LanguageContext = createContext<Language | undefined>(undefined);

export function LanguageProvider({ children }: { children: ReactNode }): ReactNode {
  const [locale, setLocale] = useState<Locale>(() => firstLocale(recall(), navigator.languages));
  const language = useMemo<Language>(() => ({ locale, choose: (next) => { setLocale(next); remember(next); } }), [locale]);
  // The document's language is what a screen reader and the hyphenation go by.
  useEffect(() => {
    document.documentElement.lang = locale;
  }, [locale]);
  return (
    <LanguageContext value={language}>
      <IntlProvider locale={formatLocale(locale)} messages={messagesOf(locale)}>{children}</IntlProvider>
    </LanguageContext>
  );
}

export function useLanguage(): Language {
  const language = use(LanguageContext);
  if (!language) throw new Error("useLanguage outside of LanguageProvider");
  return language;
}

function recall(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

function remember(locale: Locale): void {
  try {
    localStorage.setItem(STORED, locale);
  } catch {
    // A browser that keeps nothing asks again next time.
  }
}
