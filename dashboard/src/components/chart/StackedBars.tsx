// Stacked bars on a shared scale. The only file that knows the chart library.
import { useMantineColorScheme } from "@mantine/core";
import { BarChart } from "echarts/charts";
import { GridComponent, TooltipComponent } from "echarts/components";
import { init, use as register, type EChartsType } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";
import { useEffect, useRef, type ReactNode } from "react";
import { optionOf, type Bars } from "./option";
import styles from "./StackedBars.module.css";

register([BarChart, GridComponent, TooltipComponent, CanvasRenderer]);

export function StackedBars({ bars, label }: { bars: Bars; label: string }): ReactNode {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const { colorScheme } = useMantineColorScheme();
  useEffect(() => {
    const element = place.current;
    if (!element) return undefined;
    const own = init(element, null, { renderer: "canvas" });
    chart.current = own;
    const watch = new ResizeObserver(() => { own.resize(); });
    watch.observe(element);
    return () => {
      watch.disconnect();
      own.dispose();
    };
  }, []);
  // The canvas knows no tokens: it is painted anew with their values whenever the scheme changes.
  useEffect(() => {
    const values = getComputedStyle(document.documentElement);
    chart.current?.setOption(optionOf(bars, (token) => values.getPropertyValue(token).trim()), { notMerge: true });
  }, [bars, colorScheme]);
  return <div ref={place} className={styles["chart"]} role="img" aria-label={label} />;
}
