// Alarms: what the centre holds against a box or itself until it is cleared.
import { queryOptions } from "@tanstack/react-query";
import { client, tagged, type Schemas } from "./client";
import { valueOf } from "./result";

export type Alarm = Schemas["Alarm"];

export const alarmsQuery = queryOptions({
  queryKey: ["alarms"],
  queryFn: async () => valueOf(await tagged(client.GET("/api/v1/alarms"))),
});
