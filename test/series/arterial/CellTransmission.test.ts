import { array, assert, double, integer, property, tuple } from "fast-check";
import { describe, expect, it } from "vitest";
import { CellTransmission } from "../../../src/series/arterial/CellTransmission.ts";
import { laneCapacity, URBAN_ARTERIAL } from "../../../src/series/arterial/FundamentalDiagram.ts";
import { drawRoadPlan, STEP_SECONDS, type RoadPlan } from "../../../src/series/arterial/RoadPlan.ts";
import { random } from "../../../src/series/random.ts";

const LANES = 2;
const CAPACITY_VEH_PER_STEP = (1800 * LANES * STEP_SECONDS) / 3600;

/** One link without side traffic, its signal green for `greenSteps` of 15. */
const plainRoad = (cells: number, freeRatio = 1): RoadPlan => ({
  ...drawRoadPlan(random(1), 2),
  linkStart: Int32Array.of(0, cells),
  freeRatio: Float64Array.of(freeRatio),
  signals: { cycleSteps: 15, greenSteps: Int32Array.of(15), offsetSteps: Int32Array.of(0) },
  turnShare: Float64Array.of(1),
  sideShare: Float64Array.of(0),
});

const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const NO_SIDE = Float64Array.of(0);
const GREEN = Int32Array.of(15);
const RED = Int32Array.of(0);

describe("fundamental diagram", () => {
  it("has its capacity where the branches meet", () => {
    expect(laneCapacity(URBAN_ARTERIAL)).toBe(1800);
    expect(laneCapacity({ freeSpeedKmh: 100, waveSpeedKmh: 20, jamDensityVehPerKm: 120 })).toBe(2000);
  });
});

describe("drawRoadPlan", () => {
  it("keeps the Courant-Friedrichs-Lewy limit on every link of many roads", () => {
    for (let seed = 0; seed < 50; seed++) {
      const plan = drawRoadPlan(random(seed), 24);
      const cellsAStep = ((60 / 3.6) * STEP_SECONDS) / plan.cellMetres;
      expect(cellsAStep).toBeLessThanOrEqual(1 + 1e-12);
      for (const ratio of plan.freeRatio) {
        expect(ratio).toBeGreaterThan(0.8);
        expect(ratio).toBeLessThanOrEqual(1);
      }
      expect(plan.waveRatio).toBeLessThanOrEqual(1);
      for (const [k, cell] of plan.detectorCell.entries()) {
        expect(cell).toBeGreaterThan(k === 0 ? -1 : plan.detectorCell[k - 1]!);
        expect(cell).toBeLessThan(plan.linkStart.at(-1)!);
      }
    }
  });
});

describe("CellTransmission", () => {
  it("conserves vehicles to the bit, keeps cells within 0 and jam, flows within capacity", () => {
    assert(
      property(
        integer({ min: 0, max: 10_000 }),
        array(tuple(double({ min: 0, max: 6, noNaN: true }), double({ min: 0, max: 1, noNaN: true })), {
          minLength: 1,
          maxLength: 12,
        }),
        (seed, stretches) => {
          const draws = random(seed);
          const plan = drawRoadPlan(draws, 8);
          const traffic = new CellTransmission(plan);
          const sides = new Float64Array(4);
          const share = new Float64Array(traffic.stock.length);
          for (const [arrivals, capacity] of stretches) {
            sides.fill(arrivals / 5);
            share.fill(1);
            share[Math.floor(draws.uniform() * share.length)] = capacity;
            traffic.setCapacity(share);
            const before = traffic.crossed.slice();
            const freeShare = 0.7 + 0.3 * draws.uniform();
            traffic.advance(40, arrivals, sides, plan.signals.greenSteps, freeShare);
            const waiting = traffic.entryQueue + sum(traffic.sideQueue);
            expect(traffic.arrived - traffic.left).toBe(sum(traffic.stock) + waiting);
            for (const [cell, vehicles] of traffic.stock.entries()) {
              expect(vehicles).toBeGreaterThanOrEqual(0);
              expect(vehicles).toBeLessThanOrEqual(plan.cellStorage);
              const flow = (traffic.crossed[cell]! - before[cell]!) / 40;
              expect(flow).toBeGreaterThanOrEqual(0);
              expect(flow).toBeLessThanOrEqual(CAPACITY_VEH_PER_STEP + 1e-6);
            }
          }
        },
      ),
      { seed: 5, numRuns: 60 },
    );
  });

  it("moves a free platoon at the free speed", () => {
    const traffic = new CellTransmission(plainRoad(40));
    traffic.advance(1, 2, NO_SIDE, GREEN, 1);
    traffic.advance(30, 0, NO_SIDE, GREEN, 1);
    expect(traffic.stock[30]).toBe(2);
    expect(sum(traffic.stock)).toBe(2);
  });

  it("settles on the free branch: density = flow / speed", () => {
    const traffic = new CellTransmission(plainRoad(20, 0.8));
    traffic.advance(400, 2.5, NO_SIDE, GREEN, 0.9);
    for (const vehicles of traffic.stock) expect(vehicles).toBeCloseTo(2.5 / (0.8 * 0.9), 5);
  });

  it("settles on the congested branch behind a narrow cell: density = jam - flow / wave speed", () => {
    const plan = plainRoad(30);
    const traffic = new CellTransmission(plan);
    const share = new Float64Array(30).fill(1);
    share[25] = 0.4;
    traffic.setCapacity(share);
    traffic.advance(3000, 4.5, NO_SIDE, GREEN, 1);
    const flow = 0.4 * CAPACITY_VEH_PER_STEP;
    for (let cell = 1; cell < 24; cell++)
      expect(traffic.stock[cell]).toBeCloseTo(plan.cellStorage - flow / plan.waveRatio, 4);
    for (let cell = 26; cell < 29; cell++) expect(traffic.stock[cell]).toBeCloseTo(flow, 4);
  });

  it("lets nothing pass in red and discharges the queue at capacity in green", () => {
    const traffic = new CellTransmission(plainRoad(30));
    traffic.advance(120, 2.5, NO_SIDE, RED, 1);
    expect(traffic.left).toBe(0);
    expect(traffic.stock[29]).toBeCloseTo(130 * LANES * 0.0833333, 3);
    const before = traffic.left;
    traffic.advance(20, 0, NO_SIDE, GREEN, 1);
    expect((traffic.left - before) / 20).toBeCloseTo(CAPACITY_VEH_PER_STEP, 6);
  });

  it("lets a jam grow back at the shock speed of Lighthill, Whitham and Richards", () => {
    const cells = 120;
    const arrivals = 2.5;
    const traffic = new CellTransmission(plainRoad(cells));
    traffic.advance(cells, arrivals, NO_SIDE, GREEN, 1);
    const plan = plainRoad(cells);
    // Front between inflow and standstill: flow / (jam density - inflow's density), in cells a step.
    const expected = arrivals / (plan.cellStorage - arrivals);
    const tail = (): number => traffic.stock.findIndex((vehicles) => vehicles > plan.cellStorage / 2);
    traffic.advance(60, arrivals, NO_SIDE, RED, 1);
    const first = tail();
    traffic.advance(300, arrivals, NO_SIDE, RED, 1);
    expect((first - tail()) / 300).toBeCloseTo(expected, 2);
  });

  it("lets a standing queue start from its head at the wave speed", () => {
    const cells = 100;
    const plan = plainRoad(cells);
    const traffic = new CellTransmission(plan);
    traffic.stock.fill(plan.cellStorage);
    const steps = 200;
    traffic.advance(steps, 0, NO_SIDE, GREEN, 1);
    // Middle of the fan: half way between standstill and capacity.
    const middle = (plan.cellStorage + CAPACITY_VEH_PER_STEP) / 2;
    const head = traffic.stock.findLastIndex((vehicles) => vehicles > middle);
    const waveCells = (cells - 1 - head) / steps;
    expect(waveCells / 0.3).toBeGreaterThan(0.95);
    expect(waveCells / 0.3).toBeLessThan(1.05);
  });

  it("turns the set share off at a stop line, and lets the side street in by its red only", () => {
    const plan: RoadPlan = {
      ...plainRoad(5),
      linkStart: Int32Array.of(0, 5, 10),
      freeRatio: Float64Array.of(1, 1),
      turnShare: Float64Array.of(0.25, 1),
      signals: { cycleSteps: 15, greenSteps: Int32Array.of(9, 15), offsetSteps: Int32Array.of(0, 0) },
    };
    const through = new CellTransmission(plan);
    through.advance(1500, 2, Float64Array.of(0, 0), plan.signals.greenSteps, 1);
    expect(through.crossed[9]! / through.crossed[4]!).toBeCloseTo(0.75, 2);
    const side = new CellTransmission(plan);
    side.advance(9, 0, Float64Array.of(1, 0), plan.signals.greenSteps, 1);
    expect([side.sideQueue[0], sum(side.stock)]).toEqual([9, 0]);
    side.advance(1, 0, Float64Array.of(1, 0), plan.signals.greenSteps, 1);
    expect(side.stock[5]).toBeCloseTo(CAPACITY_VEH_PER_STEP, 6);
  });
});
