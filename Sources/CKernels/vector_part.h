// The first `count` lanes of a vector from and to memory, 0 < count < LANES; nothing past them is touched. Needs
// vector.h. (No include guard.)

#if defined(__x86_64__) && VECTOR_BYTES == 64 && WIDTH == 32
/// Lanes past `count` are 0.
INLINE VECTOR SIMD(load_part)(const REAL *p, int64_t count) {
  return (VECTOR)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
}

INLINE void SIMD(store_part)(REAL *p, VECTOR x, int64_t count) {
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)x);
}
#elif defined(__x86_64__) && VECTOR_BYTES == 64
INLINE VECTOR SIMD(load_part)(const REAL *p, int64_t count) {
  return (VECTOR)_mm512_maskz_loadu_pd((__mmask8)((1u << count) - 1), p);
}

INLINE void SIMD(store_part)(REAL *p, VECTOR x, int64_t count) {
  _mm512_mask_storeu_pd(p, (__mmask8)((1u << count) - 1), (__m512d)x);
}
#elif defined(__x86_64__) && WIDTH == 32
INLINE __m256i SIMD(part)(int64_t count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

INLINE VECTOR SIMD(load_part)(const REAL *p, int64_t count) {
  return (VECTOR)_mm256_maskload_ps(p, SIMD(part)(count));
}

INLINE void SIMD(store_part)(REAL *p, VECTOR x, int64_t count) {
  _mm256_maskstore_ps(p, SIMD(part)(count), (__m256)x);
}
#elif defined(__x86_64__)
INLINE __m256i SIMD(part)(int64_t count) {
  return _mm256_cmpgt_epi64(_mm256_set1_epi64x(count), _mm256_setr_epi64x(0, 1, 2, 3));
}

INLINE VECTOR SIMD(load_part)(const REAL *p, int64_t count) {
  return (VECTOR)_mm256_maskload_pd(p, SIMD(part)(count));
}

INLINE void SIMD(store_part)(REAL *p, VECTOR x, int64_t count) {
  _mm256_maskstore_pd(p, SIMD(part)(count), (__m256d)x);
}
#else
INLINE VECTOR SIMD(load_part)(const REAL *p, int64_t count) {
  VECTOR x = 0;
  for (int64_t lane = 0; lane < count; lane++) x[lane] = p[lane];
  return x;
}

INLINE void SIMD(store_part)(REAL *p, VECTOR x, int64_t count) {
  for (int64_t lane = 0; lane < count; lane++) p[lane] = x[lane];
}
#endif
