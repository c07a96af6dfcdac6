import { Effect } from "effect";
import { writeFileSync } from "node:fs";
import { DataPlace } from "../../../src/ingest/DataPlace.ts";
import { EventPipeline } from "../../../src/jobs/events/EventPipeline.ts";
import { type PreparedEvents, prepareEvents } from "../../../src/jobs/events/prepareEvents.ts";
import type { NamedEventModel } from "../../../src/jobs/events/testEvents.ts";
import { loadRunPanel } from "../../../src/jobs/loadRunPanel.ts";
import { readPipelineAs } from "../../../src/jobs/readPipeline.ts";
import { createEventKernels } from "../../../src/model/eventModel/eventKernels.ts";
import { arraysOf, initialEventParameters } from "../../../src/model/eventModel/EventModel.ts";
import { random } from "../../../src/series/random.ts";
import { platform } from "../../../src/cli/platform.ts";
import { TinyProject } from "../../cli/tinyProject.ts";

const PIPELINE = `name: tiny-events
kind: events
data: ./streets.yaml
events:
  - { name: slow, when: rise(speed <= 36 km/h) }
  - { name: fast, when: rise(speed >= 54 km/h) }
forecast: { horizon: 3h, samples: 400, origins: 12 }
model: { units: 4, bins: 6 }
training: { batch: 4, steps: 8 }
`;

/** A run on the made-up streets of the command line's tests: three sensors, two kinds of event. */
export const preparedEvents = async (): Promise<PreparedEvents> => {
  const project = new TinyProject();
  const file = project.path("events.yaml");
  writeFileSync(file, PIPELINE);
  const run = await Effect.runPromise(
    readPipelineAs(EventPipeline, file).pipe(
      Effect.flatMap((pipeline) =>
        Effect.flatMap(loadRunPanel(pipeline, file), (loaded) => prepareEvents(pipeline, file, loaded)),
      ),
      Effect.provide(DataPlace.layer),
      Effect.provide(platform),
    ),
  );
  project.remove();
  return run;
};

/** A model of a run with random weights, or one that forgets everything: all weights 0 but the biases of the bins. */
export const eventModelOf = (run: PreparedEvents, binShares?: readonly number[]): NamedEventModel => {
  const { shape, tokens } = run;
  const numbers = random(41);
  const parameters = initialEventParameters(shape, numbers);
  for (const values of arraysOf(parameters).slice(3)) {
    for (let k = 0; k < values.length; k++) values[k] = 0.7 * numbers.normal();
  }
  if (binShares !== undefined) {
    for (const values of arraysOf(parameters)) values.fill(0);
    parameters.timing!.binBiases.set(binShares.map(Math.log));
  }
  const kernels = createEventKernels();
  return { name: "model", model: { kernels, shape, parameters, tokens } };
};
