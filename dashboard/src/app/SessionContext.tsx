// Who is signed in, for the pages behind the gate.
import { createContext, use } from "react";
import { may, type Right } from "@/data/roles";
import type { Session } from "@/data/session";

export const SessionContext = createContext<Session | undefined>(undefined);

export function useSession(): Session {
  const session = use(SessionContext);
  if (!session) throw new Error("a page behind the gate was drawn without a session");
  return session;
}

/** Whether the one signed in may see something. */
export function useMay(right: Right): boolean {
  return may(useSession().role, right);
}
