export declare const ROWS_PER_BATCH: number;
export declare const SENSORS: number;
export declare const killedCard: object & { readonly channels: readonly { readonly name: string }[] };
export declare const killedRow: (n: number) => {
  readonly sensor: string;
  readonly step: number;
  readonly instantMs: number;
  readonly value: number;
};
export declare const killedSpan: { readonly fromMs: number; readonly toMs: number };
