import { Effect } from "effect";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { loadPanel } from "../../src/ingest/loadPanel.ts";
import type { Hdf5Dataset, Hdf5File, OpenHdf5 } from "../../src/ingest/pandasHdf5.ts";
import { readCard } from "../../src/ingest/readCard.ts";
import { seriesOf } from "../../src/series/Panel.ts";
import { cardText, TemporaryData } from "./temporaryData.ts";

let place: TemporaryData;
beforeEach(() => {
  place = new TemporaryData();
  place.write("data/t/data.csv", "not read here");
  place.write(
    "cards/t.yaml",
    cardText(
      "kind: hdf5\nmissing: [0]\ntime: { clock: local }\nchannels: [{ name: speed, unit: mph }]",
      "",
      "America/Los_Angeles",
      "5min",
    ),
  );
});
afterEach(() => {
  place.remove();
});

const dataset = (value: unknown, shape: number[], kind?: string): Hdf5Dataset => ({
  shape,
  value,
  attrs: kind === undefined ? {} : { kind: { value: kind } },
  slice: ([rows]) => (value as Float64Array).slice(rows![0] * shape[1]!, rows![1] * shape[1]!),
});

/** A file as pandas lays it out: `group/axis0` sensors, `axis1` times, `block0_values` the table. */
const frame =
  (group: string, sensors: unknown, times: bigint[], kind: string, values: number[]): OpenHdf5 =>
  () => {
    const parts: Record<string, Hdf5Dataset> = {
      [`${group}/axis0`]: dataset(sensors, [2]),
      [`${group}/axis1`]: dataset(BigInt64Array.from(times), [times.length], kind),
      [`${group}/block0_values`]: dataset(Float64Array.from(values), [values.length / 2, 2]),
    };
    const file: Hdf5File = { keys: () => [group], get: (path) => parts[path] ?? null, close: () => 0 };
    return Promise.resolve(file);
  };

const load = (openHdf5: OpenHdf5) =>
  readCard("t").pipe(Effect.flatMap((card) => loadPanel({ card, openHdf5 })));

const START = BigInt(Date.UTC(2012, 2, 1));

describe("pandas HDF5", () => {
  it.each([
    ["datetime64", 1_000_000n],
    ["datetime64[ns]", 1_000_000n],
    ["datetime64[us]", 1000n],
  ])("reads %s time stamps as wall clock, and 0 as missing", async (kind, perMs) => {
    const times = [0n, 300_000n, 600_000n].map((ms) => (START + ms) * perMs);
    const { panel } = await place.run(
      load(frame("df", ["773869", "767541"], times, kind, [1, 2, 0, 4, 5, 6])),
    );
    expect(panel.sensors).toEqual(["773869", "767541"]);
    expect(new Date(panel.startMs).toISOString()).toBe("2012-03-01T08:00:00.000Z");
    expect([...seriesOf(panel, 0, 0)]).toEqual([1, NaN, 5]);
    expect([...seriesOf(panel, 0, 1)]).toEqual([2, 4, 6]);
  });

  it("takes whole numbers as sensor names", async () => {
    const open = frame("speed", BigInt64Array.of(400001n, 400017n), [START], "datetime64[ms]", [1, 2]);
    expect((await place.run(load(open))).panel.sensors).toEqual(["400001", "400017"]);
  });

  it("refuses a file whose axes and table disagree", async () => {
    const open = frame("df", ["a", "b"], [START, START], "datetime64[ms]", [1, 2]);
    expect((await place.fail(load(open))).message).toMatch(/its table is 1 x 2, its axes 2 x 2/);
  });

  it("says what an opener that fails says", async () => {
    const open: OpenHdf5 = () => Promise.reject(new Error("no HDF5 signature"));
    expect((await place.fail(load(open))).message).toMatch(/data\.csv: no HDF5 signature/);
  });
});
