/** A forecaster small enough to check by plain arithmetic, with every parameter away from its starting value. */
import {
  type ForecasterShape,
  mapParameters,
  type Parameters,
  parameterShapes,
} from "../../src/model/Parameters.ts";
import { initialParameters } from "../../src/model/initialParameters.ts";
import { random } from "../../src/series/random.ts";

export const smallShape: ForecasterShape = {
  observed: 5,
  embedding: 2,
  sensors: 3,
  units: 4,
  headUnits: 3,
  outputs: 6,
};

/** Starting parameters, each moved by a normal number of deviation 0.3. */
export const movedParameters = (shape: ForecasterShape, seed: number): Parameters => {
  const source = random(seed);
  const start = initialParameters(shape, () => source.normal());
  return mapParameters((name) => start[name].map((value) => value + 0.3 * source.normal()));
};

/** Normal features, [step][window][observed]. */
export const randomWindows = (
  steps: number,
  windows: number,
  observed: number,
  seed: number,
): readonly (readonly (readonly number[])[])[] => {
  const source = random(seed, 1);
  return Array.from({ length: steps }, () =>
    Array.from({ length: windows }, () =>
      Array.from({ length: observed }, () => Math.fround(source.normal())),
    ),
  );
};

export const sizeOf = (shape: ForecasterShape, name: keyof Parameters): number => {
  const [rows, columns] = parameterShapes(shape)[name];
  return rows * columns;
};
