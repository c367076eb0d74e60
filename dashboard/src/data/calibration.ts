// How good a calibration would be: asked of the centre, which answers with the box's own fit.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import type { CameraKey } from "./cameras";
import { client, tagged, type Schemas } from "./client";
import { valueOf } from "./result";

export type Calibration = Schemas["Calibration"];
export type CalibrationQuestion = Schemas["CalibrationQuestion"];
export type CalibrationReport = Schemas["CalibrationReport"];
export type Finding = Schemas["Finding"];
export type FrameSize = Schemas["FrameSize"];
export type PointFit = Schemas["PointFit"];
export type RoadUnit = Schemas["RoadUnit"];

/** Fewer points make no calibration. */
export const LEAST_POINTS = 4;
/** Fewer tell too little of their error for a good one. */
export const GOOD_POINTS = 6;

/** Asks nothing while there are too few points. The same points always get the same answer. */
export const fitQuery = (key: CameraKey, question: CalibrationQuestion) =>
  queryOptions({
    queryKey: ["calibration", key.dev, key.cam, question],
    queryFn: async ({ signal }) => valueOf(await tagged(client.POST("/api/v1/calibration/fit", { body: question, signal }))),
    enabled: question.calibration.points.length >= LEAST_POINTS,
    staleTime: Infinity,
    refetchInterval: false,
    // While a point moves, what was said of it a moment ago stays.
    placeholderData: (previous, query) => (query?.queryKey[1] === key.dev && query.queryKey[2] === key.cam ? keepPreviousData(previous) : undefined),
  });
