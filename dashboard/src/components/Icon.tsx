// The few signs that the dashboard uses, drawn in one stroke weight. Always beside a word or a label.
import type { ReactNode } from "react";

const PATHS = {
  now: "M3 12h4l2.5-7 5 14L17 12h4",
  incidents: "M12 4 2.8 20h18.4L12 4Zm0 6v4.5m0 2.6v.4",
  cameras: "M3 7h12v10H3V7Zm12 3.5 6-3v9l-6-3v-3Z",
  counts: "M4 20V10m5.3 10V4m5.4 16v-7M20 20V8",
  boxes: "M4 5h16v6H4V5Zm0 8h16v6H4v-6Zm3-5h.01M7 16h.01",
  alarms: "M6 17V11a6 6 0 0 1 12 0v6m-14 0h16M10 20h4M12 3v2",
  menu: "M4 7h16M4 12h16M4 17h16",
  close: "m6 6 12 12M18 6 6 18",
  sun: "M12 8a4 4 0 1 1 0 8 4 4 0 0 1 0-8Zm0-6v2m0 16v2M2 12h2m16 0h2M5 5l1.4 1.4m11.2 11.2L19 19M5 19l1.4-1.4M17.6 6.4 19 5",
  moon: "M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5Z",
  back: "M15 5l-7 7 7 7",
  keyboard: "M3 7h18v10H3V7Zm3.5 3.2h.01m3.6 0h.01m3.7 0h.01m3.6 0h.01M8 13.8h8",
  out: "M10 5H5v14h5m4-11 4 4-4 4m4-4H9",
  download: "M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 20h14",
  up: "M12 19V6m-5 5 5-5 5 5",
  undo: "M9 5 4 10l5 5M4 10h11a5 5 0 0 1 0 10h-4",
  redo: "m15 5 5 5-5 5m5-5H9a5 5 0 0 0 0 10h4",
  copy: "M9 9h11v11H9V9Zm-3 6H4V4h11v2",
  plus: "M12 5v14M5 12h14",
  renew: "M20 12a8 8 0 1 1-2.3-5.7L20 8.5M20 4v4.5h-4.5",
  clear: "M9 9l6 6m0-6-6 6M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }): ReactNode {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
