/** What a backtest is asked for; durations and local times as texts, as they stand on the command line. */
export interface BacktestOptions {
  readonly pipelinePath: string;
  /** Folder that gets PIPELINE. */
  readonly out: string;
  /** 5 where left out, or as many as `span` holds of `retrain`. */
  readonly folds?: number;
  /** Length of a fold; `never` trains once. Where left out, the folds share `span`. */
  readonly retrain?: string;
  /** Local time from which is forecast; where left out, the last fold ends with the recording. */
  readonly from?: string;
  /** How long is forecast in all; the test share of the pipeline where left out. */
  readonly span?: string;
  /** How much of what lies before a fold its model is trained on; all where left out. */
  readonly sliding?: string;
}
