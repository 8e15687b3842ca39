// Includes the files BODY once for each level of instructions that this kind of machine may have.

#if defined(__x86_64__)
#define DB_X86
#endif

#define DB_LEVEL 0
#define DB_NAME(name) JOIN(name, 0)
#include "lanes.h"
#include BODY
#include "lanes_end.h"

#ifdef DB_X86
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif
#define DB_LEVEL 1
#define DB_NAME(name) JOIN(name, 1)
#include "lanes.h"
#include BODY
#include "lanes_end.h"
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f")
#endif
#define DB_LEVEL 2
#define DB_NAME(name) JOIN(name, 2)
#include "lanes.h"
#include BODY
#include "lanes_end.h"
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
