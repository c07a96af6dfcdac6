/**
 * The one-file build of mathjs: it loads in a sixth of the time of the package's entry, which resolves some
 * hundreds of modules. Only the parts that units need are declared.
 */
declare module "mathjs/lib/browser/math.js" {
  export interface MathUnit {
    readonly dimensions: readonly number[];
    /** In base units, the zero of temperature scales not heeded. */
    readonly value: number;
    readonly units: readonly { readonly power: number; readonly unit: { readonly offset: number } }[];
  }
  export interface MathInstance {
    readonly all: object;
    create(factories: object, config: object): MathInstance;
    createUnit(
      name: string,
      definition?: string | MathUnit | { readonly definition?: string; readonly aliases?: readonly string[] },
    ): void;
    unit(value: number): MathUnit;
    readonly Unit: {
      new (value: number, unit: string): MathUnit;
      readonly UNITS: Readonly<Record<string, unknown>>;
      isValuelessUnit(name: string): boolean;
    };
  }
  const math: MathInstance;
  export default math;
}
