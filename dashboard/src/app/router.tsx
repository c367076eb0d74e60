// Every address and the page behind it. Charts are heavy and few people calibrate, so those pages come
// when asked for.
import { createRootRoute, createRoute, createRouter, lazyRouteComponent, Link, type ErrorComponentProps } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Button } from "@mantine/core";
import { Empty } from "@/components/Empty";
import { Notice } from "@/components/Notice";
import { AlarmsPage } from "@/features/alarms/AlarmsPage";
import { BoxesPage } from "@/features/boxes/BoxesPage";
import { BoxPage } from "@/features/boxes/BoxPage";
import { CameraPage } from "@/features/cameras/CameraPage";
import { CamerasPage } from "@/features/cameras/CamerasPage";
import { readCountsSearch } from "@/features/counts/search";
import { IncidentPage } from "@/features/incidents/IncidentPage";
import { QueuePage } from "@/features/incidents/QueuePage";
import { readQueueSearch } from "@/features/incidents/search";
import { OverviewPage } from "@/features/overview/OverviewPage";
import { useText } from "@/i18n/text";
import { Gate } from "./Gate";
import { Shell } from "./Shell";

const root = createRootRoute({ component: () => <Gate><Shell /></Gate>, notFoundComponent: NoPage, errorComponent: FailedPage });
const getParentRoute = (): typeof root => root;

// Each in a constant of its own: within an array the compiler forgets their addresses and filters.
const now = createRoute({ getParentRoute, path: "/", component: OverviewPage });
const queue = createRoute({ getParentRoute, path: "/incidents", component: QueuePage, validateSearch: readQueueSearch });
const incident = createRoute({ getParentRoute, path: "/incidents/$id", component: IncidentPage });
const cameras = createRoute({ getParentRoute, path: "/cameras", component: CamerasPage });
const camera = createRoute({ getParentRoute, path: "/cameras/$dev/$cam", component: CameraPage });
const calibration = createRoute({ getParentRoute, path: "/cameras/$dev/$cam/calibration", component: lazyRouteComponent(() => import("@/features/calibration/CalibrationPage"), "CalibrationPage") });
const counts = createRoute({ getParentRoute, path: "/counts", component: lazyRouteComponent(() => import("@/features/counts/CountsPage"), "CountsPage"), validateSearch: readCountsSearch });
const boxes = createRoute({ getParentRoute, path: "/boxes", component: BoxesPage });
const box = createRoute({ getParentRoute, path: "/boxes/$dev", component: BoxPage });
const alarms = createRoute({ getParentRoute, path: "/alarms", component: AlarmsPage });

const tree = root.addChildren([now, queue, incident, cameras, camera, calibration, counts, boxes, box, alarms]);

export function createAppRouter() {
  return createRouter({ routeTree: tree, scrollRestoration: true, defaultErrorComponent: FailedPage });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof createAppRouter>;
  }
}

function NoPage(): ReactNode {
  const text = useText();
  return <Empty title={text("fault.noPage")}><Link to="/">{text("fault.toNow")}</Link></Empty>;
}

function FailedPage({ reset }: ErrorComponentProps): ReactNode {
  const text = useText();
  return <Notice tone="bad" urgent title={text("fault.page")} action={<Button variant="default" onClick={reset}>{text("fault.retry")}</Button>}>{text("fault.page.do")}</Notice>;
}
