/** C that reads and prints instants. */
export const instantText = (): string => String.raw`
static int read_digits(const char **at, int count, int *value) {
  *value = 0;
  for (; count > 0; count--) {
    if (**at < '0' || **at > '9') return 0;
    *value = 10 * *value + (*(*at)++ - '0');
  }
  return 1;
}

static int days_in_month(int year, int month) {
  static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const int leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[month - 1];
}

/* Days from 1970-01-01 to the first of a month. */
static int64_t days_before(int year, int month) {
  const int before = year - 1;
  int64_t days = 365 * (int64_t)before + before / 4 - before / 100 + before / 400 - 719162;
  int past;
  for (past = 1; past < month; past++) days += days_in_month(year, past);
  return days;
}

/*
 * Reads an instant to minutes since 1970: ISO 8601 with Z or an offset, or seconds since 1970. Gives 0 where the text is
 * none; "between" tells one that is no whole minute.
 */
static int read_instant(const char *text, int64_t *minute, int *between) {
  const char *at = text;
  int64_t seconds = 0;
  int date[3];
  int time[3] = {0, 0, 0};
  int ahead = 0;
  *between = 0;
  if (strlen(text) > 4 && text[4] == '-') {
    if (!read_digits(&at, 4, &date[0]) || *at++ != '-' || !read_digits(&at, 2, &date[1]) || *at++ != '-' ||
        !read_digits(&at, 2, &date[2]) || (*at != 'T' && *at != 't' && *at != ' ')) {
      return 0;
    }
    at++;
    if (!read_digits(&at, 2, &time[0]) || *at++ != ':' || !read_digits(&at, 2, &time[1])) return 0;
    if (*at == ':') {
      at++;
      if (!read_digits(&at, 2, &time[2])) return 0;
    }
    if (date[0] < 1 || date[1] < 1 || date[1] > 12 || date[2] < 1 || date[2] > days_in_month(date[0], date[1]) ||
        time[0] > 23 || time[1] > 59 || time[2] > 59) {
      return 0;
    }
    seconds = 86400 * (days_before(date[0], date[1]) + date[2] - 1) + 3600 * time[0] + 60 * time[1] + time[2];
  } else {
    if (*at < '0' || *at > '9') return 0;
    for (; *at >= '0' && *at <= '9'; at++) {
      seconds = 10 * seconds + (*at - '0');
      if (seconds > INT64_C(1000000000000)) return 0;
    }
    ahead = 1;
  }
  if (*at == '.') {
    at++;
    if (*at < '0' || *at > '9') return 0;
    for (; *at >= '0' && *at <= '9'; at++) *between |= *at != '0';
  }
  if (!ahead) {
    if (*at == 'Z' || *at == 'z') {
      at++;
    } else {
      const int west = *at == '-';
      int hours;
      int minutes;
      if (*at != '-' && *at != '+') return 0;
      at++;
      if (!read_digits(&at, 2, &hours)) return 0;
      if (*at == ':') at++;
      if (!read_digits(&at, 2, &minutes) || hours > 23 || minutes > 59) return 0;
      ahead = 60 * hours + minutes;
      seconds -= west ? -60 * ahead : 60 * ahead;
    }
  }
  if (*at != '\0' || seconds < 0) return 0;
  *between |= seconds % 60 != 0;
  *minute = seconds / 60;
  return 1;
}

static void print_instant(int64_t minute) {
  const int64_t day = minute / 1440;
  int year = (int)(1970 + day / 366);
  int month = 1;
  while (days_before(year + 1, 1) <= day) year++;
  while (month < 12 && days_before(year, month + 1) <= day) month++;
  printf("%04d-%02d-%02dT%02d:%02d:00Z", year, month, (int)(day - days_before(year, month)) + 1,
         (int)(minute % 1440 / 60), (int)(minute % 60));
}
`;
