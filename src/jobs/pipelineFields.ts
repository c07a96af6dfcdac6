/** What the fields of pipeline files of all kinds are made of. */
import { Effect, Schema } from "effect";
import { Temporal } from "temporal-polyfill";

/** A key that may be left out, with what it then is. */
export const optional = <S extends Schema.Top>(schema: S, fallback: S["Encoded"]) =>
  schema.pipe(Schema.withDecodingDefaultKey(Effect.succeed(fallback)));

export const count = (minimum: number, maximum: number) =>
  Schema.Int.check(Schema.isBetween({ minimum, maximum }));
export const between = (minimum: number, maximum: number) =>
  Schema.Finite.check(Schema.isBetween({ minimum, maximum }));

const isLocalTime = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2})?$/.test(text)) return false;
  try {
    Temporal.PlainDateTime.from(text);
    return true;
  } catch {
    return false;
  }
};

/** A length of time such as `5min`, `24h`, `7d`. */
export const DurationText = Schema.String.check(
  Schema.isPattern(/^\d+(\.\d+)?(s|min|h|d)$/, { message: "Expected a duration such as 5min, 24h or 7d" }),
);
/** A local date or date and time, in the zone of the data. */
export const LocalTimeText = Schema.String.check(
  Schema.makeFilter(
    (text) => isLocalTime(text) || "Expected a local date such as 2015-03-01 or 2015-03-01T00:00",
  ),
);

/** The name of a pipeline, which names its output folder. */
export const PipelineName = Schema.String.check(
  Schema.isPattern(/^[a-z0-9][a-z0-9_-]*$/, {
    message: "Expected a name of lower-case letters, digits, - and _ (it names the output folder)",
  }),
);

/** A share of the steps kept back. */
export const Share = between(0.01, 0.5);
