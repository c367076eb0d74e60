// How a camera is, in figures with their units.
import type { ReactNode } from "react";
import { Facts, type Fact } from "@/components/Facts";
import { When } from "@/components/When";
import type { Camera } from "@/data/cameras";
import { useNumber, useText, useWord } from "@/i18n/text";
import { isDark } from "./dark";

export function CameraFacts({ camera }: { camera: Camera }): ReactNode {
  const text = useText();
  const word = useWord();
  const number = useNumber();
  const { fps_in: fpsIn, fps_analysed: fpsAnalysed, size } = camera;
  const facts: Fact[] = [
    { name: text("figure.state"), value: word("cameraState", camera.state), tone: isDark(camera) ? "warning" : undefined },
    { name: text("figure.lastFrame"), value: camera.last_frame && <When at={camera.last_frame} errorMs={camera.time_err_ms} /> },
    { name: text("figure.fps"), value: fpsIn === undefined || fpsAnalysed === undefined ? undefined : text("figure.fpsBoth", { in: number(fpsIn, 1), analysed: number(fpsAnalysed, 1) }) },
    { name: text("figure.dropped"), value: camera.dropped === undefined ? undefined : text("figure.droppedSince", { n: camera.dropped }) },
    { name: text("figure.reconnects"), value: camera.reconnects === undefined ? undefined : number(camera.reconnects) },
    { name: text("figure.latency"), value: camera.latency_ms === undefined ? undefined : text("figure.ms", { n: number(camera.latency_ms) }) },
    { name: text("figure.size"), value: size?.[0] === undefined ? undefined : text("figure.px", { w: size[0], h: size[1] }) },
    { name: text("figure.time"), value: camera.time_src === undefined ? undefined : text("figure.timeError", { source: word("timeSource", camera.time_src), ms: number(camera.time_err_ms ?? 0) }) },
  ];
  return <Facts facts={facts} />;
}
