/**
 * One process's share of a city: `forecastShare.ts SENSORS GROUPS` says that it is ready, waits for a line, forecasts so
 * many groups one after the other, and says that it is done.
 */
import { once } from "node:events";
import { forecastGroup } from "./forecastGroup.ts";

const [sensors, groups] = process.argv.slice(2).map(Number);
const forecast = forecastGroup(sensors!);
forecast(0);
console.log("ready");
await once(process.stdin, "data");
for (let group = 0; group < groups!; group++) forecast(group);
console.log("done");
process.exit(0);
