import type { PlanNode } from "../plan/Plan.ts";
import type { PanelTrace } from "../compile/Site.ts";
import type { Layout, SmoothWalk } from "./SmoothWalk.ts";

export const readSignal = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "signal" }>,
  layout: Layout,
  readings: Float64Array,
): void => {
  const { base, first, length, rows } = layout;
  const hold = node.holdSteps ?? Infinity;
  const sensors = walk.plan.scopes[node.scope]?.sensors ?? [];
  for (let row = 0; row < rows; row++) {
    const sensor = node.sensor >= 0 ? node.sensor : (sensors[row] as number);
    const start = (node.channel * walk.sensorCount + sensor) * walk.steps;
    for (let i = 0; i < length; i++) {
      const step = first + i;
      const at = base + row * length + i;
      if (step < 0 || step >= walk.steps) {
        walk.values[at] = NaN;
        continue;
      }
      let origin = start + step;
      if (Number.isNaN(readings[origin]) && hold > 0) {
        const oldest = Math.max(start, origin - hold);
        while (origin > oldest && Number.isNaN(readings[origin])) origin--;
      }
      walk.values[at] = readings[origin] as number;
      walk.origins[at] = origin;
    }
  }
};

export const readClock = (
  walk: SmoothWalk,
  node: Extract<PlanNode, { kind: "clock" }>,
  layout: Layout,
  clock: PanelTrace["clock"],
): void => {
  if (clock === undefined) {
    throw new TypeError("the rule reads the clock, and the trace has none: give its clock arrays");
  }
  const field = clock[node.field];
  for (let i = 0; i < layout.length; i++) {
    const reading = field[layout.first + i];
    const holds = reading !== undefined && reading >= node.lower && reading <= node.upper;
    walk.values[layout.base + i] = reading === undefined ? NaN : holds ? Infinity : -Infinity;
  }
};

/** Hands the slopes of a signal on to the readings that its values come from. */
export const backwardSignal = (walk: SmoothWalk, layout: Layout, gradient: Float64Array): void => {
  const { slopes, origins } = walk;
  const end = layout.base + layout.rows * layout.length;
  for (let at = layout.base; at < end; at++) {
    const slope = slopes[at] as number;
    const origin = origins[at] as number;
    if (slope !== 0) gradient[origin] = (gradient[origin] as number) + slope;
  }
};
