import { Data } from "effect";

/** A schedule that is sound in itself and cannot be run beside what runs already. */
export class ScheduleRefused extends Data.TaggedError("ScheduleRefused")<{
  readonly path: string;
  readonly reason: string;
}> {
  override get message(): string {
    return `${this.path}: ${this.reason}`;
  }
}
