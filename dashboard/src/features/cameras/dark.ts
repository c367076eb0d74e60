// Why a camera shows nothing new, in one sentence; nothing when it is live.
import type { Camera } from "@/data/cameras";
import type { Text } from "@/i18n/text";
import { isMessageId } from "@/i18n/messages";
import { shortTime } from "@/i18n/time";

export type DarkCamera = Pick<Camera, "state" | "since" | "reason" | "box_online">;

export function isDark(camera: DarkCamera): boolean {
  return camera.state !== "live" || !camera.box_online;
}

export function darkReason(camera: DarkCamera, text: Text, zone: string, now: number): string | undefined {
  if (!camera.box_online) return text("dark.boxOffline");
  if (camera.state === "live") return undefined;
  if (camera.state === "unknown" || camera.since === undefined) return text("dark.unknown");
  const since = shortTime(Date.parse(camera.since), zone, now);
  return camera.reason === undefined
    ? text(`dark.${camera.state}`, { since })
    : text(`dark.${camera.state}Reason`, { since, reason: reasonText(camera.reason, text) });
}

/** What to do about it. */
export function darkRemedy(camera: DarkCamera, text: Text): string {
  const { state, box_online: online } = camera;
  return online && (state === "blind" || state === "moved") ? text(`dark.${state}.do`) : text("dark.do");
}

/** Common reasons in the reader's language; others as the box wrote them. */
function reasonText(reason: string, text: Text): string {
  const id = `reasonText.${reason.toLowerCase()}`;
  return isMessageId(id) ? text(id) : reason;
}
