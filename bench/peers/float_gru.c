/*
 * One step at a time, 16 inputs, 64 units: the exported model and a textbook GRU in float, compiled together with the
 * same flags. The float cell is written twice: every row as a dot product, as most texts have it, and by columns, which
 * compilers vectorise. Prints JSON: the median nanoseconds of a step of each.
 */
#define _POSIX_C_SOURCE 200809L

#include "city.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define INPUTS CITY_INPUTS
#define UNITS CITY_UNITS
#define ROWS (3 * UNITS)
#define VECTORS 64
#define STEPS 100
#define REPEATS 601

static float w_rows[ROWS][INPUTS];
static float u_rows[ROWS][UNITS];
static float w_columns[INPUTS][ROWS];
static float u_columns[UNITS][ROWS];
static float bias[ROWS];
static int16_t features[VECTORS][INPUTS];
static float inputs[VECTORS][INPUTS];

static float sigmoid(float a) { return 1.0f / (1.0f + expf(-a)); }

static void move(float *h, const float *p, const float *q) {
  int k;
  for (k = 0; k < UNITS; k++) {
    const float z = sigmoid(p[k] + q[k]);
    const float r = sigmoid(p[UNITS + k] + q[UNITS + k]);
    const float c = tanhf(p[2 * UNITS + k] + r * q[2 * UNITS + k]);
    h[k] = (1.0f - z) * h[k] + z * c;
  }
}

static void step_by_rows(float *h, const float *x) {
  float p[ROWS];
  float q[ROWS];
  int row;
  int j;
  for (row = 0; row < ROWS; row++) {
    float sum = bias[row];
    for (j = 0; j < INPUTS; j++) sum += w_rows[row][j] * x[j];
    p[row] = sum;
    sum = 0.0f;
    for (j = 0; j < UNITS; j++) sum += u_rows[row][j] * h[j];
    q[row] = sum;
  }
  move(h, p, q);
}

static void step_by_columns(float *h, const float *x) {
  float p[ROWS];
  float q[ROWS];
  int row;
  int j;
  for (row = 0; row < ROWS; row++) {
    p[row] = bias[row];
    q[row] = 0.0f;
  }
  for (j = 0; j < INPUTS; j++) {
    for (row = 0; row < ROWS; row++) p[row] += w_columns[j][row] * x[j];
  }
  for (j = 0; j < UNITS; j++) {
    for (row = 0; row < ROWS; row++) q[row] += u_columns[j][row] * h[j];
  }
  move(h, p, q);
}

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return 1e9 * (double)t.tv_sec + (double)t.tv_nsec;
}

static int by_size(const void *a, const void *b) {
  const double x = *(const double *)a;
  const double y = *(const double *)b;
  return (x > y) - (x < y);
}

static double median(double *times) {
  qsort(times, REPEATS, sizeof times[0], by_size);
  return times[REPEATS / 2] / STEPS;
}

static float between(float size) { return size * (2.0f * (float)rand() / (float)RAND_MAX - 1.0f); }

static void fill(void) {
  int row;
  int j;
  for (row = 0; row < ROWS; row++) {
    bias[row] = between(0.5f);
    for (j = 0; j < INPUTS; j++) w_columns[j][row] = w_rows[row][j] = between(0.25f);
    for (j = 0; j < UNITS; j++) u_columns[j][row] = u_rows[row][j] = between(0.125f);
  }
  for (row = 0; row < VECTORS; row++) {
    for (j = 0; j < INPUTS; j++) {
      features[row][j] = (int16_t)(rand() % 4096 - 2048);
      inputs[row][j] = (float)features[row][j] / 1024.0f;
    }
  }
}

int main(void) {
  static double ternary[REPEATS];
  static double rows[REPEATS];
  static double columns[REPEATS];
  city_state state;
  float h_rows[UNITS] = {0};
  float h_columns[UNITS] = {0};
  int repeat;
  int k;
  srand(1);
  fill();
  city_reset(&state);
  /* In turns, so that a slower second of the machine is one for all. */
  for (repeat = 0; repeat < REPEATS; repeat++) {
    double start = now();
    for (k = 0; k < STEPS; k++) city_step(&state, features[k % VECTORS]);
    ternary[repeat] = now() - start;
    start = now();
    for (k = 0; k < STEPS; k++) step_by_rows(h_rows, inputs[k % VECTORS]);
    rows[repeat] = now() - start;
    start = now();
    for (k = 0; k < STEPS; k++) step_by_columns(h_columns, inputs[k % VECTORS]);
    columns[repeat] = now() - start;
  }
  /* The states are printed so that no step can be left out. */
  printf("{\"ternary\":%.1f,\"rows\":%.1f,\"columns\":%.1f,\"states\":[%d,%g,%g]}\n", median(ternary), median(rows),
         median(columns), state.h[0][0], (double)h_rows[0], (double)h_columns[0]);
  return 0;
}
