import { FAULT_KINDS, type FaultCounts, namedFaults } from "./Faults.ts";
import type { SensorDelta } from "./StoreRecord.ts";

/** How one sensor is doing. */
export interface SensorHealth {
  readonly sensor: string;
  /** Rows kept. */
  readonly readings: number;
  /** Instants of the earliest and the latest reading; NaN where there is none. */
  readonly firstMs: number;
  readonly lastMs: number;
  readonly faults: FaultCounts;
  /** Steps from its first reading to the latest reading of any sensor that have none. */
  readonly missing: number;
  /** Its last reading is older than the card allows, or there is none. */
  readonly dead: boolean;
}

/** The counts of one sensor since the store began. */
interface Page {
  kept: number;
  filled: number;
  firstMs: number;
  lastMs: number;
  faults: number[];
}

/** A page as it is stored: name, kept, filled, first and last instant, then the faults. */
export type StoredPage = readonly [string, ...number[]];

const emptyPage = (): Page => ({
  kept: 0,
  filled: 0,
  firstMs: Infinity,
  lastMs: -Infinity,
  faults: FAULT_KINDS.map(() => 0),
});

/** Keeps the counts of every sensor; the sum of what all records say. */
export class HealthBook {
  readonly #pages = new Map<string, Page>();
  /** Latest instant of any sensor; -Infinity where there is none. */
  latestMs = -Infinity;

  constructor(pages: readonly StoredPage[] = []) {
    for (const [name, kept, filled, firstMs, lastMs, ...faults] of pages) {
      const page = { ...emptyPage(), kept: kept!, filled: filled!, faults };
      if (kept! > 0) {
        page.firstMs = firstMs!;
        page.lastMs = lastMs!;
        this.latestMs = Math.max(this.latestMs, lastMs!);
      }
      this.#pages.set(name, page);
    }
  }

  /** Adds what a record says. */
  add(names: readonly string[], deltas: readonly SensorDelta[]): void {
    for (const delta of deltas) {
      const page = this.#page(names[delta.sensor]!);
      page.kept += delta.kept;
      page.filled += delta.filled;
      for (let kind = 0; kind < page.faults.length; kind++) page.faults[kind]! += delta.faults[kind] ?? 0;
      if (delta.kept === 0) continue;
      page.firstMs = Math.min(page.firstMs, delta.firstMs);
      page.lastMs = Math.max(page.lastMs, delta.lastMs);
      this.latestMs = Math.max(this.latestMs, delta.lastMs);
    }
  }

  #page(name: string): Page {
    let page = this.#pages.get(name);
    if (page === undefined) {
      page = emptyPage();
      this.#pages.set(name, page);
    }
    return page;
  }

  /** Latest instant of a sensor; -Infinity where there is none. */
  lastMs(name: string): number {
    return this.#pages.get(name)?.lastMs ?? -Infinity;
  }

  /** Names of all sensors that a record spoke of, sorted. */
  names(): string[] {
    return Array.from(this.#pages.keys()).sort();
  }

  stored(): StoredPage[] {
    return this.names().map((name) => {
      const { faults, filled, firstMs, kept, lastMs } = this.#pages.get(name)!;
      return [name, kept, filled, kept > 0 ? firstMs : 0, kept > 0 ? lastMs : 0, ...faults];
    });
  }

  /**
   * Health of the sensors, sorted by name, judged at an instant (that of the latest reading where left out, so that
   * no clock has a say in it).
   */
  health(
    expected: readonly string[],
    options: { readonly stepMs: number; readonly deadAfterMs: number; readonly atMs?: number },
  ): SensorHealth[] {
    const now = options.atMs ?? this.latestMs;
    const names = [...new Set([...expected, ...this.#pages.keys()])].sort();
    return names.map((sensor) => {
      const page = this.#pages.get(sensor) ?? emptyPage();
      const steps = page.kept === 0 ? 0 : Math.round((this.latestMs - page.firstMs) / options.stepMs) + 1;
      return {
        sensor,
        readings: page.kept,
        firstMs: page.kept === 0 ? NaN : page.firstMs,
        lastMs: page.kept === 0 ? NaN : page.lastMs,
        faults: namedFaults(page.faults),
        missing: Math.max(0, steps - page.filled),
        dead: !(page.lastMs >= now - options.deadAfterMs),
      };
    });
  }
}
