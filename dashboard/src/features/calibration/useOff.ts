// How far off something is, in words: metres on the road and pixels in the picture.
import type { PointFit } from "@/data/calibration";
import { useNumber, useText } from "@/i18n/text";

/** A point at the horizon is off by more than means anything. */
const MOST = 9999;

export function useMetres(): (metres: number) => string {
  const text = useText();
  const held = useHeld();
  return (metres) => text("calibration.metres", { m: held(metres, 2) });
}

export function useOff(): (fit: Pick<PointFit, "residual_m" | "residual_px">) => { metres: string; pixels: string } {
  const text = useText();
  const held = useHeld();
  const metres = useMetres();
  return (fit) => ({ metres: metres(fit.residual_m), pixels: text("calibration.pixels", { px: held(fit.residual_px, 1) }) });
}

function useHeld(): (value: number, digits: number) => string {
  const number = useNumber();
  return (value, digits) => (value > MOST ? `> ${number(MOST)}` : number(value, digits));
}
