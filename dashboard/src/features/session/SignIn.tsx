// The door. Says why one stands before it, and what is wrong when it does not open.
import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useState, type ReactNode, type SyntheticEvent } from "react";
import { LanguageSwitch, SchemeSwitch } from "@/app/Settings";
import { Notice } from "@/components/Notice";
import { faultOf, type Fault } from "@/data/result";
import { useSignIn } from "@/data/session";
import { useText } from "@/i18n/text";
import type { MessageId } from "@/i18n/messages";
import styles from "./SignIn.module.css";

export function SignIn({ ended }: { ended: boolean }): ReactNode {
  const text = useText();
  const signIn = useSignIn();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [missing, setMissing] = useState(false);
  const problem = missing ? "signIn.missing" : signIn.error ? messageOf(faultOf(signIn.error)) : undefined;
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    const complete = name.trim() !== "" && password !== "";
    setMissing(!complete);
    if (complete) signIn.mutate({ name: name.trim(), password });
  };
  return (
    <main className={styles["door"]}>
      <form className={styles["form"]} onSubmit={submit} noValidate data-testid="sign-in">
        <header className={styles["head"]}>
          <img src="/mark.svg" width="44" height="44" alt="" />
          <div><h1>Kerege</h1><p>{text("signIn.about")}</p></div>
        </header>
        {ended && !problem && <Notice tone="plain" title={text("signIn.ended")} testId="session-ended" />}
        {problem && <Notice tone="warning" urgent title={text(problem)} testId="sign-in-problem" />}
        <TextInput label={text("signIn.name")} name="username" autoComplete="username" autoCapitalize="none" spellCheck={false} size="md" value={name} onChange={(event) => { setName(event.currentTarget.value); }} data-testid="sign-in-name" />
        <PasswordInput label={text("signIn.password")} name="password" autoComplete="current-password" size="md" value={password} onChange={(event) => { setPassword(event.currentTarget.value); }} visibilityToggleButtonProps={{ "aria-label": text("signIn.showPassword") }} data-testid="sign-in-password" />
        <Button type="submit" size="md" loading={signIn.isPending} data-testid="sign-in-submit">{text("signIn.submit")}</Button>
        <footer className={styles["foot"]}><LanguageSwitch /><SchemeSwitch /></footer>
      </form>
    </main>
  );
}

function messageOf(fault: Fault): MessageId {
  if (fault.kind === "unreachable") return "signIn.noCentre";
  if (fault.kind === "refused" && fault.status === 429) return "signIn.tooMany";
  return "signIn.wrong";
}
