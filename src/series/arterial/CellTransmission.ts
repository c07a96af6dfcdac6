import type { RoadPlan } from "./RoadPlan.ts";

/**
 * Adding and taking away this number rounds a value under 2^27 to a multiple of 2^-24. All stocks and flows
 * are such multiples, so that sums are exact and no part of a vehicle is ever lost.
 */
const ROUNDER = 1.5 * 2 ** 28;

const roundVehicles = (vehicles: number): number => vehicles + ROUNDER - ROUNDER;

/**
 * Traffic on one road by the cell transmission model (Daganzo 1994, eqs. 4 to 6; diverges first-in-first-out
 * as in Daganzo 1995).
 *
 * A cell passes min(what free traffic brings, capacity, room that the jam's wave leaves downstream). Stop
 * lines pass traffic in their green only; side streets enter in its red. Traffic that finds no room waits
 * before the entry or in its side street.
 */
export class CellTransmission {
  /** Vehicles in each cell. */
  readonly stock: Float64Array;
  /** Vehicles that have left each cell downstream since the start. */
  readonly crossed: Float64Array;
  /** Sum over steps of the vehicles in each cell, since the start. */
  readonly exposure: Float64Array;
  /** Vehicles that wait in the side street at each link's end. */
  readonly sideQueue: Float64Array;
  /** Vehicles that wait before the road. */
  entryQueue = 0;
  /** Vehicles that have arrived at the road or its side streets since the start. */
  arrived = 0;
  /** Vehicles that have left by turning off or by the end of the road since the start. */
  left = 0;

  private readonly plan: RoadPlan;
  private readonly limit: Float64Array;
  private step = 0;

  constructor(plan: RoadPlan) {
    const links = plan.freeRatio.length;
    const cells = plan.linkStart[links]!;
    this.plan = plan;
    this.stock = new Float64Array(cells);
    this.crossed = new Float64Array(cells);
    this.exposure = new Float64Array(cells);
    this.sideQueue = new Float64Array(links);
    this.limit = new Float64Array(cells).fill(plan.cellCapacity);
  }

  /**
   * Sets what each cell can pass, in shares 0..1 of its capacity; a boundary passes what the narrower of its
   * two cells does.
   */
  setCapacity(share: Float64Array): void {
    const last = this.limit.length - 1;
    for (let cell = 0; cell <= last; cell++) {
      const narrower = Math.min(share[cell]!, share[Math.min(cell + 1, last)]!);
      this.limit[cell] = roundVehicles(this.plan.cellCapacity * narrower);
    }
  }

  /**
   * Moves traffic by `steps` steps.
   *
   * @param entryArrivals vehicles a step that want to enter the road.
   * @param sideArrivals vehicles a step that want to enter from the side street at each link's end.
   * @param greenSteps steps of green a cycle, per link.
   * @param freeShare driven speed in shares 0..1 of the free speed.
   */
  advance(
    steps: number,
    entryArrivals: number,
    sideArrivals: Float64Array,
    greenSteps: Int32Array,
    freeShare: number,
  ): void {
    const { linkStart, freeRatio, waveRatio, cellStorage, turnShare, signals } = this.plan;
    const { stock, crossed, exposure, sideQueue, limit } = this;
    const links = freeRatio.length;
    const arriving = roundVehicles(entryArrivals);
    let { entryQueue, arrived, left } = this;
    for (let s = 0; s < steps; s++) {
      const phase = this.step++ % signals.cycleSteps;
      entryQueue += arriving;
      arrived += arriving;
      const entryRoom = roundVehicles(waveRatio * (cellStorage - stock[0]!));
      let incoming = Math.min(entryQueue, limit[0]!, entryRoom);
      entryQueue -= incoming;
      for (let link = 0; link < links; link++) {
        const free = freeRatio[link]! * freeShare;
        const last = linkStart[link + 1]! - 1;
        for (let cell = linkStart[link]!; cell < last; cell++) {
          const vehicles = stock[cell]!;
          let passing = free * vehicles;
          const room = waveRatio * (cellStorage - stock[cell + 1]!);
          if (room < passing) passing = room;
          passing = passing + ROUNDER - ROUNDER;
          const most = limit[cell]!;
          if (most < passing) passing = most;
          exposure[cell] = exposure[cell]! + vehicles;
          crossed[cell] = crossed[cell]! + passing;
          stock[cell] = vehicles + incoming - passing;
          incoming = passing;
        }
        const vehicles = stock[last]!;
        const sinceGreen = (phase - signals.offsetSteps[link]! + signals.cycleSteps) % signals.cycleSteps;
        const isGreen = sinceGreen < greenSteps[link]!;
        const isEnd = link === links - 1;
        const room = isEnd ? Infinity : roundVehicles(waveRatio * (cellStorage - stock[last + 1]!));
        let passing = 0;
        let entering = 0;
        if (isGreen) {
          const through = 1 - turnShare[link]!;
          passing = Math.min(roundVehicles(free * vehicles), limit[last]!);
          // First in, first out: who drives on holds up who turns off.
          if (passing * through > room) passing = Math.min(passing, roundVehicles(room / through));
          entering = Math.min(roundVehicles(passing * through), room);
          left += passing - entering;
        }
        if (!isEnd) {
          const sideArriving = roundVehicles(sideArrivals[link]!);
          arrived += sideArriving;
          const waiting = sideQueue[link]! + sideArriving;
          const turning = isGreen ? 0 : Math.min(waiting, limit[last]!, room);
          sideQueue[link] = waiting - turning;
          entering += turning;
        }
        exposure[last] = exposure[last]! + vehicles;
        crossed[last] = crossed[last]! + passing;
        stock[last] = vehicles + incoming - passing;
        incoming = entering;
      }
    }
    this.entryQueue = entryQueue;
    this.arrived = arrived;
    this.left = left;
  }
}
