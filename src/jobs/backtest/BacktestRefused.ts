import { Schema } from "effect";

/** A backtest cannot be done as it was asked for; every reason is listed. */
export class BacktestRefused extends Schema.TaggedError<BacktestRefused>()("BacktestRefused", {
  reasons: Schema.Array(Schema.String),
}) {
  override get message(): string {
    return this.reasons.join("\n");
  }
}
