// Whether what is shown can be trusted, in plain words: the signature and the chain.
import type { ReactNode } from "react";
import { Panel } from "@/components/Page";
import type { IncidentDetail } from "@/data/incidents";
import { useText } from "@/i18n/text";
import styles from "./Proof.module.css";

export function Proof({ incident }: { incident: Pick<IncidentDetail, "signature_ok" | "chain"> }): ReactNode {
  const text = useText();
  return (
    <Panel title={text("incident.proof")} testId="proof">
      <ul className={styles["proof"]}>
        <li data-verdict={incident.signature_ok ? "ok" : "bad"} data-testid="signature">{text(incident.signature_ok ? "signature.ok" : "signature.bad")}</li>
        <li data-verdict={incident.chain === "forked" ? "bad" : incident.chain === "pending" ? "open" : "ok"} data-testid="chain" data-chain={incident.chain}>{text(`chain.${incident.chain}`)}</li>
      </ul>
    </Panel>
  );
}
