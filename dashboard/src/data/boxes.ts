// Boxes: whether they are there, how they are, what waits on them.
import { queryOptions } from "@tanstack/react-query";
import { client, tagged, type Schemas } from "./client";
import { valueOf } from "./result";

export type Box = Schemas["Box"];
export type BoxPresence = Box["presence"];
export type Clock = Schemas["Clock"];

export const boxesQuery = queryOptions({
  queryKey: ["boxes"],
  queryFn: async () => valueOf(await tagged(client.GET("/api/v1/boxes"))),
});

export const boxQuery = (dev: string) =>
  queryOptions({
    queryKey: ["boxes", dev],
    queryFn: async () => valueOf(await tagged(client.GET("/api/v1/boxes/{dev}", { params: { path: { dev } } }))),
  });
