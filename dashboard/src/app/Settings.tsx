// Language, light or dark, the keys, and who is signed in.
import { Button, NativeSelect, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { Icon } from "@/components/Icon";
import { useSignOut } from "@/data/session";
import { LOCALES, LOCALE_NAMES } from "@/i18n/locales";
import { useLanguage } from "@/i18n/LanguageProvider";
import { useText, useWord } from "@/i18n/text";
import { useSession } from "./SessionContext";
import styles from "./Settings.module.css";

export function Settings({ onHelp }: { onHelp: () => void }): ReactNode {
  const text = useText();
  return (
    <div className={styles["settings"]}>
      <LanguageSwitch />
      <div className={styles["row"]}>
        <SchemeSwitch />
        <Button variant="subtle" size="compact-sm" onClick={onHelp} leftSection={<Icon name="keyboard" />}>{text("nav.help")}</Button>
      </div>
      <Person />
    </div>
  );
}

export function LanguageSwitch(): ReactNode {
  const text = useText();
  const { locale, choose } = useLanguage();
  const data = LOCALES.map((value) => ({ value, label: LOCALE_NAMES[value] }));
  return (
    <NativeSelect
      aria-label={text("nav.language")}
      data-testid="language"
      data={data}
      value={locale}
      onChange={(event) => {
        const next = LOCALES.find((known) => known === event.currentTarget.value);
        if (next) choose(next);
      }}
    />
  );
}

export function SchemeSwitch(): ReactNode {
  const text = useText();
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const light = colorScheme === "light";
  const label = text(light ? "nav.toDark" : "nav.toLight");
  return (
    <Button variant="subtle" size="compact-md" px="xs" aria-label={label} title={label} data-testid="scheme" onClick={() => { setColorScheme(light ? "dark" : "light"); }}>
      <Icon name={light ? "moon" : "sun"} />
    </Button>
  );
}

function Person(): ReactNode {
  const text = useText();
  const word = useWord();
  const { name, role } = useSession();
  const signOut = useSignOut();
  return (
    <div className={styles["person"]}>
      <div className={styles["who"]} data-testid="person"><strong>{name}</strong><span>{word("role", role)}</span></div>
      <Button variant="subtle" size="compact-md" px="xs" aria-label={text("nav.signOut")} title={text("nav.signOut")} data-testid="sign-out" loading={signOut.isPending} onClick={() => { signOut.mutate(); }}>
        <Icon name="out" />
      </Button>
    </div>
  );
}
