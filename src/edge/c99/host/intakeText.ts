import type { HostFacts } from "./HostFacts.ts";

/** C that gathers lines to rows, pushes them, tells what could not be taken, and is the program. */
export const intakeText = ({ name, rules }: HostFacts): string =>
  String.raw`
/* Lines of a kind that are told one by one; all are counted. */
#define TOLD 20

/* Why a line is left out. */
enum { UNREADABLE, NO_SENSOR, NO_CHANNEL, BETWEEN, LATE, REPEATED, CONTRADICTING, KINDS };
static const char *const kind_said[KINDS] = {
    "could not be read",
    "of a sensor that the model does not know",
    "of a channel that the model does not know",
    "between two steps",
    "of a step that was over",
    "that repeat a reading",
    "that contradict an earlier one, which was kept",
};
static unsigned long left_out[KINDS];
static unsigned long line_number;

static int every_step;
static int32_t row[UPPER_SERIES];
static int row_begun;
static int32_t row_minute;
static unsigned long rows_pushed;

static void leave_out(int kind, const char *what) {
  if (left_out[kind]++ < TOLD) fprintf(stderr, "line %lu: %s (%s)\n", line_number, what, kind_said[kind]);
}

static int place_of(const char *text, const char *const *names, int count) {
  int k;
  for (k = 0; k < count; k++) {
    if (strcmp(names[k], text) == 0) return k;
  }
  return -1;
}

static void begin_row(int32_t minute) {
  int k;
  for (k = 0; k < UPPER_SERIES; k++) row[k] = UPPER_MISSING;
  row_minute = minute;
  row_begun = 1;
}

static void end_row(void) {
  if (!row_begun) return;
  /* Lines that would make it be refused are left out before. */
  NAME_push(&readings, row_minute, row);
  row_begun = 0;
  rows_pushed++;
  if (every_step) print_forecast();
}

static void take_line(char *line) {
  fields found;
  const char *fault = split_line(line, &found);
  int64_t minute;
  int between;
  int sensor;
  int channel;
  int32_t reading = UPPER_MISSING;
  int32_t *held;
  if (fault != NULL) {
    leave_out(UNREADABLE, fault);
    return;
  }
  if (!read_instant(found.instant, &minute, &between) || minute > (INT64_C(1) << 30)) {
    leave_out(UNREADABLE, "no instant: ISO 8601 with Z or an offset, or seconds since 1970, is read");
    return;
  }
  sensor = place_of(found.sensor, sensor_name, UPPER_SENSORS);
  if (sensor < 0) {
    leave_out(NO_SENSOR, found.sensor);
    return;
  }
  channel = place_of(found.channel, channel_name, UPPER_CHANNELS);
  if (channel < 0) {
    leave_out(NO_CHANNEL, found.channel);
    return;
  }
  if (found.value != NULL && !read_decimal(found.value, quantum_factor[channel], quantum_power[channel], &reading)) {
    leave_out(UNREADABLE, "the value is no decimal number");
    return;
  }
  if (rows_pushed > 0 || row_begun) {
    const int32_t newest = row_begun ? row_minute : readings.minute;
    if (minute < newest || (minute == newest && !row_begun)) {
      leave_out(LATE, found.instant);
      return;
    }
    between |= (minute - newest) % UPPER_STEP_MINUTES != 0;
  }
  if (between) {
    leave_out(BETWEEN, found.instant);
    return;
  }
  if (!row_begun || minute != row_minute) {
    end_row();
    begin_row((int32_t)minute);
  }
  held = &row[channel * UPPER_SENSORS + sensor];
  if (*held == UPPER_MISSING) {
    *held = reading;
  } else {
    leave_out(reading == *held || reading == UPPER_MISSING ? REPEATED : CONTRADICTING, found.instant);
  }
}

static int take_lines(FILE *input) {
  static char line[4096];
  while (fgets(line, sizeof line, input) != NULL) {
    size_t length = strlen(line);
    line_number++;
    if (length + 1 == sizeof line && line[length - 1] != '\n') {
      int c;
      while ((c = getc(input)) != EOF && c != '\n') continue;
      leave_out(UNREADABLE, "longer than 4094 bytes");
      continue;
    }
    while (length > 0 && (line[length - 1] == '\n' || line[length - 1] == '\r')) line[--length] = '\0';
    if (length == 0 || (line_number == 1 && strncmp(line, "instant,", 8) == 0)) continue;
    take_line(line);
  }
  return ferror(input);
}

static void tell_all(void) {
  int kind;
  for (kind = 0; kind < KINDS; kind++) {
    if (left_out[kind] > 0) fprintf(stderr, "%lu line(s) %s\n", left_out[kind], kind_said[kind]);
  }
  if (readings.filled > 0) {
    fprintf(stderr, "%" PRIu32 " step(s) without a line, taken as missing\n", readings.filled);
  }
  if (rows_pushed > 0 && rows_pushed + readings.filled < UPPER_CONTEXT) {
    fprintf(stderr, "%lu of the %d steps that a forecast reads; the rest counts as missing\n",
            rows_pushed + readings.filled, UPPER_CONTEXT);
  }
}

static int tell_usage(FILE *to) {
  fputs("usage: NAME_host [--every] [--ndjson] < READINGS\n"
        "\n"
        "Reads lines of instant,sensor,channel,value, or JSON objects with these members, in the order of time:\n"
        "instants in ISO 8601 with Z or an offset, or in seconds since 1970; no value where a reading is missing.\n"
        "Prints the forecast from the last step, and what became of the rules.\n"
        "\n"
        "  --every   print a forecast after each step, not only the last\n"
        "  --ndjson  print JSON objects, not CSV\n"
        "\n"
        "Lines that cannot be taken are told on the standard error. Status 0: printed${rules.length === 0 ? "" : "; 1: an enforced rule is broken"}; 2: nothing to print.\n"
        "\n"
        "example: NAME_host --ndjson < readings.csv\n",
        to);
  return to == stdout ? 0 : 2;
}

int main(int count, char **words) {
  int k;
  for (k = 1; k < count; k++) {
    if (strcmp(words[k], "--every") == 0) {
      every_step = 1;
    } else if (strcmp(words[k], "--ndjson") == 0) {
      as_json = 1;
    } else if (strcmp(words[k], "--help") == 0) {
      return tell_usage(stdout);
    } else {
      fprintf(stderr, "%s is no option of this program\n", words[k]);
      return tell_usage(stderr);
    }
  }
  NAME_clear(&readings);
  if (take_lines(stdin)) {
    fputs("the standard input could not be read to its end\n", stderr);
    return 2;
  }
  end_row();
  tell_all();
  if (rows_pushed == 0) {
    fputs("nothing could be read: no line has a known sensor and channel, an instant and a value\n", stderr);
    return 2;
  }
  if (!every_step) print_forecast();
  return broken > 0 ? 1 : 0;
}
`
    .replaceAll("NAME_", `${name}_`)
    .replaceAll("UPPER_", `${name.toUpperCase()}_`);
