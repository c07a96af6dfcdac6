/**
 * C that reads a decimal text to 1/256 of a quantum by integers alone: the rule of `integerReading`, on the decimal
 * itself rather than on the double nearest to it.
 */
export const decimalText = (): string => String.raw`
#define TENTHS UINT64_C(10000000000)
#define LARGEST_READING (536870912 + 1)

/*
 * Reads a decimal number to 1/256 of a quantum of factor * 10^power, factor at most 879; gives 0 where the text is none.
 * One within 10^-9 quanta of a quantum becomes a multiple of 256, any other does not.
 */
static int read_decimal(const char *text, uint64_t factor, int power, int32_t *reading) {
  /* Ten decimal places of a quantum: halves of its 256ths have nine. */
  const uint64_t unit = factor * TENTHS;
  const uint64_t limit = unit << 21;
  const uint64_t half = unit / 512u;
  const int negative = *text == '-';
  const char *at = *text == '-' || *text == '+' ? text + 1 : text;
  const char *const first = at;
  const char *last;
  uint64_t total = 0;
  uint64_t magnitude;
  uint64_t rest;
  long exponent = 0;
  long places = 0;
  long digits = 0;
  int point = 0;
  int more = 0;
  int beyond = 0;
  for (; (*at >= '0' && *at <= '9') || (*at == '.' && !point); at++) {
    if (*at == '.') {
      point = 1;
    } else {
      digits++;
      places += point;
    }
  }
  last = at;
  if (digits == 0) return 0;
  if (*at == 'e' || *at == 'E') {
    const int down = at[1] == '-';
    at += at[1] == '-' || at[1] == '+' ? 2 : 1;
    if (*at < '0' || *at > '9') return 0;
    for (; *at >= '0' && *at <= '9'; at++) {
      if (exponent < 100000) exponent = 10 * exponent + (*at - '0');
    }
    if (down) exponent = -exponent;
  }
  if (*at != '\0') return 0;
  digits += exponent - places + 10 - power;
  for (at = first; at < last && !beyond; at++) {
    if (*at == '.') continue;
    if (digits > 0) {
      beyond = total > limit / 10u;
      if (!beyond) total = 10u * total + (uint64_t)(*at - '0');
      digits--;
    } else if (*at != '0') {
      more = 1;
    }
  }
  for (; digits > 0 && total > 0u && !beyond; digits--) {
    beyond = total > limit / 10u;
    if (!beyond) total *= 10u;
  }
  if (beyond || total > limit || (total == limit && more)) {
    *reading = negative ? -LARGEST_READING : LARGEST_READING;
    return 1;
  }
  magnitude = 256u * (total / unit);
  rest = total % unit;
  if (rest >= unit - 10u * factor) {
    magnitude += 256u;
  } else if (rest > 10u * factor || (rest == 10u * factor && more)) {
    uint64_t part = (rest / half + 1u) / 2u;
    /* Halves go up, so below zero towards it. */
    if (negative && !more && rest % half == 0u && rest / half % 2u == 1u) part--;
    magnitude += part < 1u ? 1u : part > 255u ? 255u : part;
  }
  *reading = negative ? -(int32_t)magnitude : (int32_t)magnitude;
  return 1;
}
`;
