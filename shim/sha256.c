// SHA-256 (FIPS 180-4), of a text that is whole in memory.
#include <string.h>

#include "shim.h"

#define BLOCK 64
#define LENGTH_BYTES 8

static const uint32_t rounds[BLOCK] = {
	0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
	0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
	0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
	0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
	0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
	0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
	0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
	0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
};

static void mix(uint32_t state[8], const unsigned char *block);

void sha256(const char *bytes, size_t size, char hex[SHA256_HEX_BYTES])
{
	uint32_t state[8] = { 0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
			      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19 };
	const unsigned char *at = (const unsigned char *)bytes;
	size_t left = size;
	for (; left >= BLOCK; left -= BLOCK, at += BLOCK)
		mix(state, at);
	unsigned char end[2 * BLOCK] = { 0 };
	size_t ends = left + 1 + LENGTH_BYTES <= BLOCK ? BLOCK : 2 * BLOCK;
	memcpy(end, at, left);
	end[left] = 0x80;
	uint64_t bits = (uint64_t)size * 8;
	for (int i = 0; i < LENGTH_BYTES; i++)
		end[ends - 1 - (size_t)i] = (unsigned char)(bits >> 8 * i);
	for (size_t done = 0; done < ends; done += BLOCK)
		mix(state, end + done);
	static const char digits[] = "0123456789abcdef";
	for (int i = 0; i < 64; i++)
		hex[i] = digits[state[i / 8] >> (28 - 4 * (i % 8)) & 15];
	hex[SHA256_HEX_BYTES - 1] = '\0';
}

static uint32_t rotate(uint32_t word, int by)
{
	return word >> by | word << (32 - by);
}

static void mix(uint32_t state[8], const unsigned char *block)
{
	uint32_t words[BLOCK];
	for (int i = 0; i < 16; i++, block += 4)
		words[i] = (uint32_t)block[0] << 24 | (uint32_t)block[1] << 16 | (uint32_t)block[2] << 8 | block[3];
	for (int i = 16; i < BLOCK; i++) {
		uint32_t near = words[i - 2], far = words[i - 15];
		words[i] = (rotate(near, 17) ^ rotate(near, 19) ^ near >> 10) + words[i - 7] +
			   (rotate(far, 7) ^ rotate(far, 18) ^ far >> 3) + words[i - 16];
	}
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3];
	uint32_t e = state[4], f = state[5], g = state[6], h = state[7];
	for (int i = 0; i < BLOCK; i++) {
		uint32_t first = h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + rounds[i] +
				 words[i];
		uint32_t second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
		h = g, g = f, f = e, e = d + first;
		d = c, c = b, b = a, a = first + second;
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d;
	state[4] += e, state[5] += f, state[6] += g, state[7] += h;
}
