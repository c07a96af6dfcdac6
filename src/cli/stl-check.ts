#!/usr/bin/env node
import { Console, Effect, Option } from "effect";
import { Argument, Command, Flag } from "effect/cli";
import { DataPlace } from "../ingest/DataPlace.ts";
import { loadSpan } from "../jobs/loadRunPanel.ts";
import { type CheckedRules, checkRules } from "../jobs/checkRules.ts";
import { alignedColumns, percent } from "./alignedColumns.ts";
import { DoesNotHold, notJudged } from "./exitCodes.ts";
import { runCommandLine } from "./runCommandLine.ts";

const stlCheck = Command.make(
  "stl-check",
  {
    specs: Argument.String("spec").pipe(
      Argument.withDescription("Rule files (.stl)"),
      Argument.variadic({ min: 1 }),
    ),
    data: Flag.String("data").pipe(
      Flag.withDescription(
        "Judge the rules on this data set (a name of `ordinance data list`, or a card): sensors, units, share of the past",
      ),
      Flag.optional,
    ),
    from: Flag.String("from").pipe(
      Flag.withDescription("Judge from this local time on (2015-03-01 or 2015-03-01T00:00; default: all)"),
      Flag.optional,
    ),
    to: Flag.String("to").pipe(Flag.withDescription("Judge up to this local time, exclusive"), Flag.optional),
    json: Flag.Boolean("json").pipe(
      Flag.withDescription("Print the findings as JSON"),
      Flag.withDefault(false),
    ),
  },
  ({ data, from, json, specs, to }) =>
    Effect.gen(function* () {
      if (Option.isNone(data) && (Option.isSome(from) || Option.isSome(to))) {
        return yield* Effect.fail({ message: "--from and --to choose a part of the data; add --data NAME" });
      }
      const panel = Option.isNone(data)
        ? undefined
        : (yield* loadSpan(data.value, Option.getOrUndefined(from), Option.getOrUndefined(to))).panel;
      const checked = yield* Effect.forEach(specs, (spec) => checkRules(spec, panel));
      yield* Console.log(json ? JSON.stringify(checked.map(forPrograms)) : checked.map(forPeople).join("\n"));
      return checked.filter((each) => each.faulty).map((each) => each.path);
    }).pipe(
      Effect.mapError(notJudged),
      Effect.flatMap((faulty) =>
        faulty.length === 0
          ? Effect.void
          : Effect.fail(new DoesNotHold({ cause: "spec", userMessage: `faulty: ${faulty.join(", ")}` })),
      ),
      Effect.provide(DataPlace.layer),
    ),
).pipe(
  Command.withDescription("Check rule files, alone or against recordings"),
  Command.withExamples([
    {
      command: "stl-check specs/arterial.stl --data arterial",
      description: "Check the rules of the sample and say on what share of the past each holds",
    },
  ]),
);

const share = (held: number, broken: number): number => held / (held + broken);

const forPeople = (checked: CheckedRules): string => {
  const lines = [checked.text, `${checked.path}: ${checked.faulty ? "faulty" : "ok"}`].filter(
    (line) => line !== "",
  );
  if (checked.past.length === 0) return lines.join("\n");
  return [
    ...lines,
    ...alignedColumns([
      ["rule", "one sensor", "all at once", "not judged", "smallest margin", "reaches"],
      ...checked.past.map(({ broken, eachSensor, held, rule, smallestMargin, unknown }) => [
        rule.goal ? `${rule.name} (goal)` : rule.name,
        eachSensor === undefined ? "-" : percent(share(eachSensor.held, eachSensor.broken)),
        percent(share(held, broken)),
        percent(unknown / (held + broken + unknown)),
        `${Number(smallestMargin.toPrecision(4))} ${rule.unit}`,
        `${rule.horizonSteps} steps`,
      ]),
    ]),
  ].join("\n");
};

const forPrograms = ({ faulty, past, path, problems }: CheckedRules): object => ({
  path,
  faulty,
  problems,
  rules: past.map(({ broken, eachSensor, held, rule, smallestMargin, unknown }) => ({
    name: rule.name,
    goal: rule.goal,
    held,
    broken,
    unknown,
    eachSensor,
    smallestMargin,
    unit: rule.unit,
  })),
});

runCommandLine(stlCheck);
