import { Schema } from "effect";

const numbers = Schema.Array(Schema.Finite);
/** Null where nothing was observed. */
const series = Schema.Array(Schema.NullOr(Schema.Finite));

/** How the readings of one channel lay in the training span; over all sensors, or of one. */
const Distribution = Schema.Struct({
  /** At most nine, ascending, without repetition. */
  deciles: numbers,
  /** Share of the readings below the first decile, up to the second, ..., above the last. */
  shares: numbers,
  /** Share of the readings that were missing. */
  missing: Schema.Finite,
  /** Most steps in a row with one and the same reading, in all the recording; of all sensors, the most. */
  longestRun: Schema.Int,
});
export type Distribution = typeof Distribution.Type;

/** What blocks of so many days of the model's own recording show, against its training span. */
const InputBlocks = Schema.Struct({
  days: Schema.Int,
  /** Blocks that do not overlap. */
  blocks: Schema.Int,
  /** Median population stability index of a block: [channel], then [channel][sensor]. */
  typical: numbers,
  typicalOfSensors: Schema.Array(numbers),
  /** Largest index of any block over its median; of any channel, of any channel and sensor. */
  limit: Schema.Finite,
  sensorLimit: Schema.Finite,
  /** Largest share of missing readings of any block over that of the training span: [channel]. */
  missingLimit: numbers,
  missingSensorLimit: numbers,
});
export type InputBlocks = typeof InputBlocks.Type;

/** Errors of one target on the test span. */
const TargetReference = Schema.Struct({
  channel: Schema.String,
  unit: Schema.String,
  /** Mean absolute error by lead; null where nothing was observed. */
  mae: series,
  /** Mean error by local hour of the origin, where 1 is the mean of all. */
  byHour: numbers,
  /** Error of each bin of origins, relative to `mae` and `byHour`. */
  errors: series,
  /** Share of the readings in the issued band, by bin; empty where no band is issued. */
  coverage: series,
});

/** A rule on the test span. */
const RuleReference = Schema.Struct({
  name: Schema.String,
  enforced: Schema.Boolean,
  /** Share of judged origins at which it holds, of the issued forecast and of what came; null where none was judged. */
  held: Schema.NullOr(Schema.Finite),
  truthHeld: Schema.NullOr(Schema.Finite),
  smallest: Schema.NullOr(Schema.Finite),
  truthSmallest: Schema.NullOr(Schema.Finite),
  /** Mean margin of each bin of origins, in units of the rule's scale. */
  margins: series,
  truthMargins: series,
});

/** What a model showed while it was made, as the watch over it needs. */
export const WatchReference = Schema.Struct({
  /** Instant of the first step of the test span: from here on nothing was trained on. */
  testFrom: Schema.String,
  inputs: Schema.Struct({
    channels: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        unit: Schema.String,
        all: Distribution,
        sensors: Schema.Array(Distribution),
      }),
    ),
    /** Ascending by days; empty where the recording is too short for any. */
    blocks: Schema.Array(InputBlocks),
  }),
  forecasts: Schema.Struct({
    /** Steps of a bin: consecutive origins whose figures are one entry of a series. */
    binSteps: Schema.Int,
    targets: Schema.Array(TargetReference),
    rules: Schema.Array(RuleReference),
  }),
});
export type WatchReference = typeof WatchReference.Type;
export type TargetReference = typeof TargetReference.Type;
export type RuleReference = typeof RuleReference.Type;

/** Four significant digits: as much as a reference needs. */
export const brief = (value: number): number => Number(value.toPrecision(4));
/** The same; null where there is no number. */
export const briefOrNull = (value: number): number | null => (Number.isFinite(value) ? brief(value) : null);
