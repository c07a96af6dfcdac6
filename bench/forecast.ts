/**
 * A city's worth of forecasts as a job issues them: artefact, shield, quantiles, rule margins and both files, by groups of
 * sensors; a whole city by two processes, and the growth by sensors of a group.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Measure } from "./BenchRow.ts";
import { forecastGroup, HORIZON } from "./forecastGroup.ts";
import { medianTime } from "./medianTime.ts";

const CITY = 100_000;
const GROUP = 1000;
const PROCESSES = 2;

export const measure: Measure = async (report) => {
  const what = `${CITY} sensors x ${HORIZON} steps x 2 channels, 3 quantiles, two rules a sensor`;
  report({
    case: `forecast of ${what}, ${CITY / GROUP} groups by ${PROCESSES} processes`,
    value: (await cityMs()) / 1000,
    unit: "s",
    atMost: 60,
  });
  for (const sensors of [100, 1000, 4000]) {
    const forecast = forecastGroup(sensors);
    let turn = 0;
    const ms = await medianTime(() => forecast(turn++), { warmUp: 1, repeats: 5 });
    report({
      case: `forecast of ${sensors} sensors, one core: microseconds a sensor`,
      value: (1000 * ms) / sensors,
      unit: "us",
    });
  }
};

/** Wall time in which processes side by side forecast the whole city, once all have opened their model. */
const cityMs = async (): Promise<number> => {
  const script = fileURLToPath(new URL("forecastShare.ts", import.meta.url));
  const share = String(CITY / GROUP / PROCESSES);
  const processes = Array.from({ length: PROCESSES }, () =>
    spawn(process.execPath, ["--import", "tsx", script, String(GROUP), share], {
      stdio: ["pipe", "pipe", "inherit"],
    }),
  );
  try {
    await Promise.all(processes.map(({ stdout }) => once(stdout, "data")));
    const startMs = performance.now();
    const ended = Promise.all(processes.map((each) => once(each, "exit")));
    for (const { stdin } of processes) stdin.write("go\n");
    const codes = await ended;
    if (codes.some(([code]) => code !== 0)) throw new Error("a process of the benchmark failed");
    return performance.now() - startMs;
  } finally {
    for (const each of processes) each.kill();
  }
};
