// How far off a point is, in words: metres on the road and pixels in the picture.
import type { PointFit } from "@/data/calibration";
import { useNumber, useText } from "@/i18n/text";

/** A point at the horizon is off by more than means anything. */
const MOST = 9999;

export function useOff(): (fit: Pick<PointFit, "residual_m" | "residual_px">) => string {
  const text = useText();
  const number = useNumber();
  const held = (value: number, digits: number): string => (value > MOST ? `> ${number(MOST)}` : number(value, digits));
  return (fit) => text("calibration.off", { m: held(fit.residual_m, 2), px: held(fit.residual_px, 1) });
}
