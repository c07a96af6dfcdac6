import type { Panel } from "../series/Panel.ts";
import type { Site } from "../stl/index.ts";

/** The site that a panel shows: what a spec is bound to. */
export const siteOfPanel = (panel: Panel, forecastSteps?: number): Site => ({
  sensors: panel.sensors,
  channels: panel.channels,
  stepMs: panel.stepMs,
  zone: panel.zone,
  ...(panel.positions !== undefined && { positions: panel.positions }),
  ...(panel.tags !== undefined && { tags: panel.tags }),
  ...(forecastSteps !== undefined && { forecastSteps }),
});
