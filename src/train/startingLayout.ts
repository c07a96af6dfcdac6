import {
  type EmbeddingLayout,
  hashedLayout,
  quotientLayout,
  tableLayout,
} from "../model/embedding/EmbeddingLayout.ts";
import { profileTable } from "../model/sharedTable/profileTable.ts";
import { randomTable, type SharedTable } from "../model/sharedTable/SharedTable.ts";
import type { ForecasterShape } from "../model/Parameters.ts";
import { random } from "../series/random.ts";
import { DAY_PARTS, dayProfiles } from "./dayProfiles.ts";
import type { EmbeddingChoice } from "./EmbeddingChoice.ts";
import type { TrainingData } from "./TrainingData.ts";
import type { StepSpan } from "./TrainingSettings.ts";

/** A stream of its own, so that the weights start as they would without a table. */
const STREAM = 2;

/** The table that a training starts with; undefined where the vectors of sensors are not of a table. */
export const startingTable = (
  choice: EmbeddingChoice | undefined,
  data: TrainingData,
  span: StepSpan,
  seed: number,
): SharedTable | undefined => {
  if (choice?.kind !== "table") return undefined;
  const numbers = random(seed, STREAM);
  return choice.start === "random"
    ? randomTable(data.sensors, numbers)
    : profileTable(dayProfiles(data, span), data.plan.targets.length * DAY_PARTS, numbers);
};

/** How vectors are made, with the table as it is; undefined where each sensor has its own. */
export const layoutOf = (
  choice: EmbeddingChoice | undefined,
  table: SharedTable | undefined,
  data: TrainingData,
  span: StepSpan,
): EmbeddingLayout | undefined => {
  switch (choice?.kind) {
    case undefined:
      return undefined;
    case "table":
      return tableLayout(table!);
    case "hashed":
      return hashedLayout(data.plan.sensors, choice.rows);
    case "quotient":
      return quotientLayout(data.sensors);
    case "features":
      return featureLayout(data, span);
  }
};

/** Rows that are trained of an embedding of so many sensors. */
export const embeddingRows = (
  choice: EmbeddingChoice | undefined,
  { sensors }: Pick<ForecasterShape, "sensors">,
  targets: number,
): number => {
  const side = Math.ceil(Math.sqrt(sensors));
  switch (choice?.kind) {
    case undefined:
      return sensors;
    case "table":
      return 2 * side;
    case "hashed":
      return choice.rows;
    case "quotient":
      return Math.ceil(sensors / side) + side;
    case "features":
      return targets * (DAY_PARTS + 2) + 1;
  }
};

/** A constant; of each target the mean and the deviation, both in units of how they differ between sensors; the day. */
const featureLayout = (data: TrainingData, span: StepSpan): EmbeddingLayout => {
  const { plan, sensors } = data;
  const profiles = dayProfiles(data, span);
  const profileWidth = plan.targets.length * DAY_PARTS;
  const rows = plan.targets.length * (DAY_PARTS + 2) + 1;
  const columns = [...plan.sensorMean, ...plan.sensorDeviation].map(standardised);
  const features = new Float32Array(sensors * rows);
  for (let sensor = 0; sensor < sensors; sensor++) {
    const of = [1, ...columns.map((column) => column[sensor]!)];
    features.set(of, sensor * rows);
    features.set(
      profiles.subarray(sensor * profileWidth, (sensor + 1) * profileWidth),
      sensor * rows + of.length,
    );
  }
  return { kind: "features", rows, features };
};

const standardised = (values: readonly number[]): number[] => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return values.map((value) => (deviation > 0 ? (value - mean) / deviation : 0));
};
