// One camera: its latest picture with the scene drawn over it, how it is, and what is drawn in words.
import { Switch } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useMay } from "@/app/SessionContext";
import { Answer } from "@/components/Answer";
import { Notice } from "@/components/Notice";
import { Page, Panel } from "@/components/Page";
import { SceneDrawing } from "@/components/picture/SceneDrawing";
import { cameraQuery, sceneQuery, type Camera, type Scene } from "@/data/cameras";
import { faultOf } from "@/data/result";
import { useSiteName } from "@/data/sites";
import { useText } from "@/i18n/text";
import { useNow, useZone } from "@/i18n/zone";
import { CameraFacts } from "./CameraFacts";
import { darkReason, darkRemedy } from "./dark";
import { LatestPicture } from "./LatestPicture";
import { SceneList } from "./SceneList";
import styles from "./CameraPage.module.css";

const route = getRouteApi("/cameras/$dev/$cam");

export function CameraPage(): ReactNode {
  const text = useText();
  const key = route.useParams();
  const query = useQuery(cameraQuery(key));
  const siteName = useSiteName();
  return (
    <Page
      title={query.data?.name ?? key.cam}
      about={<>{query.data && siteName(query.data.site)} · {key.dev} / {key.cam}</>}
      back={{ to: { to: "/cameras" }, label: text("camera.back") }}
      actions={<Links site={query.data?.site} dev={key.dev} cam={key.cam} />}
    >
      <Answer query={query}>{(camera) => <CameraView camera={camera} />}</Answer>
    </Page>
  );
}

function Links({ site, dev, cam }: { site: string | undefined; dev: string; cam: string }): ReactNode {
  const text = useText();
  const counts = useMay("counts");
  const calibration = useMay("calibration");
  return (
    <nav className={styles["links"]}>
      <Link to="/incidents" search={{ site, cam }}>{text("camera.toIncidents")}</Link>
      {counts && <Link to="/counts" search={{ dev, cam }}>{text("camera.toCounts")}</Link>}
      {calibration && <Link to="/cameras/$dev/$cam/calibration" params={{ dev, cam }} data-testid="to-calibration">{text("camera.toCalibration")}</Link>}
    </nav>
  );
}

function CameraView({ camera }: { camera: Camera }): ReactNode {
  const text = useText();
  const [drawn, setDrawn] = useState(true);
  const mayScene = useMay("scenes");
  const scene = useQuery({ ...sceneQuery(camera), enabled: mayScene });
  const drawing = drawn ? scene.data : undefined;
  return (
    <>
      <DarkNotice camera={camera} />
      <div className={styles["grid"]}>
        <div className={styles["left"]}>
          <LatestPicture camera={camera} size="full" watched overlay={drawing && ((size) => <SceneDrawing drawing={drawing} size={size} />)} />
          <div className={styles["tools"]}>
            {scene.data && <Switch label={text("scene.show")} checked={drawn} onChange={(event) => { setDrawn(event.currentTarget.checked); }} data-testid="scene-switch" />}
            <span className={styles["quiet"]}>{text("camera.stillNotLive")}</span>
          </div>
        </div>
        <div className={styles["right"]}>
          <Panel><CameraFacts camera={camera} /></Panel>
          {mayScene && <Panel title={text("scene.title")}><SceneWords scene={scene.data} missing={scene.error !== null && faultOf(scene.error).kind === "not_found"} /></Panel>}
        </div>
      </div>
    </>
  );
}

function SceneWords({ scene, missing }: { scene: Scene | undefined; missing: boolean }): ReactNode {
  const text = useText();
  if (scene) return <SceneList scene={scene} />;
  return <p className={styles["quiet"]}>{text(missing ? "scene.none" : "common.loading")}</p>;
}

function DarkNotice({ camera }: { camera: Camera }): ReactNode {
  const text = useText();
  const zone = useZone();
  const now = useNow();
  const dark = darkReason(camera, text, zone, now);
  return dark === undefined ? null : <Notice tone="warning" title={dark} testId="camera-dark-notice">{darkRemedy(camera, text)}</Notice>;
}
