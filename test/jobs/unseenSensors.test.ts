import { describe, expect, it } from "vitest";
import { describeUnseen, unseenConflicts, unseenSensors } from "../../src/jobs/unseenSensors.ts";
import { panelOf } from "../train/smallData.ts";

const missing = Number.NaN;
/** s1 begins after the two training steps; s2 has flow alone, s3 has neither. */
const panel = panelOf(
  [
    [
      [1, 2, 3],
      [missing, missing, 3],
      [1, missing, missing],
      [missing, missing, missing],
    ],
    [
      [1, 2, 3],
      [missing, missing, 3],
      [missing, missing, 3],
      [missing, missing, missing],
    ],
    [
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
      [1, 2, 3],
    ],
  ],
  ["flow", "speed", "wind"],
);

describe("unseenSensors", () => {
  it("are those held out, and those without a reading of a target in the training span", () => {
    expect(unseenSensors(panel, ["s0"], 2, 2)).toEqual([
      { place: 0, name: "s0", reason: "held out" },
      { place: 1, name: "s1", reason: "nothing read" },
      { place: 3, name: "s3", reason: "nothing read" },
    ]);
    expect(unseenSensors(panel, [], 2, 3).map(({ name }) => name)).toEqual(["s3"]);
  });

  it("are told in words, by reason", () => {
    expect(describeUnseen(unseenSensors(panel, ["s0"], 2, 2))).toEqual([
      "held out of training, as forecast.unseen says: s0",
      "without a reading of a target in the training span, so forecast as unseen sensors: s1, s3",
    ]);
    expect(describeUnseen([])).toEqual([]);
  });
});

describe("unseenConflicts", () => {
  it("names every sensor that is not there or stands twice, with its place", () => {
    expect(unseenConflicts(["s1", "s9", "s1"], panel)).toEqual([
      { path: ["forecast", "unseen", 1], message: expect.stringContaining("the data has no sensor s9") },
      { path: ["forecast", "unseen", 2], message: "sensor s1 stands twice in forecast.unseen" },
    ]);
  });

  it("leaves no run without a sensor to train on", () => {
    expect(unseenConflicts(["s0", "s1", "s2", "s3"], panel)).toEqual([
      { path: ["forecast", "unseen"], message: expect.stringContaining("leave some to train on") },
    ]);
    expect(unseenConflicts(["s0", "s1", "s2"], panel)).toEqual([]);
    expect(unseenConflicts([], panel)).toEqual([]);
  });
});
