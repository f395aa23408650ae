// SHA-256 in hexadecimal digits: by the processor where it has instructions for it, by libmd elsewhere.
#include <sha256.h>

#include "host.h"

#define BLOCK ((size_t)SHA256_BLOCK_LENGTH)

#if defined(__x86_64__) || defined(__aarch64__)
/* FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64 primes */
static const uint32_t constants[64] __attribute__((aligned(16))) = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};
#endif

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

#define BY_PROCESSOR __attribute__((target("sha,sse4.1")))

/* Asked once, and no more than it takes: where a hypervisor answers, each question costs as much as a digest. */
static bool has_instructions(void)
{
	static enum { UNASKED, THERE, LACKING } answer;
	unsigned most, b, more, c, d, a;
	if (answer == UNASKED) {
		answer = LACKING;
		__cpuid(0, most, b, c, d);
		if (most >= 7) {
			__cpuid(1, a, b, more, d);
			__cpuid_count(7, 0, a, b, c, d);
			answer = (more & bit_SSE4_1) != 0 && (b & bit_SHA) != 0 ? THERE : LACKING;
		}
	}
	return answer == THERE;
}

/* The instructions keep the eight words of the state as ABEF and CDGH, and take four words of the schedule at a time. */
static BY_PROCESSOR void compress(uint32_t state[8], const uint8_t *bytes, size_t blocks)
{
	const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
	__m128i cdab = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)state), 0xb1);
	__m128i efgh = _mm_shuffle_epi32(_mm_loadu_si128((const __m128i *)(state + 4)), 0x1b);
	__m128i abef = _mm_alignr_epi8(cdab, efgh, 8), cdgh = _mm_blend_epi16(efgh, cdab, 0xf0);
	for (; blocks > 0; blocks--, bytes += BLOCK) {
		const __m128i abef_before = abef, cdgh_before = cdgh;
		__m128i words[4];
#pragma GCC unroll 16
		for (size_t i = 0; i < 16; i++) {
			__m128i *now = &words[i % 4], *last = &words[(i + 3) % 4];
			if (i < 4) {
				*now = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)bytes + i), big_endian);
			} else {
				__m128i sum = _mm_sha256msg1_epu32(*now, words[(i + 1) % 4]);
				sum = _mm_add_epi32(sum, _mm_alignr_epi8(*last, words[(i + 2) % 4], 4));
				*now = _mm_sha256msg2_epu32(sum, *last);
			}
			__m128i sums = _mm_add_epi32(*now, _mm_load_si128((const __m128i *)(constants + 4 * i)));
			cdgh = _mm_sha256rnds2_epu32(cdgh, abef, sums);
			abef = _mm_sha256rnds2_epu32(abef, cdgh, _mm_shuffle_epi32(sums, 0x0e));
		}
		abef = _mm_add_epi32(abef, abef_before);
		cdgh = _mm_add_epi32(cdgh, cdgh_before);
	}
	__m128i feba = _mm_shuffle_epi32(abef, 0x1b), dchg = _mm_shuffle_epi32(cdgh, 0xb1);
	_mm_storeu_si128((__m128i *)state, _mm_blend_epi16(feba, dchg, 0xf0));
	_mm_storeu_si128((__m128i *)(state + 4), _mm_alignr_epi8(dchg, feba, 8));
}
#elif defined(__aarch64__)
#include <arm_neon.h>
#include <sys/auxv.h>

#define BY_PROCESSOR __attribute__((target("+sha2")))

static bool has_instructions(void)
{
	return (getauxval(AT_HWCAP) & HWCAP_SHA2) != 0;
}

/* The state is as it is written down, and four words of the schedule are taken at a time. */
static BY_PROCESSOR void compress(uint32_t state[8], const uint8_t *bytes, size_t blocks)
{
	uint32x4_t abcd = vld1q_u32(state), efgh = vld1q_u32(state + 4);
	for (; blocks > 0; blocks--, bytes += BLOCK) {
		const uint32x4_t abcd_before = abcd, efgh_before = efgh;
		uint32x4_t words[4];
#pragma GCC unroll 16
		for (size_t i = 0; i < 16; i++) {
			uint32x4_t *now = &words[i % 4], *next = &words[(i + 1) % 4];
			if (i < 4)
				*now = vreinterpretq_u32_u8(vrev32q_u8(vld1q_u8(bytes + 16 * i)));
			else
				*now = vsha256su1q_u32(vsha256su0q_u32(*now, *next), words[(i + 2) % 4],
						       words[(i + 3) % 4]);
			const uint32x4_t sums = vaddq_u32(*now, vld1q_u32(constants + 4 * i)), before = abcd;
			abcd = vsha256hq_u32(abcd, efgh, sums);
			efgh = vsha256h2q_u32(efgh, before, sums);
		}
		abcd = vaddq_u32(abcd, abcd_before);
		efgh = vaddq_u32(efgh, efgh_before);
	}
	vst1q_u32(state, abcd);
	vst1q_u32(state + 4, efgh);
}
#else
static bool has_instructions(void)
{
	return false;
}

static void compress(uint32_t state[8], const uint8_t *bytes, size_t blocks)
{
	(void)state, (void)bytes, (void)blocks;
}
#endif

void sha256(const char *bytes, size_t size, char hex[SHA256_HEX_BYTES])
{
	SHA2_CTX context;
	size_t whole = has_instructions() ? size - size % BLOCK : 0;
	SHA256Init(&context);
	if (whole > 0)
		compress(context.state.st32, (const uint8_t *)bytes, whole / BLOCK);
	context.bitcount[0] = 8 * (uint64_t)whole;
	SHA256Update(&context, (const uint8_t *)bytes + whole, size - whole);
	SHA256End(&context, hex);
}
