import type { HostFacts } from "./HostFacts.ts";

/** C that makes a forecast from the rows that were pushed, and prints it with what became of the rules. */
export const forecastText = (facts: HostFacts): string =>
  `${String.raw`
static NAME_readings readings;
/* Whether lines are JSON objects; else CSV. */
static int as_json;
/* Enforced rules that were broken in a forecast that was printed. */
static int broken;

/* Quanta in the unit of the channel, exactly. */
static void print_quanta(int32_t quanta, int channel) {
  const int power = quantum_power[channel];
  const uint64_t size = (quanta < 0 ? 0u - (uint64_t)quanta : (uint64_t)quanta) * quantum_factor[channel];
  char digits[64];
  int length = snprintf(digits, sizeof digits, "%0*" PRIu64, power < 0 ? 1 - power : 1, size);
  int k;
  if (quanta < 0) putchar('-');
  for (k = 0; k < length; k++) {
    if (power < 0 && k == length + power) putchar('.');
    putchar(digits[k]);
  }
  for (k = 0; size > 0u && k < power; k++) putchar('0');
}

static void print_entry(int block, int target, int sensor, int lead, int32_t value, int32_t raw) {
  const int64_t valid = (int64_t)readings.minute + (int64_t)lead * UPPER_STEP_MINUTES;
  fputs(as_json ? "{\"instant\":\"" : "", stdout);
  print_instant(readings.minute);
  fputs(as_json ? "\",\"valid\":\"" : ",", stdout);
  print_instant(valid);
  printf(as_json ? "\",\"sensor\":%s,\"channel\":%s,\"lead\":%d,\"quantile\":%s,\"value\":" : ",%s,%s,%d,%s,",
         sensor_printed[sensor][as_json], channel_printed[target][as_json], lead, block_level[block]);
  print_quanta(value, target);
  fputs(as_json ? ",\"raw\":" : ",", stdout);
  print_quanta(raw, target);
  puts(as_json ? "}" : ",,,,,,");
}
`}${facts.rules.length === 0 ? "" : rulesText(facts)}${String.raw`
static void print_forecast(void) {
  static int32_t raw[UPPER_QUANTA];
  static int32_t quanta[UPPER_QUANTA];
  static int headed;
  int entry;
  if (!headed && !as_json) {
    puts("instant,valid,sensor,channel,lead,quantile,value,raw,rule,enforced,flag,infeasible,before,margin");
  }
  headed = 1;
  NAME_forecast(&readings, raw);
  memcpy(quanta, raw, sizeof quanta);
${facts.rules.length === 0 ? "" : "  judge(raw, quanta);\n"}${
    facts.quantiles.length === 0 ? "" : "  NAME_arrange(raw);\n  NAME_arrange(quanta);\n"
  }  for (entry = 0; entry < UPPER_QUANTA; entry++) {
    const int row = entry / UPPER_HORIZON;
    print_entry(row / UPPER_SENSORS / UPPER_TARGETS, row / UPPER_SENSORS % UPPER_TARGETS, row % UPPER_SENSORS,
                entry % UPPER_HORIZON + 1, quanta[entry], raw[entry]);
  }
${facts.rules.length === 0 ? "" : "  print_verdicts();\n"}  fflush(stdout);
}
`}`
    .replaceAll("NAME_", `${facts.name}_`)
    .replaceAll("UPPER_", `${facts.name.toUpperCase()}_`);

const rulesText = ({ shield }: HostFacts): string => {
  const outcome = shield
    ? String.raw`static NAME_shield_work work;
static NAME_shielded outcome;

static void judge(const int32_t *raw, int32_t *quanta) {
  NAME_recall(&readings, &past);
  NAME_shield(raw, &past, clock_of, &work, &outcome);
  memcpy(quanta, outcome.forecast, sizeof outcome.forecast);
}

static const char *flag_of(int rule) {
  switch (outcome.flag[rule]) {
    case UPPER_SATISFIED:
      return "satisfied";
    case UPPER_RESTORED:
      return "restored";
    case UPPER_UNJUDGED:
      return "unjudged";
    default:
      return "failed";
  }
}

static int64_t before_of(int rule) { return outcome.before[rule]; }

static int64_t margin_of(int rule) { return outcome.after[rule]; }

static int infeasible(void) { return outcome.infeasible; }`
    : String.raw`static int64_t nodes[UPPER_NODES];
static NAME_verdict verdicts[UPPER_RULES];

/* Without a shield the forecast stays what the model says. */
static void judge(const int32_t *raw, int32_t *quanta) {
  (void)quanta;
  NAME_recall(&readings, &past);
  NAME_judge(raw, &past, clock_of, nodes, verdicts);
}

static const char *flag_of(int rule) {
  return verdicts[rule].kept == 0 ? "failed" : verdicts[rule].kept > 0 ? "satisfied" : "unjudged";
}

static int64_t before_of(int rule) { return verdicts[rule].margin; }

static int64_t margin_of(int rule) { return verdicts[rule].margin; }

static int infeasible(void) { return 0; }`;
  return String.raw`
static NAME_past past;

static int32_t clock_of(int32_t field, int32_t step) { return NAME_clock(&readings, field, step); }

${outcome}

/* Robustness in the unit of the rule; what no reading bounds has none, and JSON no word for it. */
static void print_margin(int64_t margin, int rule) {
  if (margin == INT64_MAX || margin == -INT64_MAX) {
    fputs(as_json ? "null" : margin > 0 ? "inf" : "-inf", stdout);
  } else {
    printf("%.12g", (double)margin / rule_units[rule]);
  }
}

static void print_verdicts(void) {
  int rule;
  for (rule = 0; rule < UPPER_RULES; rule++) {
    const char *flag = flag_of(rule);
    if (rule_enforced[rule] && strcmp(flag, "failed") == 0) broken++;
    fputs(as_json ? "{\"instant\":\"" : "", stdout);
    print_instant(readings.minute);
    printf(as_json ? "\",\"rule\":%s,\"enforced\":%s,\"flag\":\"%s\",\"infeasible\":%s,\"before\":" : ",,,,,,,,%s,%s,%s,%s,",
           rule_printed[rule][as_json],
           as_json ? (rule_enforced[rule] ? "true" : "false") : (rule_enforced[rule] ? "enforced" : "watched"), flag,
           infeasible() ? "true" : "false");
    print_margin(before_of(rule), rule);
    fputs(as_json ? ",\"margin\":" : ",", stdout);
    print_margin(margin_of(rule), rule);
    puts(as_json ? "}" : "");
  }
}
`;
};
