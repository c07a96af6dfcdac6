import { describe, expect, it } from "vitest";
import { selectChannels } from "../../src/jobs/selectChannels.ts";
import { seriesOf } from "../../src/series/Panel.ts";
import { panelOf } from "../train/smallData.ts";

describe("selectChannels", () => {
  const panel = panelOf(
    [
      [
        [1, 2],
        [3, Number.NaN],
      ],
      [
        [5, 6],
        [7, 8],
      ],
      [
        [9, 10],
        [11, 12],
      ],
    ],
    ["a", "b", "c"],
  );

  it("keeps the named channels of every sensor, in the order asked for", () => {
    const selected = selectChannels(panel, ["c", "a"]);
    expect(selected.channels.map((channel) => channel.name)).toEqual(["c", "a"]);
    expect(Array.from(selected.values)).toEqual([9, 10, 11, 12, 1, 2, 3, Number.NaN]);
    expect(Array.from(seriesOf(selected, 1, 1))).toEqual([3, Number.NaN]);
    expect(selected).toMatchObject({ sensors: panel.sensors, startMs: panel.startMs, steps: 2 });
  });

  it("copies: the panel stays as it was", () => {
    selectChannels(panel, ["a"]).values.fill(99);
    expect(panel.values[0]).toBe(1);
  });

  it("with no name has no channel", () => {
    expect(selectChannels(panel, [])).toMatchObject({ channels: [], values: new Float64Array(0) });
  });
});
