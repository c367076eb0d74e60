// Cameras: what they do, their latest picture and the scene drawn on it.
import { queryOptions } from "@tanstack/react-query";
import { client, faultOfStatus, tagged, type Schemas } from "./client";
import { valueOf, type Result } from "./result";

export type Camera = Schemas["Camera"];
export type CameraState = Camera["state"];
export type Scene = Schemas["Scene"];
export type SceneLine = Scene["line"][number];

/** The latest picture of a camera; it replaces the one before. */
export interface LatestPicture {
  jpeg: Blob;
  /** Capture time; absent when the centre does not tell. */
  captured: string | undefined;
}

/** A camera is named by its box and its own name. */
export interface CameraKey {
  dev: string;
  cam: string;
}

/** The live line tells of a new picture at once; this is the net under it. */
const PICTURE_EVERY_MS = 10_000;

export const camerasQuery = queryOptions({
  queryKey: ["cameras"],
  queryFn: async () => valueOf(await tagged(client.GET("/api/v1/cameras"))),
});

export const cameraQuery = (key: CameraKey) =>
  queryOptions({
    queryKey: ["cameras", key.dev, key.cam],
    queryFn: async () => valueOf(await tagged(client.GET("/api/v1/cameras/{dev}/{cam}", { params: { path: { ...key } } }))),
  });

export const sceneQuery = (key: CameraKey) =>
  queryOptions({
    queryKey: ["scenes", key.dev, key.cam],
    queryFn: async () => valueOf(await tagged(client.GET("/api/v1/cameras/{dev}/{cam}/scene", { params: { path: { ...key } } }))),
  });

export const pictureQuery = (key: CameraKey) =>
  queryOptions({
    queryKey: ["pictures", key.dev, key.cam],
    queryFn: async () => valueOf(await fetchPicture(key)),
    refetchInterval: PICTURE_EVERY_MS,
    staleTime: 0,
    gcTime: 0,
  });

/** One picture that stays as it is until another is asked for: what is drawn by hand is drawn on it. */
export const stillQuery = (key: CameraKey) =>
  queryOptions({
    queryKey: ["still", key.dev, key.cam],
    queryFn: async () => {
      const { jpeg, captured } = valueOf(await fetchPicture(key));
      return { address: await dataAddress(jpeg), captured };
    },
    refetchInterval: false,
    refetchOnWindowFocus: false,
    staleTime: Infinity,
    gcTime: 0,
  });

/** The bytes as an address of their own, which needs no giving back. */
function dataAddress(bytes: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => { resolve(reader.result as string); };
    reader.onerror = () => { reject(reader.error ?? new Error("the picture could not be read")); };
    reader.readAsDataURL(bytes);
  });
}

/** The generated client reads JSON; a picture is bytes with its capture time beside it. */
async function fetchPicture({ dev, cam }: CameraKey): Promise<Result<LatestPicture>> {
  const path = `/api/v1/cameras/${encodeURIComponent(dev)}/${encodeURIComponent(cam)}/picture`;
  try {
    const response = await globalThis.fetch(path, { credentials: "same-origin", cache: "no-cache" });
    if (!response.ok) return { ok: false, fault: faultOfStatus(response.status, undefined) };
    return { ok: true, value: { jpeg: await response.blob(), captured: response.headers.get("kerege-captured") ?? undefined } };
  } catch {
    return { ok: false, fault: { kind: "unreachable" } };
  }
}
