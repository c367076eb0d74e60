// What the chart library is told: bars from zero, incomplete bins hatched, no data hatched over the
// whole height, so that it can never be taken for zero.
import type { BarSeriesOption } from "echarts/charts";
import type { ComposeOption } from "echarts/core";
import type { GridComponentOption, TooltipComponentOption } from "echarts/components";

type Option = ComposeOption<BarSeriesOption | GridComponentOption | TooltipComponentOption>;

/** How a bar is drawn; `none` has no value at all. */
export type BarState = "full" | "partial" | "none";

export interface Bars {
  /** What stands under each bar. */
  labels: string[];
  /** Which of them are written when there is no room for all: the full hours. */
  marked: boolean[];
  states: BarState[];
  series: { name: string; token: string; values: (number | undefined)[] }[];
  /** Upper end of the scale; the same for charts that are compared. */
  highest: number;
  /** Words in the hatched gap. */
  noData: string;
  /** What the pointer is told of a bar, line by line. */
  hint: (index: number) => string[];
}

type TokenValue = (token: string) => string;

export function optionOf(bars: Bars, value: TokenValue): Option {
  const top = niceTop(bars.highest);
  const quiet = { color: value("--muted"), fontFamily: "Inter Variable, sans-serif", fontSize: 12 };
  return {
    animation: false,
    textStyle: { fontFamily: "Inter Variable, sans-serif" },
    grid: { left: 4, right: 8, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: [{
      type: "category",
      data: bars.labels,
      axisLabel: { ...quiet, hideOverlap: true, interval: (index) => bars.marked[index] ?? false },
      axisTick: { show: false },
      axisLine: { lineStyle: { color: value("--rule-strong") } },
    }, { type: "category", data: bars.labels, show: false, axisPointer: { show: false } }],
    yAxis: { type: "value", min: 0, max: top, interval: top / 4, axisLabel: quiet, splitLine: { lineStyle: { color: value("--rule") } } },
    // Plain text on the canvas: markup with style attributes would break the security policy.
    tooltip: {
      trigger: "axis",
      renderMode: "richText",
      axisPointer: { type: "shadow", shadowStyle: { color: value("--text"), opacity: 0.06 } },
      backgroundColor: value("--raised"),
      borderColor: value("--rule-strong"),
      textStyle: { color: value("--text"), fontSize: 13, fontFamily: "Inter Variable, sans-serif" },
      formatter: (given) => bars.hint(indexOf(given)).join("\n"),
      confine: true,
    },
    series: [gaps(bars, top, value), ...stacks(bars, value)],
  };
}

function stacks(bars: Bars, value: TokenValue): BarSeriesOption[] {
  return bars.series.map((series) => ({
    type: "bar",
    name: series.name,
    stack: "classes",
    barCategoryGap: "18%",
    itemStyle: { color: value(series.token), borderColor: value("--surface"), borderWidth: 0.5 },
    emphasis: { disabled: true },
    data: series.values.map((count, index) => ({
      value: count ?? "-",
      ...(bars.states[index] === "partial" ? { itemStyle: { decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: -Math.PI / 4, color: value("--surface") } } } : {}),
    })),
  }));
}

function gaps(bars: Bars, top: number, value: TokenValue): BarSeriesOption {
  const labelled = middlesOfGaps(bars.states);
  return {
    type: "bar",
    // On an axis of its own, so that the two kinds of bars do not share the width.
    xAxisIndex: 1,
    barCategoryGap: "0%",
    silent: true,
    z: 1,
    emphasis: { disabled: true },
    data: bars.states.map((state, index) => (state === "none"
      ? {
          value: top,
          itemStyle: { color: value("--raised"), decal: { symbol: "rect", dashArrayX: [1, 0], dashArrayY: [1, 7], rotation: Math.PI / 4, color: value("--hatch") } },
          label: { show: labelled.has(index), position: "inside", rotate: 90, formatter: bars.noData, color: value("--text"), fontSize: 12, backgroundColor: value("--raised"), padding: [2, 4] },
        }
      : { value: "-" })),
  };
}

/** The middle bar of each run without data: it carries the words for all. */
export function middlesOfGaps(states: readonly BarState[]): Set<number> {
  const middles = new Set<number>();
  let start: number | undefined;
  for (let index = 0; index <= states.length; index += 1) {
    if (states[index] === "none") start ??= index;
    else if (start !== undefined) {
      middles.add(Math.floor((start + index - 1) / 2));
      start = undefined;
    }
  }
  return middles;
}

/** Upper end at or above the highest value, so that its quarters are round numbers. */
export function niceTop(highest: number): number {
  const quarter = Math.max(1, highest / 4);
  const power = 10 ** Math.floor(Math.log10(quarter));
  const step = STEPS.find((each) => each * power >= quarter && Number.isInteger(each * power)) ?? 10;
  return 4 * step * power;
}

const STEPS = [1, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

function indexOf(given: unknown): number {
  const first: unknown = Array.isArray(given) ? given[0] : given;
  if (typeof first !== "object" || first === null || !("dataIndex" in first)) return 0;
  return typeof first.dataIndex === "number" ? first.dataIndex : 0;
}
