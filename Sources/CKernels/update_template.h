// One parameter's update, as the members of the team see it.
typedef struct NAME(job) {
  int64_t count;
  const void *options;
  const REAL *gradient;
  unfold_gradient_rows rows;
  REAL *parameter, *first, *second;
  /// Whether zeros change no finite parameter.
  bool skips_zeros;
} NAME(job);

/// Updates the elements first ..< first + count by as many of `gradient`.
typedef void NAME(run)(const NAME(job) *job, int64_t first, int64_t count, const REAL *gradient);

/// Runs a member's elements: those at a time whose gradients follow each other, in one run.
static void NAME(each_run)(const NAME(job) *job, int member, int members, NAME(run) *run) {
  const part range = part_of(job->count, member, members);
  const int32_t *places = job->rows.places;
  const int64_t width = job->rows.width;
  if (places == NULL) {
    run(job, range.begin, range.end - range.begin, job->gradient + range.begin);
    return;
  }
  REAL *zeros = unfold_scratch(ZEROS * sizeof(REAL));
  memset(zeros, 0, ZEROS * sizeof(REAL));
  for (int64_t i = range.begin, end; i < range.end; i = end) {
    const int64_t row = i / width;
    const int32_t place = places[row];
    end = least((row + 1) * width, range.end);
    if (place >= 0) {
      while (end < range.end && places[end / width] == place + end / width - row) end = least(end + width, range.end);
      run(job, i, end - i, job->gradient + place * width + (i - row * width));
      continue;
    }
    while (end < range.end && places[end / width] < 0) end = least(end + width, range.end);
    if (job->skips_zeros) continue;
    for (int64_t from = i; from < end; from += ZEROS) run(job, from, least(ZEROS, end - from), zeros);
  }
}

static void NAME(sgd_run)(const NAME(job) *job, int64_t first, int64_t count, const REAL *restrict gradient) {
  const unfold_sgd *options = job->options;
  const REAL rate = (REAL)options->learning_rate, momentum = (REAL)options->momentum;
  const REAL decay = (REAL)options->weight_decay;
  const REAL scale = (REAL)options->gradient_scale;
  REAL *restrict parameter = job->parameter + first;
  REAL *restrict velocity = job->first == NULL ? NULL : job->first + first;
  if (velocity == NULL) {
    for (int64_t i = 0; i < count; i++) {
      const REAL g = scale * gradient[i] + decay * parameter[i];
      parameter[i] -= rate * g;
    }
  } else if (options->nesterov) {
    for (int64_t i = 0; i < count; i++) {
      const REAL g = scale * gradient[i] + decay * parameter[i];
      const REAL v = momentum * velocity[i] + g;
      velocity[i] = v;
      parameter[i] -= rate * (g + momentum * v);
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      const REAL g = scale * gradient[i] + decay * parameter[i];
      const REAL v = momentum * velocity[i] + g;
      velocity[i] = v;
      parameter[i] -= rate * v;
    }
  }
}

static void NAME(sgd_part)(void *context, int member, int members) {
  NAME(each_run)(context, member, members, NAME(sgd_run));
}

void NAME(unfold_sgd)(int64_t count, const unfold_sgd *options, const REAL *gradient, unfold_gradient_rows rows,
                      REAL *parameter, REAL *velocity) {
  const bool skips_zeros = velocity == NULL && options->weight_decay == 0;
  NAME(job) job = {count, options, gradient, rows, parameter, velocity, NULL, skips_zeros};
  unfold_team_run(threads_for(count), NAME(sgd_part), &job);
}

static void NAME(rmsprop_run)(const NAME(job) *job, int64_t first, int64_t count, const REAL *restrict gradient) {
  const unfold_rmsprop *options = job->options;
  const REAL rate = (REAL)options->learning_rate, momentum = (REAL)options->momentum;
  const REAL kept = (REAL)options->decay, added = (REAL)options->weight;
  const REAL epsilon = (REAL)options->epsilon, decay = (REAL)options->weight_decay;
  const REAL scale = (REAL)options->gradient_scale;
  REAL *restrict parameter = job->parameter + first, *restrict squares = job->first + first;
  REAL *restrict velocity = job->second == NULL ? NULL : job->second + first;
  if (velocity == NULL) {
    for (int64_t i = 0; i < count; i++) {
      const REAL g = scale * gradient[i] + decay * parameter[i];
      const REAL s = kept * squares[i] + added * (g * g);
      squares[i] = s;
      parameter[i] -= rate * (g / (SQUARE_ROOT(s) + epsilon));
    }
  } else {
    for (int64_t i = 0; i < count; i++) {
      const REAL g = scale * gradient[i] + decay * parameter[i];
      const REAL s = kept * squares[i] + added * (g * g);
      const REAL v = momentum * velocity[i] + g / (SQUARE_ROOT(s) + epsilon);
      squares[i] = s;
      velocity[i] = v;
      parameter[i] -= rate * v;
    }
  }
}

static void NAME(rmsprop_part)(void *context, int member, int members) {
  NAME(each_run)(context, member, members, NAME(rmsprop_run));
}

void NAME(unfold_rmsprop)(int64_t count, const unfold_rmsprop *options, const REAL *gradient,
                          unfold_gradient_rows rows, REAL *parameter, REAL *squares, REAL *velocity) {
  const bool skips_zeros = velocity == NULL && options->weight_decay == 0 && options->decay == 1;
  NAME(job) job = {count, options, gradient, rows, parameter, squares, velocity, skips_zeros};
  unfold_team_run(threads_for(count), NAME(rmsprop_part), &job);
}

static void NAME(adam_run)(const NAME(job) *job, int64_t first, int64_t count, const REAL *restrict gradient) {
  const unfold_adam *options = job->options;
  const REAL rate = (REAL)(options->learning_rate / options->correction1);
  const REAL root = (REAL)sqrt(options->correction2);
  const REAL beta1 = (REAL)options->beta1, added1 = (REAL)(1 - options->beta1);
  const REAL beta2 = (REAL)options->beta2, added2 = (REAL)(1 - options->beta2);
  const REAL epsilon = (REAL)options->epsilon, decay = (REAL)options->weight_decay;
  const REAL kept = (REAL)(1 - options->learning_rate * options->decoupled_decay);
  const REAL scale = (REAL)options->gradient_scale;
  REAL *restrict parameter = job->parameter + first, *restrict mean = job->first + first;
  REAL *restrict squares = job->second + first;
  for (int64_t i = 0; i < count; i++) {
    const REAL g = scale * gradient[i] + decay * parameter[i];
    const REAL m = beta1 * mean[i] + added1 * g;
    const REAL v = beta2 * squares[i] + added2 * (g * g);
    mean[i] = m;
    squares[i] = v;
    parameter[i] = kept * parameter[i] - rate * (m / (SQUARE_ROOT(v) / root + epsilon));
  }
}

static void NAME(adam_part)(void *context, int member, int members) {
  NAME(each_run)(context, member, members, NAME(adam_run));
}

void NAME(unfold_adam)(int64_t count, const unfold_adam *options, const REAL *gradient, unfold_gradient_rows rows,
                       REAL *parameter, REAL *mean, REAL *squares) {
  NAME(job) job = {count, options, gradient, rows, parameter, mean, squares, false};
  unfold_team_run(threads_for(count), NAME(adam_part), &job);
}

void NAME(unfold_scale)(int64_t count, double scale, REAL *values) {
  const REAL factor = (REAL)scale;
  for (int64_t i = 0; i < count; i++) values[i] *= factor;
}

void NAME(unfold_limit)(int64_t count, double limit, REAL *values) {
  const REAL high = (REAL)limit;
  for (int64_t i = 0; i < count; i++) {
    const REAL value = values[i];
    values[i] = value > high ? high : value < -high ? -high : value;
  }
}

// One parameter's mean, as the members of the team see it.
typedef struct NAME(approach_job) {
  int64_t count;
  REAL weight;
  const REAL *target;
  REAL *values;
} NAME(approach_job);

static void NAME(approach_part)(void *context, int member, int members) {
  const NAME(approach_job) *job = context;
  const REAL weight = job->weight;
  const REAL *restrict target = job->target;
  REAL *restrict values = job->values;
  const part range = part_of(job->count, member, members);
  for (int64_t i = range.begin; i < range.end; i++) values[i] += weight * (target[i] - values[i]);
}

void NAME(unfold_approach)(int64_t count, double weight, const REAL *target, REAL *values) {
  NAME(approach_job) job = {count, (REAL)weight, target, values};
  unfold_team_run(threads_for(count), NAME(approach_part), &job);
}
