// Signed in or not: without a session every address shows the sign-in, and keeps its place.
import { Center, Loader } from "@mantine/core";
import type { ReactNode } from "react";
import { FaultNotice } from "@/components/FaultNotice";
import { usePresence } from "@/data/session";
import { SignIn } from "@/features/session/SignIn";
import { useText } from "@/i18n/text";
import { DEFAULT_ZONE } from "@/i18n/time";
import { ZoneContext } from "@/i18n/zone";
import { SessionContext } from "./SessionContext";

export function Gate({ children }: { children: ReactNode }): ReactNode {
  const text = useText();
  const { presence, unreachable, retry } = usePresence();
  if (!presence) {
    return (
      <Center component="main" mih="100dvh" p="md">
        {unreachable ? <FaultNotice fault={{ kind: "unreachable" }} onRetry={retry} /> : <div role="status" aria-label={text("common.loading")}><Loader /></div>}
      </Center>
    );
  }
  if (presence.state === "out") return <SignIn ended={presence.why === "ended"} />;
  return (
    <SessionContext value={presence.session}>
      <ZoneContext value={presence.session.time_zone || DEFAULT_ZONE}>{children}</ZoneContext>
    </SessionContext>
  );
}
