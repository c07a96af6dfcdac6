import { describe, expect, it } from "vitest";
import type { RunForecaster } from "../../src/model/ForecasterRun.ts";
import { MEAN_SENSOR } from "../../src/model/meanSensor.ts";
import { runFused } from "../../src/model/runFused.ts";
import { random } from "../../src/series/random.ts";
import { baselineErrors } from "../../src/train/baselineErrors.ts";
import { trainingStep } from "../../src/train/trainingStep.ts";
import type { TrainingSettings } from "../../src/train/TrainingSettings.ts";
import { movedParameters } from "../model/smallForecaster.ts";
import { shapeOf, smallSettings, wavyData } from "./smallData.ts";

const data = wavyData(200, 5);
const shape = shapeOf(data);
const parameters = movedParameters(shape, 1);
const scale = baselineErrors(data, 0, 140);
const SEQUENCES = 300;
const batch = {
  sensorOf: Int32Array.from({ length: SEQUENCES }, (_, k) => k % 3),
  firstOf: new Int32Array(SEQUENCES).fill(20),
};

/** One step, with the sensors that the forecaster was asked for. */
const stepOf = (settings: Partial<TrainingSettings>) => {
  const asked: Int32Array[] = [];
  const run: RunForecaster = (given, of, input, options) => {
    asked.push(input.sensors);
    return runFused(given, of, input, options);
  };
  const source = random(9);
  const step = trainingStep(
    run,
    parameters,
    shape,
    data,
    batch,
    scale,
    { ...smallSettings, ...settings },
    source,
    false,
    0,
    undefined,
  );
  return { step, sensors: asked[0]!, drawn: source.state };
};

describe("trainingStep with embeddingDropout", () => {
  it("hides the vectors of about that share of the sequences", () => {
    const { sensors } = stepOf({ embeddingDropout: 0.3 });
    const hidden = sensors.filter((sensor) => sensor === MEAN_SENSOR).length / SEQUENCES;
    // Three standard deviations of a share of 300 draws.
    expect(Math.abs(hidden - 0.3)).toBeLessThan(3 * Math.sqrt((0.3 * 0.7) / SEQUENCES));
    sensors.forEach((sensor, k) => expect([MEAN_SENSOR, k % 3]).toContain(sensor));
  });

  it("draws nothing at 0: the step is the one without the setting, to the bit", () => {
    const without = stepOf({});
    const atZero = stepOf({ embeddingDropout: 0 });
    expect(atZero).toEqual(without);
    expect(atZero.sensors).toBe(batch.sensorOf);
  });

  it("at 1 teaches all sensors the same", () => {
    const { step } = stepOf({ embeddingDropout: 1 });
    const [first, ...others] = [0, 1, 2].map((sensor) => [
      ...step.gradients.embedding.subarray(sensor * shape.embedding, (sensor + 1) * shape.embedding),
    ]);
    // Every sequence reads the mean, of which each sensor has the same share.
    expect(first!.every((value) => value !== 0)).toBe(true);
    others.forEach((gradient) => expect(gradient).toEqual(first));
  });
});
