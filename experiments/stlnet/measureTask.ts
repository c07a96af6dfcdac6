import { random } from "../../src/series/random.ts";
import { createTraceTeacher, parseFormula } from "../../src/stl/index.ts";
import { copyParameters, type Parameters } from "../../src/model/Parameters.ts";
import { scheduledBeta, teacherLoss } from "../../src/train/teacherLoss.ts";
import { judgeTraces, type TraceFigures } from "./judgeTraces.ts";
import { robustnessLoss } from "./robustnessLoss.ts";
import { shieldTraces } from "./shieldTraces.ts";
import { Student, type StudentKind, type TraceLoss } from "./Student.ts";
import { drawTraces, type Task } from "./tasks.ts";

export const forms = [
  "truth",
  "base",
  "base, projected",
  "student, robustness",
  "student, teacher",
  "student, projected",
  "ternary",
  "ternary, projected",
  "ternary, shielded",
] as const;
export type Form = (typeof forms)[number];

export interface TaskSize {
  readonly instances: number;
  /** In place of those of the task. */
  readonly epochs?: number;
}

export interface TaskFigures {
  readonly figures: Readonly<Record<Form, TraceFigures>>;
  /** Share of the shielded traces in which the device's own monitor finds the rule kept, 0..1. */
  readonly passed: number;
}

const trainingShare = 0.95;
const batch = 128;
const peakRate = 1e-2;

/**
 * Trains and judges all forms on one drawing of a task; data, first weights and order come from the seed. All students
 * start from the same weights, the ternary one from those that the teacher's student ended with.
 */
export const measureTask = (
  task: Task,
  kind: StudentKind,
  seed: number,
  { epochs = task.epochs, instances }: TaskSize,
  report: (what: string) => void,
): TaskFigures => {
  const formula = parseFormula(task.rule);
  const source = random(seed);
  const trained = Math.round(trainingShare * instances);
  const training = drawTraces(task, source, "training", trained);
  const test = drawTraces(task, source, "test", instances - trained);
  const teacherOf = (margin: number) =>
    createTraceTeacher(formula, task.steps, { margin, fixedSamples: task.given, scale: task.scale });
  const teacher = teacherOf(task.teacherMargin);
  const projector = teacherOf(task.margin);

  const totalSteps = epochs * Math.floor(trained / batch);
  // The truth alone for half of the training, then more and more of the teacher for a quarter.
  const alone = Math.floor(totalSteps / 2);
  const schedule = { from: 1, to: task.beta, steps: Math.floor(totalSteps / 4) };
  const betaOf = (step: number): number => scheduledBeta(schedule, Math.max(0, step - alone));
  const student = new Student(task, kind);
  const start = student.initial(seed);
  const learn = (what: Form, from: Parameters, loss: TraceLoss): Parameters => {
    const parameters = copyParameters(from);
    const ternary = what === "ternary";
    const progress = (epoch: number, now: number): void =>
      report(`${what}: epoch ${epoch} of ${epochs}, loss ${now.toPrecision(3)}`);
    student.train(parameters, training, loss, { epochs, batch, peakRate, ternary, seed, progress });
    return parameters;
  };
  const taughtBy =
    (beta: (step: number) => number): TraceLoss =>
    (forecasts, truths, step) =>
      teacherLoss(teacher, forecasts, truths, beta(step));

  const base = learn(
    "base",
    start,
    taughtBy(() => 1),
  );
  const robust = learn("student, robustness", start, robustnessLoss(task, formula, betaOf));
  const taught = learn("student, teacher", start, taughtBy(betaOf));
  const ternary = learn(
    "ternary",
    taught,
    taughtBy(() => task.beta),
  );

  const width = task.signals.length * task.steps;
  const projected = (forecasts: Float64Array): Float64Array => {
    const nearest = forecasts.slice();
    for (let at = 0; at < forecasts.length; at += width) {
      projector.teach(forecasts.subarray(at, at + width), nearest.subarray(at, at + width));
    }
    return nearest;
  };
  const judged = (forecasts: Float64Array): TraceFigures => judgeTraces(task, formula, forecasts, test);
  const ofBase = student.forecast(base, test, false);
  const ofTaught = student.forecast(taught, test, false);
  const ofTernary = student.forecast(ternary, test, true);
  const shielded = shieldTraces(task, formula, ofTernary);
  const figures = {
    truth: judged(test),
    base: judged(ofBase),
    "base, projected": judged(projected(ofBase)),
    "student, robustness": judged(student.forecast(robust, test, false)),
    "student, teacher": judged(ofTaught),
    "student, projected": judged(projected(ofTaught)),
    ternary: judged(ofTernary),
    "ternary, projected": judged(projected(ofTernary)),
    "ternary, shielded": judged(shielded.forecasts),
  };
  return { figures, passed: shielded.passed / (instances - trained) };
};
