// One incident: the picture that shows why, what is known, how it went, and whether it can be trusted.
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useQuery } from "@tanstack/react-query";
import { useEffect, type ReactNode } from "react";
import { useKeys } from "@/app/useKeys";
import { Answer } from "@/components/Answer";
import { Page, Panel } from "@/components/Page";
import { SeverityMark } from "@/components/SeverityMark";
import { When } from "@/components/When";
import { incidentQuery, type IncidentDetail } from "@/data/incidents";
import { useText, useWord } from "@/i18n/text";
import { IncidentFacts } from "./IncidentFacts";
import { placeOf } from "./place";
import { Proof } from "./Proof";
import { lastSearch, rememberOpened } from "./queueMemory";
import { Stills } from "./Stills";
import { Timeline } from "./Timeline";
import styles from "./IncidentPage.module.css";

const route = getRouteApi("/incidents/$id");

export function IncidentPage(): ReactNode {
  const text = useText();
  const { id } = route.useParams();
  const navigate = useNavigate();
  const query = useQuery(incidentQuery(id));
  useEffect(() => { rememberOpened(id); }, [id]);
  useKeys({ Escape: () => void navigate({ to: "/incidents", search: lastSearch() }) });
  return (
    <Page
      title={query.data ? <Title incident={query.data} /> : text("queue.title")}
      about={query.data && <About incident={query.data} />}
      back={{ to: { to: "/incidents", search: lastSearch() }, label: text("incident.back") }}
    >
      <Answer query={query}>{(incident) => <Incident incident={incident} />}</Answer>
    </Page>
  );
}

function Title({ incident }: { incident: IncidentDetail }): ReactNode {
  const word = useWord();
  return <span data-testid="incident-title" data-incident-id={incident.id} data-incident-type={incident.type}>{word("type", incident.type)}</span>;
}

function About({ incident }: { incident: IncidentDetail }): ReactNode {
  return (
    <span className={styles["about"]}>
      <SeverityMark level={incident.severity} />
      <span>{placeOf(incident)}</span>
      <When at={incident.started} errorMs={incident.time_err_ms} />
    </span>
  );
}

function Incident({ incident }: { incident: IncidentDetail }): ReactNode {
  const text = useText();
  return (
    <div className={styles["grid"]}>
      <div className={styles["left"]}>
        <Stills incident={incident} />
        <Panel title={text("incident.timeline")}><Timeline events={incident.events} /></Panel>
      </div>
      <div className={styles["right"]}>
        <IncidentFacts incident={incident} />
        <Proof incident={incident} />
      </div>
    </div>
  );
}
