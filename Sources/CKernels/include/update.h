#ifndef CKERNELS_UPDATE_H
#define CKERNELS_UPDATE_H

#include <stdint.h>

// One step of an optimiser over one parameter, in one pass. Everywhere `parameter` is [count], and so is what the
// optimiser remembers, which starts at 0; `gradient` is too but where `rows` says otherwise. `gradient_scale` multiplies
// the gradient before all else: the factor of a clipped norm, with the bits of a pass of its own. Options are rounded to
// the element type. Each element is computed from its own values alone, so that the bits do not depend on the number of
// threads.

/// Of which rows of a parameter a gradient has elements; of the others it is zero.
typedef struct unfold_gradient_rows {
  /// Row i of the parameter has row places[i] of the gradient, or zeros where that is below 0. NULL: the gradient is [count].
  const int32_t *places;
  /// Elements of a row.
  int64_t width;
} unfold_gradient_rows;

/// Stochastic gradient descent.
typedef struct unfold_sgd {
  double learning_rate, momentum, weight_decay;
  double gradient_scale;
  int nesterov; ///< 0 or 1
} unfold_sgd;

/// g ← gradient_scale·gradient + weight_decay·parameter; v ← momentum·v + g; parameter ← parameter − learning_rate·(nesterov ?
/// g + momentum·v : v). `velocity` (v) may be NULL when momentum is 0.
void unfold_sgd_f32(int64_t count, const unfold_sgd *options, const float *gradient, unfold_gradient_rows rows,
                    float *parameter, float *velocity);
void unfold_sgd_f64(int64_t count, const unfold_sgd *options, const double *gradient, unfold_gradient_rows rows,
                    double *parameter, double *velocity);

/// RMSProp, and with decay 1 and weight 1 AdaGrad.
typedef struct unfold_rmsprop {
  double learning_rate;
  double decay;  ///< What stays of the squares …
  double weight; ///< … and what a new square adds.
  double momentum, epsilon, weight_decay, gradient_scale;
} unfold_rmsprop;

/// g ← gradient_scale·gradient + weight_decay·parameter; s ← decay·s + weight·g²; u ← g / (√s + epsilon); v ← momentum·v + u;
/// parameter ← parameter − learning_rate·v. `velocity` (v) may be NULL when momentum is 0.
void unfold_rmsprop_f32(int64_t count, const unfold_rmsprop *options, const float *gradient, unfold_gradient_rows rows,
                        float *parameter, float *squares, float *velocity);
void unfold_rmsprop_f64(int64_t count, const unfold_rmsprop *options, const double *gradient, unfold_gradient_rows rows,
                        double *parameter, double *squares, double *velocity);

/// Adam with either form of weight decay.
typedef struct unfold_adam {
  double learning_rate;
  double beta1, beta2, epsilon;
  double correction1;     ///< 1 − beta1ᵗ
  double correction2;     ///< 1 − beta2ᵗ
  double weight_decay;    ///< λ in g ← gradient_scale·gradient + λ·parameter
  double decoupled_decay; ///< λ in parameter ← parameter − learning_rate·λ·parameter, before the step
  double gradient_scale;
} unfold_adam;

/// g ← gradient_scale·gradient + weight_decay·parameter; m ← beta1·m + (1−beta1)·g; v ← beta2·v + (1−beta2)·g²; parameter ← parameter − (learning_rate/correction1)·m /
/// (√v/√correction2 + epsilon).
void unfold_adam_f32(int64_t count, const unfold_adam *options, const float *gradient, unfold_gradient_rows rows,
                     float *parameter, float *mean, float *squares);
void unfold_adam_f64(int64_t count, const unfold_adam *options, const double *gradient, unfold_gradient_rows rows,
                     double *parameter, double *mean, double *squares);

/// values[count] ← scale·values, in place.
void unfold_scale_f32(int64_t count, double scale, float *values);
void unfold_scale_f64(int64_t count, double scale, double *values);

/// values[count] ← each value brought into ±limit, in place; NaN stays.
void unfold_limit_f32(int64_t count, double limit, float *values);
void unfold_limit_f64(int64_t count, double limit, double *values);

/// values[count] ← values + weight·(target − values), in place: the running mean of what an optimiser changes. With
/// weight 1 and values 0, target to the bit.
void unfold_approach_f32(int64_t count, double weight, const float *target, float *values);
void unfold_approach_f64(int64_t count, double weight, const double *target, double *values);

#endif
