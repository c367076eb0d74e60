// Calibrating a camera: points on its latest still and on the road, tried by the centre after each
// change. Only for those whom the centre lets try.
import { useQuery } from "@tanstack/react-query";
import { getRouteApi } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "@/app/SessionContext";
import { Answer } from "@/components/Answer";
import { FaultNotice } from "@/components/FaultNotice";
import { Notice } from "@/components/Notice";
import { Page } from "@/components/Page";
import type { FrameSize } from "@/data/calibration";
import { cameraQuery, sceneQuery, type Camera, type Scene } from "@/data/cameras";
import { faultOf } from "@/data/result";
import { useText } from "@/i18n/text";
import { CalibrationEditor } from "./CalibrationEditor";
import { draftOf } from "./points";

const route = getRouteApi("/cameras/$dev/$cam/calibration");

export function CalibrationPage(): ReactNode {
  const text = useText();
  const key = route.useParams();
  const allowed = useMay("calibration");
  const query = useQuery({ ...cameraQuery(key), enabled: allowed });
  return (
    <Page
      title={`${text("calibration.title")}: ${query.data?.name ?? key.cam}`}
      about={text("calibration.about")}
      back={{ to: { to: "/cameras/$dev/$cam", params: key }, label: text("calibration.back") }}
    >
      {allowed ? <Answer query={query} height={480}>{(camera) => <WithScene camera={camera} />}</Answer> : <FaultNotice fault={{ kind: "forbidden" }} />}
    </Page>
  );
}

function WithScene({ camera }: { camera: Camera }): ReactNode {
  const text = useText();
  const query = useQuery(sceneQuery(camera));
  const size = sizeOf(camera, query.data);
  if (size === undefined) return <Notice tone="warning" title={text("calibration.noSize")} testId="calibration-no-size">{text("calibration.noSize.do")}</Notice>;
  // A camera without a scene has no points yet; that is no fault.
  const none = query.error !== null && faultOf(query.error).kind === "not_found";
  const editor = (scene: Scene | undefined): ReactNode => <CalibrationEditor key={`${camera.dev}/${camera.cam}`} camera={camera} size={size} before={draftOf(scene?.calibration)} />;
  return none ? editor(undefined) : <Answer query={query} height={480}>{editor}</Answer>;
}

/** The frames that points are drawn on, in stored pixels. */
function sizeOf({ size }: Camera, scene: Scene | undefined): FrameSize | undefined {
  const [width, height] = size ?? [];
  return width === undefined || height === undefined ? undefined : { width, height, pixel_aspect: scene?.pixel_aspect ?? 1 };
}
