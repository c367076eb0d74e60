// Counts of one camera by bin, line, direction and class, with how much of each bin was observed.
import { keepPreviousData, queryOptions } from "@tanstack/react-query";
import { client, tagged, type Schemas } from "./client";
import { valueOf } from "./result";
import type { CameraKey } from "./cameras";

export type Counts = Schemas["Counts"];
export type CountBin = Schemas["CountBin"];
export type CountCell = Schemas["CountCell"];
export type BinLength = Counts["bin"];

export interface CountQuestion extends CameraKey {
  /** RFC 3339, on a bin's edge. */
  from: string;
  to: string;
  bin: BinLength;
}

export const countsQuery = (question: CountQuestion) =>
  queryOptions({
    queryKey: ["counts", question.dev, question.cam, question.from, question.to, question.bin],
    queryFn: async () => valueOf(await tagged(client.GET("/api/v1/statistics/counts", { params: { query: { ...question } } }))),
    // Moving on by a bin must not blank the chart; another camera must.
    placeholderData: (previous, query) => (query?.queryKey[1] === question.dev && query.queryKey[2] === question.cam ? keepPreviousData(previous) : undefined),
  });
