/* The state of a stand-in library: lines "KEY VALUE" in a file that is read anew at every call,
 * so that a test changes what a running program sees. A value "wave LOW HIGH PERIOD_S" rises and
 * falls with time. Keys are looked up with the prefix "gpuN." first, then without it. */

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define NO_GPU (-1)

static const char *state_variable(void);

static int state_line(const char *key, char *value, size_t size) {
    const char *path = getenv(state_variable());
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[512];
    size_t length = strlen(key);
    int found = 0;
    while (file && !found && fgets(line, sizeof line, file)) {
        if (strncmp(line, key, length) == 0 && line[length] == ' ') {
            line[strcspn(line, "\n")] = '\0';
            snprintf(value, size, "%s", line + length + 1);
            found = 1;
        }
    }
    if (file) fclose(file);
    return found;
}

static int state_text(int gpu, const char *key, char *value, size_t size) {
    char own_key[160];
    snprintf(own_key, sizeof own_key, "gpu%d.%s", gpu, key);
    return (gpu != NO_GPU && state_line(own_key, value, size)) || state_line(key, value, size);
}

static double wave(double low, double high, double period_s) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    double phase = fmod((now.tv_sec + now.tv_nsec / 1e9) / period_s, 1.0);
    return low + (high - low) * (1.0 - fabs(2.0 * phase - 1.0));
}

static int state_number(int gpu, const char *key, double *value) {
    char text[256];
    double low, high, period_s;
    if (!state_text(gpu, key, text, sizeof text)) return 0;
    if (sscanf(text, "wave %lf %lf %lf", &low, &high, &period_s) == 3)
        *value = wave(low, high, period_s);
    else
        *value = strtod(text, NULL);
    return 1;
}

/* What every call does first: hang as long as it is told to, abort, or fail with a chosen code. */
static int state_enter(int gpu, const char *function) {
    char key[128];
    double value;
    snprintf(key, sizeof key, "abort.%s", function);
    if (state_number(gpu, key, &value)) abort();
    snprintf(key, sizeof key, "hang.%s", function);
    while (state_number(gpu, key, &value)) usleep(20000);
    snprintf(key, sizeof key, "error.%s", function);
    if (state_number(gpu, key, &value)) return (int)value;
    snprintf(key, sizeof key, "gpu%d.error.*", gpu);
    if (gpu != NO_GPU && state_number(NO_GPU, key, &value)) return (int)value;
    return 0;
}
