import { Effect } from "effect";
import { beforeAll, describe, expect, it } from "vitest";
import { scoreGroups } from "../../../src/jobs/backtest/ScoreGroups.ts";
import { scoreRules } from "../../../src/jobs/backtest/scoreRules.ts";
import { isJudged, ruleScores } from "../../../src/jobs/backtest/scoresOfSums.ts";
import { forecastOf } from "../../../src/jobs/ForecastSet.ts";
import { siteOfPanel } from "../../../src/jobs/siteOfPanel.ts";
import { truthForecasts } from "../../../src/jobs/truthForecasts.ts";
import { random } from "../../../src/series/random.ts";
import { bindSpec, parseSpec } from "../../../src/stl/index.ts";
import { judgeForecasts } from "../../../src/train/judgeForecasts.ts";
import { dataOf, panelOf } from "../../train/smallData.ts";

const HORIZON = 3;
const SENSORS = ["s0", "s1"];
const draws = random(5);
const panel = panelOf(
  [
    SENSORS.map(() =>
      Array.from({ length: 80 }, () => (draws.uniform() < 0.08 ? Number.NaN : 10 * draws.uniform())),
    ),
  ],
  ["flow"],
);
const data = dataOf(panel, { targets: ["flow"], horizonSteps: HORIZON });
const origins = Int32Array.from({ length: 50 }, (_, k) => 20 + k);
const drawn = () => Float32Array.from({ length: 50 * 2 * HORIZON }, () => 10 * draws.uniform());
/** Truth, forecast, shielded forecast, ends of the band. */
const sets = [truthForecasts(data, origins), drawn(), drawn(), drawn(), drawn()];
const groups = scoreGroups(HORIZON, SENSORS);
const hourOf = (step: number): number => Math.floor(data.readings.clock.minuteOfDay[step]! / 60);
const bound = (formula: string) => {
  const { problems, rules } = bindSpec(
    parseSpec(`sampling 15min; require r: ${formula};`).spec,
    siteOfPanel(panel, HORIZON),
  );
  expect(problems).toEqual([]);
  return rules[0]!;
};

/** Satisfaction and F1 from verdicts of a rule by the judge of whole rules, on some of the origins. */
const reference = (formula: string, chosen: readonly number[]) => {
  const verdicts = sets.map((set) => {
    const { margins } = judgeForecasts(data, [bound(formula)], origins, (index, sensor) =>
      forecastOf(set, 2, HORIZON, index, sensor),
    )[0]!;
    return chosen.map((index) => (margins[index]! < 0 ? "broken" : margins[index]! >= 0 ? "kept" : "open"));
  });
  const band = verdicts[3]!.map((lower, k) => {
    const ends = new Set([lower, verdicts[4]![k]!]);
    return ["broken", "open", "kept"].find((verdict) => ends.has(verdict))!;
  });
  const [truth, ternary, shielded] = verdicts as [string[], string[], string[]];
  const kept = (of: readonly string[]) => {
    const judged = of.filter((verdict) => verdict !== "open");
    return judged.filter((verdict) => verdict === "kept").length / judged.length;
  };
  const f1 = (of: readonly string[]) => {
    const both = truth.map((real, k) => `${real} ${of[k]}`);
    const right = both.filter((pair) => pair === "broken broken").length;
    const wrong = both.filter((pair) => pair === "kept broken" || pair === "broken kept").length;
    return (2 * right) / (2 * right + wrong);
  };
  return {
    truth: kept(truth),
    ternary: kept(ternary),
    shielded: kept(shielded),
    band: kept(band),
    f1: f1(ternary),
    f1OfBand: f1(band),
  };
};

describe("rules of a fold", () => {
  const all = Array.from(origins, (_, index) => index);
  const rules = {
    each: "forall s in sensors: always[15min, 45min] flow[s] <= 8",
    mean: "always[0min, 45min] mean(s in sensors: flow[s]) <= 7",
    either: "atleast 1 s in sensors: always[15min, 45min] flow[s] <= 5",
  };
  let sums: readonly Float64Array[];
  beforeAll(async () => {
    sums = await Effect.runPromise(
      scoreRules(data, Object.values(rules).map(bound), origins, sets, groups, hourOf),
    );
  });
  const found = (rule: keyof typeof rules, group: number) => {
    const scores = ruleScores(sums[Object.keys(rules).indexOf(rule)]!, group);
    const of = (model: string, name: string) =>
      scores.find(({ model: own, score }) => own === model && score === name)!.value;
    return {
      truth: of("truth", "satisfaction"),
      ternary: of("ternary", "satisfaction"),
      shielded: of("ternary, shielded", "satisfaction"),
      band: of("band", "satisfaction"),
      f1: of("ternary", "f1"),
      f1OfBand: of("band", "f1"),
    };
  };

  it.each(Object.entries(rules))("are judged whole: %s", (rule, formula) => {
    expect(found(rule as keyof typeof rules, 0)).toEqual(reference(formula, all));
  });

  it.each([7, 12])("by the local hour of the origin: %i", (hour) => {
    const chosen = all.filter((index) => hourOf(origins[index]!) === hour);
    expect(chosen).toHaveLength(4);
    expect(found("each", groups.ofHour(hour))).toEqual(reference(rules.each, chosen));
  });

  it.each([1, 2, 3])("by the lead of what is judged: %i", (lead) => {
    const only = (formula: string) =>
      formula.replace(/always\[\w+, 45min\]/, `always[${15 * lead}min, ${15 * lead}min]`);
    expect(found("each", groups.ofLead(lead))).toEqual(reference(only(rules.each), all));
    expect(found("mean", groups.ofLead(lead))).toEqual(reference(only(rules.mean), all));
  });

  it.each(SENSORS.map((name, sensor) => [name, sensor] as const))("by sensor: %s", (name, sensor) => {
    const alone = rules.each.replace("forall s in sensors: ", "").replace("[s]", `[${name}]`);
    expect(found("each", groups.ofSensor(sensor))).toEqual(reference(alone, all));
  });

  it("count only in the parts that they have", () => {
    const judged = (rule: number) =>
      Array.from({ length: groups.count }, (_, group) => groups.describe(group).by).filter(
        (by, group) => by !== "hour" && isJudged(sums[rule]!, group),
      );
    expect(judged(0)).toEqual(["all", "lead", "lead", "lead", "sensor", "sensor"]);
    expect(judged(1)).toEqual(["all", "lead", "lead", "lead"]);
    expect(judged(2)).toEqual(["all"]);
  });
});
