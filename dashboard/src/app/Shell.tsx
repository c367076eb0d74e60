// The frame around every page: sections on the left (a menu on narrow screens), the state of the
// live line, and the notice that what is shown may be old.
import { Button, Drawer } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { Link, Outlet } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Icon, type IconName } from "@/components/Icon";
import { Notice } from "@/components/Notice";
import { may, type Right } from "@/data/roles";
import type { LineState } from "@/data/live";
import { useText } from "@/i18n/text";
import type { MessageId } from "@/i18n/messages";
import { exactTime } from "@/i18n/time";
import { useZone } from "@/i18n/zone";
import { KeyHelp } from "./KeyHelp";
import { LineContext, useLiveLine } from "./useLive";
import { Settings } from "./Settings";
import { useKeys } from "./useKeys";
import { useSession } from "./SessionContext";
import styles from "./Shell.module.css";

interface Section {
  to: "/" | "/incidents" | "/cameras" | "/counts" | "/boxes" | "/alarms";
  name: MessageId;
  icon: IconName;
  right?: Right;
}

const SECTIONS: readonly Section[] = [
  { to: "/", name: "nav.now", icon: "now" },
  { to: "/incidents", name: "nav.incidents", icon: "incidents", right: "incidents" },
  { to: "/cameras", name: "nav.cameras", icon: "cameras", right: "pictures" },
  { to: "/counts", name: "nav.counts", icon: "counts", right: "counts" },
  { to: "/boxes", name: "nav.boxes", icon: "boxes", right: "boxes" },
  { to: "/alarms", name: "nav.alarms", icon: "alarms", right: "alarms" },
];

export function Shell(): ReactNode {
  const text = useText();
  const line = useLiveLine();
  const [menu, { open, close }] = useDisclosure(false);
  const [help, helpSwitch] = useDisclosure(false);
  useKeys({ "Shift+Slash": helpSwitch.open });
  return (
    <LineContext value={line}>
      <a className={styles["skip"]} href="#content">{text("nav.skip")}</a>
      <div className={styles["shell"]}>
        <header className={styles["bar"]}>
          <Button variant="subtle" px="xs" onClick={open} aria-label={text("nav.menu")}><Icon name="menu" size={22} /></Button>
          <Brand />
          <LineMark line={line} />
        </header>
        <header className={styles["rail"]}>
          <div className={styles["railTop"]}><Brand /><LineMark line={line} /></div>
          <Sections />
          <Settings onHelp={helpSwitch.open} />
        </header>
        <main className={styles["main"]} id="content" tabIndex={-1}>
          <LineNotice line={line} />
          <Outlet />
        </main>
      </div>
      <Drawer opened={menu} onClose={close} title={<Brand />} size="18rem" closeButtonProps={{ "aria-label": text("common.close") }}>
        <div className={styles["drawer"]}>
          <Sections onGo={close} />
          <Settings onHelp={() => { close(); helpSwitch.open(); }} />
        </div>
      </Drawer>
      <KeyHelp opened={help} onClose={helpSwitch.close} />
    </LineContext>
  );
}

function Brand(): ReactNode {
  return <span className={styles["brand"]}><img src="/mark.svg" width="26" height="26" alt="" />Kerege</span>;
}

function Sections({ onGo }: { onGo?: () => void }): ReactNode {
  const text = useText();
  const { role } = useSession();
  return (
    <nav aria-label={text("nav.label")}>
      <ul className={styles["sections"]}>
        {SECTIONS.filter((section) => section.right === undefined || may(role, section.right)).map((section) => (
          <li key={section.to}>
            <Link to={section.to} activeOptions={{ exact: section.to === "/", includeSearch: false }} className={styles["section"]} {...(onGo ? { onClick: onGo } : {})}>
              <Icon name={section.icon} />{text(section.name)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

function LineMark({ line }: { line: LineState }): ReactNode {
  const text = useText();
  const words: Record<LineState["kind"], MessageId> = { open: "line.open", connecting: "line.connecting", lost: "line.lostShort", ended: "line.lostShort" };
  return <span className={styles["line"]} data-line={line.kind} data-testid="live-line"><i aria-hidden="true" /><span>{text(words[line.kind])}</span></span>;
}

function LineNotice({ line }: { line: LineState }): ReactNode {
  const text = useText();
  const zone = useZone();
  if (line.kind === "lost") return <Notice tone="warning" urgent title={text("line.lost", { time: exactTime(line.since, zone) })} testId="line-lost" />;
  if (line.kind === "ended" && line.why === "forbidden") return <Notice tone="plain" title={text("line.forbidden")} />;
  return null;
}
