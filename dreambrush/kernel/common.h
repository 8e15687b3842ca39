// What all sources of the kernel begin with.
#pragma once
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__aarch64__)
#include <arm_neon.h>
#endif

#if defined(__clang__)
#pragma STDC FP_CONTRACT OFF
#endif
#define INLINE static inline __attribute__((always_inline))
#define JOINED(name, suffix) name##_##suffix
#define JOIN(name, suffix) JOINED(name, suffix)
