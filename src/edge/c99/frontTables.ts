import type { IntegerFrontEnd } from "../front/IntegerFrontEnd.ts";
import type { ConstantTable } from "./arrayText.ts";
import type { DeviceFrontEnd } from "./DeviceFrontEnd.ts";

/** What the generated front end has a use for; a table that none of it reads would stand unused. */
export interface FrontParts {
  readonly logarithms: boolean;
  readonly neighbours: boolean;
  readonly columns: boolean;
  readonly embedding: boolean;
  readonly zones: boolean;
}

export const frontParts = ({ front, zoneOffsets }: DeviceFrontEnd): FrontParts => ({
  logarithms: scalingsOf(front).some(({ transform }) => transform === "log1p"),
  neighbours: front.neighbours.some((near) => near.length > 0),
  columns: front.targets.some(({ columns }) => columns.length > 0),
  embedding: front.embedding.length > 0,
  zones: zoneOffsets.fromMinutes.length > 1,
});

const scalingsOf = ({ covariates, targets }: IntegerFrontEnd) => [...targets, ...covariates];

const offsetsOf = (lists: readonly ArrayLike<number>[]): number[] => {
  const offsets = [0];
  for (const list of lists) offsets.push(offsets.at(-1)! + list.length);
  return offsets;
};

/** Tables of the front end and of the clock. */
export const frontTables = (device: DeviceFrontEnd): ConstantTable[] => {
  const { front, zoneOffsets } = device;
  const { angles, baseline, embedding, neighbours, targets } = front;
  const scalings = scalingsOf(front);
  const parts = frontParts(device);
  const when = (used: boolean, own: readonly ConstantTable[]): readonly ConstantTable[] => (used ? own : []);
  return [
    { name: "channel_fallback", type: "int32_t", values: scalings.map(({ fallback }) => fallback) },
    { name: "channel_centre", type: "int32_t", values: scalings.map(({ centre }) => centre) },
    { name: "channel_gain", type: "int32_t", values: scalings.map(({ gain }) => gain) },
    { name: "channel_gain_shift", type: "uint8_t", values: scalings.map(({ gainShift }) => gainShift) },
    ...when(parts.logarithms, [
      // 1 / quantum of a logarithmic channel, 0 of another.
      { name: "channel_inverse", type: "uint32_t", values: scalings.map((own) => own.inverseQuantum) },
      { name: "logarithm_table", type: "uint32_t", values: front.logarithms },
    ]),
    { name: "own_centre", type: "int32_t", values: targets.flatMap(({ ownCentre }) => [...ownCentre]) },
    { name: "own_gain", type: "int32_t", values: targets.flatMap(({ ownGain }) => [...ownGain]) },
    { name: "own_shift", type: "uint8_t", values: targets.flatMap(({ ownShift }) => [...ownShift]) },
    ...when(parts.neighbours, [
      { name: "neighbour_first", type: "uint16_t", values: offsetsOf(neighbours) },
      { name: "neighbour", type: "uint16_t", values: neighbours.flatMap((near) => [...near]) },
    ]),
    ...when(parts.columns, [
      { name: "column_first", type: "uint16_t", values: offsetsOf(targets.map(({ columns }) => columns)) },
      { name: "column_sensor", type: "uint16_t", values: targets.flatMap(({ columns }) => [...columns]) },
    ]),
    ...when(angles.length > 0, [
      { name: "angle_gain", type: "int32_t", values: angles.map(({ gain }) => gain) },
      { name: "angle_gain_shift", type: "uint8_t", values: angles.map(({ gainShift }) => gainShift) },
    ]),
    ...when(parts.embedding, [{ name: "embedding", type: "int16_t", values: embedding }]),
    ...(baseline.kind === "linear"
      ? ([
          { name: "lag_shift", type: "uint8_t", values: baseline.targets.map((own) => own.weightShift) },
          {
            name: "lag_weight",
            type: "int32_t",
            values: baseline.targets.flatMap((own) => [...own.weights]),
          },
          {
            name: "lead_intercept",
            type: "int32_t",
            values: baseline.targets.flatMap((own) => [...own.intercepts]),
          },
          { name: "sensor_mean", type: "int32_t", values: baseline.targets.flatMap((own) => [...own.means]) },
        ] as const)
      : []),
    { name: "sine_table", type: "uint16_t", values: front.sines },
    ...when(parts.zones, [
      { name: "zone_minute", type: "int32_t", values: zoneOffsets.fromMinutes },
      { name: "zone_offset", type: "int16_t", values: zoneOffsets.offsets },
    ]),
  ];
};
