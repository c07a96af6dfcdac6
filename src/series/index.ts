/** Sensor readings on a regular grid: panels, local clocks, the front end of the forecaster, the simulated road. */
export { type Channel, channelIndex, type Panel, type Position, seriesOf, seriesOffset } from "./Panel.ts";
export { type LocalClock, localClock } from "./LocalClock.ts";
export type { Baseline, ChannelScaling, FeaturePlan, LinearBaseline, Transform } from "./FeaturePlan.ts";
export { type FeatureSettings, fitFeaturePlan } from "./fitFeaturePlan.ts";
export { baselineForecast } from "./baseline.ts";
export { computeFeatures, contextSteps, planChannels, type Readings } from "./features.ts";
export { type Random, random } from "./random.ts";
export { ARTERIAL_SAMPLE } from "./arterial/arterialSample.ts";
export { type ArterialOptions, simulateArterial } from "./arterial/simulateArterial.ts";
export { panelToCsv } from "./arterial/panelToCsv.ts";
