/** C that takes a line apart: CSV or one flat JSON object. */
export const lineText = (): string => String.raw`
/* Fields of a line, in its own memory; value is null where the line says that there is none. */
typedef struct {
  char *instant;
  char *sensor;
  char *channel;
  char *value;
} fields;

/* Splits instant,sensor,channel,value; fields may stand in quotes. Why it cannot be done, or null. */
static const char *split_commas(char *line, fields *found) {
  char *field[4];
  int count = 0;
  char *at = line;
  for (;;) {
    char *to = at;
    if (count == 4) return "more than four fields";
    field[count++] = at;
    if (*at == '"') {
      at++;
      for (;;) {
        if (*at == '\0') return "a quote that does not end";
        if (*at == '"' && at[1] != '"') break;
        if (*at == '"') at++;
        *to++ = *at++;
      }
      at++;
      if (*at != ',' && *at != '\0') return "text behind a quoted field";
    } else {
      while (*at != ',' && *at != '\0') at++;
      to = at;
    }
    if (*at == '\0') {
      *to = '\0';
      break;
    }
    at++;
    *to = '\0';
  }
  if (count < 4) return "fewer than the four fields instant,sensor,channel,value";
  found->instant = field[0];
  found->sensor = field[1];
  found->channel = field[2];
  found->value = *field[3] == '\0' || strcmp(field[3], "NaN") == 0 || strcmp(field[3], "null") == 0 ? NULL : field[3];
  return NULL;
}

static char *skip_blanks(char *at) {
  while (*at == ' ' || *at == '\t') at++;
  return at;
}

static int read_hex(const char *at, uint32_t *unit) {
  int k;
  *unit = 0;
  for (k = 0; k < 4; k++) {
    const char c = at[k];
    const int digit = c >= '0' && c <= '9'   ? c - '0'
                      : c >= 'a' && c <= 'f' ? c - 'a' + 10
                      : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                             : -1;
    if (digit < 0) return 0;
    *unit = 16u * *unit + (uint32_t)digit;
  }
  return 1;
}

static char *write_utf8(char *to, uint32_t point) {
  const int length = point < 0x80u ? 1 : point < 0x800u ? 2 : point < 0x10000u ? 3 : 4;
  static const uint32_t lead[] = {0, 0, 0xc0u, 0xe0u, 0xf0u};
  int k;
  for (k = length - 1; k > 0; k--) {
    to[k] = (char)(0x80u | (point & 0x3fu));
    point >>= 6;
  }
  to[0] = (char)(lead[length] | point);
  return to + length;
}

/* Decodes a JSON string in place, from its opening quote; what stands behind it, or null. */
static char *read_string(char *at, char **text) {
  char *to = ++at;
  *text = at;
  while (*at != '"') {
    if ((unsigned char)*at < 0x20u) return NULL;
    if (*at != '\\') {
      *to++ = *at++;
      continue;
    }
    if (at[1] == 'u') {
      uint32_t point;
      uint32_t low;
      if (!read_hex(at + 2, &point)) return NULL;
      at += 6;
      if (point >= 0xd800u && point < 0xdc00u && at[0] == '\\' && at[1] == 'u' && read_hex(at + 2, &low) &&
          low >= 0xdc00u && low < 0xe000u) {
        point = 0x10000u + ((point - 0xd800u) << 10) + (low - 0xdc00u);
        at += 6;
      }
      to = write_utf8(to, point);
    } else {
      static const char codes[] = "\"\\/bfnrt";
      static const char meant[] = "\"\\/\b\f\n\r\t";
      const char *code = at[1] == '\0' ? NULL : strchr(codes, at[1]);
      if (code == NULL) return NULL;
      *to++ = meant[code - codes];
      at += 2;
    }
  }
  *to = '\0';
  return at + 1;
}

/* Takes instant, sensor, channel and value from a flat JSON object; other members are left alone. */
static const char *split_object(char *line, fields *found) {
  char *at = skip_blanks(line + 1);
  int valued = 0;
  int closed = *at == '}';
  memset(found, 0, sizeof *found);
  if (closed) at++;
  while (!closed) {
    char *name;
    char *text;
    char end;
    int quoted;
    if (*at != '"' || (at = read_string(at, &name)) == NULL) return "a member without a name in quotes";
    at = skip_blanks(at);
    if (*at != ':') return "a member without a colon";
    at = skip_blanks(at + 1);
    quoted = *at == '"';
    if (quoted) {
      if ((at = read_string(at, &text)) == NULL) return "a string that does not end";
      at = skip_blanks(at);
      end = *at;
    } else {
      text = at;
      at += strcspn(at, ",} \t");
      if (at == text || strpbrk(text, "{[") == text) return "a value that is no string and no number";
      end = *at;
      if (end == ' ' || end == '\t') {
        char *next = skip_blanks(at);
        end = *next;
        *at = '\0';
        at = next;
      }
      *at = '\0';
    }
    if (end != ',' && end != '}') return "an object that does not end";
    if (strcmp(name, "instant") == 0) found->instant = text;
    if (strcmp(name, "sensor") == 0 && quoted) found->sensor = text;
    if (strcmp(name, "channel") == 0 && quoted) found->channel = text;
    if (strcmp(name, "value") == 0) {
      if (quoted) return "a value in quotes";
      valued = 1;
      found->value = strcmp(text, "null") == 0 ? NULL : text;
    }
    closed = end == '}';
    at = closed ? at + 1 : skip_blanks(at + 1);
  }
  if (*skip_blanks(at) != '\0') return "text behind the object";
  if (found->instant == NULL || found->sensor == NULL || found->channel == NULL || !valued) {
    return "not all of instant, sensor, channel and value";
  }
  return NULL;
}

static const char *split_line(char *line, fields *found) {
  char *at = skip_blanks(line);
  return *at == '{' ? split_object(at, found) : split_commas(line, found);
}
`;
