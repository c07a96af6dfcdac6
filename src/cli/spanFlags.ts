import { Flag } from "effect/cli";

/** The span of a data set that a command takes. */
export const spanFlags = {
  from: Flag.String("from").pipe(
    Flag.withDescription(
      "Take the data from this local time on (2015-03-01 or 2015-03-01T00:00; default: all)",
    ),
    Flag.optional,
  ),
  to: Flag.String("to").pipe(
    Flag.withDescription("Take the data up to this local time, exclusive"),
    Flag.optional,
  ),
};
