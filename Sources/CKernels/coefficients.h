#ifndef UNFOLD_COEFFICIENTS_H
#define UNFOLD_COEFFICIENTS_H

// Polynomials of the vectorised functions, lowest power first. Each is the minimax polynomial on its interval, found by
// Remez' exchange at 80 digits and then rounded; "error" is its largest relative error in the function, before rounding.

/// (e^r − 1 − r) / r² for |r| ≤ ln 2 / 2: errors 3.1e-9 and 3.5e-18.
static const float unfold_exp_f32[] = {
    0x1p-1f, 0x1.55548ep-3f, 0x1.55545ep-5f, 0x1.123bdep-7f, 0x1.6db4e8p-10f,
};
static const double unfold_exp_f64[] = {
    0x1.000000000000cp-1, 0x1.5555555555561p-3, 0x1.555555554ff93p-5, 0x1.111111110d5c4p-7,
    0x1.6c16c185cab3p-10, 0x1.a01a01bb09e76p-13, 0x1.a01996310e5ebp-16, 0x1.71dddf734ff3dp-19,
    0x1.28b0a6c40da09p-22, 0x1.af86147b5483cp-26,
};

/// (ln(1 + f) − f + f²/2) / f³ for −0.293 ≤ f ≤ 0.5: errors 2.1e-9 and 1.5e-18.
static const float unfold_log_f32[] = {
    0x1.555548p-2f, -0x1.0000a6p-2f, 0x1.99a508p-3f, -0x1.551ab4p-3f, 0x1.23026p-3f, -0x1.023986p-3f,
    0x1.f1a13cp-4f, -0x1.b345acp-4f, 0x1.9705f6p-5f,
};
static const double unfold_log_f64[] = {
    0x1.555555555556p-2, -0x1.ffffffffffd84p-3, 0x1.9999999997256p-3, -0x1.555555557a73fp-3,
    0x1.2492492610302p-3, -0x1.ffffffe7a371ep-4, 0x1.c71c70e278d54p-4, -0x1.99999d390e7b6p-4,
    0x1.745d3db4b0413p-4, -0x1.55551cc205987p-4, 0x1.3b0fe4af86d69p-4, -0x1.249144362c963p-4,
    0x1.1148ca2ca2028p-4, -0x1.0059e5cea8955p-4, 0x1.de98923fd21ddp-5, -0x1.bcdc4d60cdb83p-5,
    0x1.b51ea745f199p-5, -0x1.d5c197660c943p-5, 0x1.c96c9db87fe41p-5, -0x1.2a5022d6f6b21p-5,
    0x1.6506f09a74434p-7,
};

/// (tanh √s / √s − 1) / s for 0 ≤ √s ≤ 0.625: errors 4.2e-9 and 3.6e-19.
static const float unfold_tanh_f32[] = {
    -0x1.555534p-2f, 0x1.11076p-3f, -0x1.b8430ep-5f, 0x1.524e64p-6f, -0x1.768482p-8f,
};
static const double unfold_tanh_f64[] = {
    -0x1.5555555555552p-2, 0x1.1111111110c2cp-3, -0x1.ba1ba1b9d061ap-5, 0x1.664f48709aa02p-6,
    -0x1.226e32cc766eep-7, 0x1.d6d359ea584eap-9, -0x1.7d9c309e2b381p-10, 0x1.350b7ad078a94p-11,
    -0x1.f112f9c58797fp-13, 0x1.801ae3d8dc188p-14, -0x1.fac42f27d2133p-16, 0x1.96041b01e996fp-18,
};

/// erf √s / √s − 1 for 0 ≤ √s ≤ 0.9375: error 5.1e-10.
static const float unfold_erf_small_f32[] = {
    0x1.06eba8p-3f, -0x1.812742p-2f, 0x1.ce2e06p-4f, -0x1.b80e14p-6f, 0x1.54c1b6p-8f, -0x1.a9fce4p-11f,
    0x1.5bdb9p-14f,
};

/// −ln(erfc a) / a − 1 for 0.87 ≤ a ≤ 3.95: error 1.1e-9.
static const float unfold_erf_large_f32[] = {
    0x1.0769fap-3f, 0x1.4541fp-1f, 0x1.b2567ep-4f, -0x1.827d12p-6f, 0x1.d290e4p-9f, -0x1.3cd3fcp-12f,
    0x1.32bf84p-17f,
};

#endif
