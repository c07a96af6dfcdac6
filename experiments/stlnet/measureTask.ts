import { createTraceTeacher, parseFormula } from "../../src/stl/index.ts";
import { copyParameters, type Parameters } from "../../src/model/Parameters.ts";
import { scheduledBeta, teacherLoss } from "../../src/train/teacherLoss.ts";
import { judgeTraces, type TraceFigures } from "./judgeTraces.ts";
import { robustnessLoss } from "./robustnessLoss.ts";
import { shieldTraces } from "./shieldTraces.ts";
import { copyTraining, Student, type StudentKind, type StudentTraining, type TraceLoss } from "./Student.ts";
import type { TraceTask } from "./TraceTask.ts";

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

/** Traces of a task, [trace][signal][step]. */
export interface TaskTraces {
  readonly training: Float64Array;
  readonly test: Float64Array;
}

export interface TaskFigures {
  readonly figures: Readonly<Record<Form, TraceFigures>>;
  /** Share of the shielded traces in which the device's own monitor finds the rule kept, 0..1. */
  readonly passed: number;
}

/**
 * Trains on some traces of a task and judges all forms on others; first weights and order come from the seed. All
 * students are one until the truth alone no longer teaches them; the ternary one goes on from what the teacher's ended with.
 */
export const measureTask = (
  task: TraceTask,
  { test, training }: TaskTraces,
  kind: StudentKind,
  seed: number,
  report: (what: string) => void,
): TaskFigures => {
  const { batch, epochs, peakRate } = task;
  const width = task.signals.length * task.steps;
  const formula = parseFormula(task.rule);
  const teacherOf = (margin: number) =>
    createTraceTeacher(formula, task.steps, { margin, fixedSamples: task.given, scale: task.scale });
  const teacher = teacherOf(task.teacherMargin);
  const projector = teacherOf(task.margin);

  const totalSteps = epochs * Math.floor(training.length / width / batch);
  // The truth alone for half of the training, then more and more of the teacher for a quarter.
  const alone = Math.floor(totalSteps / 2);
  const schedule = { from: 1, to: task.beta, steps: Math.floor(totalSteps / 4) };
  const betaOf = (step: number): number => scheduledBeta(schedule, Math.max(0, step - alone));
  const student = new Student(task, kind);
  const settingsOf = (what: Form): StudentTraining => {
    const progress = (epoch: number, now: number): void =>
      report(`${what}: epoch ${epoch} of ${epochs}, loss ${now.toPrecision(3)}`);
    return { epochs, batch, peakRate, ternary: what === "ternary", seed, progress };
  };
  const taughtBy =
    (beta: (step: number) => number): TraceLoss =>
    (forecasts, truths, step) =>
      teacherLoss(teacher, forecasts, truths, beta(step));
  const onTruth = taughtBy(() => 1);

  const begun = student.begin(student.initial(seed), training, settingsOf("base"));
  student.proceed(begun, training, onTruth, settingsOf("base"), alone);
  const learn = (what: Form, loss: TraceLoss): Parameters => {
    const state = copyTraining(begun);
    student.proceed(state, training, loss, settingsOf(what));
    return state.parameters;
  };
  const base = learn("base", onTruth);
  const robust = learn("student, robustness", robustnessLoss(task, formula, betaOf));
  const taught = learn("student, teacher", taughtBy(betaOf));
  const ternary = copyParameters(taught);
  const atLast = taughtBy(() => task.beta);
  student.train(ternary, training, atLast, settingsOf("ternary"));

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
  return { figures, passed: (shielded.passed * width) / test.length };
};
