/*
 * Fixed-base comb (Lim and Lee, CRYPTO '94): 4 teeth 64 bits apart, in 4 blocks of 16 columns, so 16 doublings and
 * 64 additions. Points are projective, and the formulas are complete (Renes, Costello, Batina, EUROCRYPT 2016,
 * algorithms 5 and 6 for a = -3): no pair of points is a special case.
 */
#include "p256-base.h"

#include <string.h>
#include <x86intrin.h>

#include "p256-table.h"

/* The image build optimises for size; here it is instructions that count. */
#pragma GCC optimize("O2,unroll-loops")

/* A field element a as a * 2^256 mod p (Montgomery's form), least significant word first, always below p. */
typedef uint32_t element[8];

struct point {
  element x, y, z;
};

/* p = 2^256 - 2^224 + 2^192 + 2^96 - 1 */
static const element P = {0xffffffff, 0xffffffff, 0xffffffff, 0, 0, 0, 1, 0xffffffff};
/* 1 and the curve's b, in Montgomery's form */
static const element ONE = {1, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xfffffffe, 0};
static const element B = {0x29c4bddf, 0xd89cdf62, 0x78843090, 0xacf005cd, 0xf7212ed6, 0xe5a220ab, 0x04874834, 0xdc30061d};

/* All ones if the bit is set, else zero. */
static uint32_t mask_of(uint32_t bit) { return 0u - bit; }

static void choose(element out, const element if_set, const element if_not, uint32_t mask) {
  for (int i = 0; i < 8; i++) out[i] = (if_set[i] & mask) | (if_not[i] & ~mask);
}

/* out = value (8 words and a ninth, below 2p) modulo p */
static void reduce_once(element out, const element value, uint32_t ninth) {
  element less;
  unsigned char borrow = 0;
  for (int i = 0; i < 8; i++) borrow = _subborrow_u32(borrow, value[i], P[i], &less[i]);
  /* Below p: the subtraction borrowed more than there was. */
  choose(out, value, less, mask_of(borrow & (ninth ^ 1)));
}

static void add(element out, const element a, const element b) {
  element sum;
  unsigned char carry = 0;
  for (int i = 0; i < 8; i++) carry = _addcarry_u32(carry, a[i], b[i], &sum[i]);
  reduce_once(out, sum, carry);
}

static void subtract(element out, const element a, const element b) {
  element difference;
  unsigned char borrow = 0, carry = 0;
  for (int i = 0; i < 8; i++) borrow = _subborrow_u32(borrow, a[i], b[i], &difference[i]);
  uint32_t negative = mask_of(borrow);
  for (int i = 0; i < 8; i++) carry = _addcarry_u32(carry, difference[i], P[i] & negative, &out[i]);
}

/*
 * out = product / 2^256. Montgomery's reduction adds m p with m such that the lowest word becomes 0. As p = -1 modulo
 * 2^32, m is that word, and m p = m 2^256 - m 2^224 + m 2^192 + m 2^96 - m is a handful of additions.
 */
static void reduce(element out, const uint32_t product[16]) {
  int64_t column[17];
  for (int i = 0; i < 16; i++) column[i] = product[i];
  column[16] = 0;
  for (int i = 0; i < 8; i++) {
    int64_t m = (uint32_t)column[i];
    column[i + 1] += column[i] >> 32;
    column[i + 3] += m;
    column[i + 6] += m;
    column[i + 7] -= m;
    column[i + 8] += m;
  }
  element result;
  for (int i = 0; i < 8; i++) {
    result[i] = (uint32_t)column[i + 8];
    column[i + 9] += column[i + 8] >> 32;
  }
  reduce_once(out, result, (uint32_t)column[16]);
}

/* A column of the school book's multiplication: three words, of which the lowest becomes a word of the product. */
struct column {
  uint32_t low, middle, high;
};

static inline void add_product(struct column *column, uint32_t a, uint32_t b) {
  uint64_t product = (uint64_t)a * b;
  unsigned char carry = _addcarry_u32(0, column->low, (uint32_t)product, &column->low);
  carry = _addcarry_u32(carry, column->middle, (uint32_t)(product >> 32), &column->middle);
  column->high += carry;
}

static inline uint32_t end_column(struct column *column) {
  uint32_t word = column->low;
  *column = (struct column){column->middle, column->high, 0};
  return word;
}

/* out = a b / 2^256. Written out column by column: as loops it takes the compiler twice the instructions. */
static void multiply(element out, const element a, const element b) {
#define PRODUCT(i, j) add_product(&column, a[i], b[j])
#define PRODUCTS_2(i, j) (PRODUCT(i, j), PRODUCT((i) + 1, (j) - 1))
#define PRODUCTS_3(i, j) (PRODUCTS_2(i, j), PRODUCT((i) + 2, (j) - 2))
#define PRODUCTS_4(i, j) (PRODUCTS_3(i, j), PRODUCT((i) + 3, (j) - 3))
#define PRODUCTS_5(i, j) (PRODUCTS_4(i, j), PRODUCT((i) + 4, (j) - 4))
#define PRODUCTS_6(i, j) (PRODUCTS_5(i, j), PRODUCT((i) + 5, (j) - 5))
#define PRODUCTS_7(i, j) (PRODUCTS_6(i, j), PRODUCT((i) + 6, (j) - 6))
#define PRODUCTS_8(i, j) (PRODUCTS_7(i, j), PRODUCT((i) + 7, (j) - 7))
  uint32_t product[16];
  struct column column = {0, 0, 0};
  product[0] = (PRODUCT(0, 0), end_column(&column));
  product[1] = (PRODUCTS_2(0, 1), end_column(&column));
  product[2] = (PRODUCTS_3(0, 2), end_column(&column));
  product[3] = (PRODUCTS_4(0, 3), end_column(&column));
  product[4] = (PRODUCTS_5(0, 4), end_column(&column));
  product[5] = (PRODUCTS_6(0, 5), end_column(&column));
  product[6] = (PRODUCTS_7(0, 6), end_column(&column));
  product[7] = (PRODUCTS_8(0, 7), end_column(&column));
  product[8] = (PRODUCTS_7(1, 7), end_column(&column));
  product[9] = (PRODUCTS_6(2, 7), end_column(&column));
  product[10] = (PRODUCTS_5(3, 7), end_column(&column));
  product[11] = (PRODUCTS_4(4, 7), end_column(&column));
  product[12] = (PRODUCTS_3(5, 7), end_column(&column));
  product[13] = (PRODUCTS_2(6, 7), end_column(&column));
  product[14] = (PRODUCT(7, 7), end_column(&column));
  product[15] = column.low;
  reduce(out, product);
}

static void multiply_by_b(element out, const element a) { multiply(out, a, B); }

/* Algorithm 6: 2 (x : y : z). The names are the paper's. */
static void double_point(struct point *q) {
  element t0, t1, t2, t3, x3, y3, z3;
  multiply(t0, q->x, q->x);
  multiply(t1, q->y, q->y);
  multiply(t2, q->z, q->z);
  multiply(t3, q->x, q->y);
  add(t3, t3, t3);
  multiply(z3, q->x, q->z);
  add(z3, z3, z3);
  multiply_by_b(y3, t2);
  subtract(y3, y3, z3);
  add(x3, y3, y3);
  add(y3, x3, y3);
  subtract(x3, t1, y3);
  add(y3, t1, y3);
  multiply(y3, x3, y3);
  multiply(x3, x3, t3);
  add(t3, t2, t2);
  add(t2, t2, t3);
  multiply_by_b(z3, z3);
  subtract(z3, z3, t2);
  subtract(z3, z3, t0);
  add(t3, z3, z3);
  add(z3, z3, t3);
  add(t3, t0, t0);
  add(t0, t3, t0);
  subtract(t0, t0, t2);
  multiply(t0, t0, z3);
  add(y3, y3, t0);
  multiply(t0, q->y, q->z);
  add(t0, t0, t0);
  multiply(z3, t0, z3);
  subtract(q->x, x3, z3);
  multiply(z3, t0, t1);
  add(z3, z3, z3);
  add(q->z, z3, z3);
  memcpy(q->y, y3, sizeof y3);
}

/* Algorithm 5: sum = q + (x2, y2). */
static void add_affine(struct point *sum, const struct point *q, const element x2, const element y2) {
  element t0, t1, t2, t3, t4, x3, y3, z3;
  multiply(t0, q->x, x2);
  multiply(t1, q->y, y2);
  add(t3, x2, y2);
  add(t4, q->x, q->y);
  multiply(t3, t3, t4);
  add(t4, t0, t1);
  subtract(t3, t3, t4);
  multiply(t4, y2, q->z);
  add(t4, t4, q->y);
  multiply(y3, x2, q->z);
  add(y3, y3, q->x);
  multiply_by_b(z3, q->z);
  subtract(x3, y3, z3);
  add(z3, x3, x3);
  add(x3, x3, z3);
  subtract(z3, t1, x3);
  add(x3, t1, x3);
  multiply_by_b(y3, y3);
  add(t1, q->z, q->z);
  add(t2, t1, q->z);
  subtract(y3, y3, t2);
  subtract(y3, y3, t0);
  add(t1, y3, y3);
  add(y3, t1, y3);
  add(t1, t0, t0);
  add(t0, t1, t0);
  subtract(t0, t0, t2);
  multiply(t1, t4, y3);
  multiply(t2, t0, y3);
  multiply(y3, x3, z3);
  add(sum->y, y3, t2);
  multiply(x3, t3, x3);
  subtract(sum->x, x3, t1);
  multiply(z3, t4, z3);
  multiply(t1, t3, t0);
  add(sum->z, z3, t1);
}

/* Bit `at` of a big endian number of 256 bits. */
static uint32_t bit_of(const uint8_t scalar[P256_SCALAR_SIZE], int at) {
  return scalar[P256_SCALAR_SIZE - 1 - at / 8] >> (at % 8) & 1u;
}

/* q += base_points[block][digit - 1], or nothing for digit 0. Every entry is read, and the sum is always made. */
static void add_entry(struct point *q, int block, uint32_t digit) {
  element entry[2] = {{0}};
  for (uint32_t i = 0; i < 15; i++) {
    uint32_t mask = mask_of((((i + 1) ^ digit) - 1) >> 31);
    for (int word = 0; word < 8; word++) {
      entry[0][word] |= base_points[block][i][0][word] & mask;
      entry[1][word] |= base_points[block][i][1][word] & mask;
    }
  }
  struct point sum;
  add_affine(&sum, q, entry[0], entry[1]);
  uint32_t nothing = mask_of((digit - 1) >> 31);
  choose(q->x, q->x, sum.x, nothing);
  choose(q->y, q->y, sum.y, nothing);
  choose(q->z, q->z, sum.z, nothing);
}

/* a^(p - 2) = 1 / a; the exponent is no secret. */
static void invert(element out, const element a) {
  element result;
  memcpy(result, ONE, sizeof result);
  for (int bit = 255; bit >= 0; bit--) {
    /* Words of p - 2 are those of p, but for the lowest. */
    uint32_t word = bit < 32 ? 0xfffffffd : P[bit / 32];
    multiply(result, result, result);
    if (word >> (bit % 32) & 1) multiply(result, result, a);
  }
  memcpy(out, result, sizeof result);
}

/* Out of Montgomery's form, big endian. */
static void write_element(uint8_t out[32], const element a) {
  static const element plain_one = {1};
  element plain;
  multiply(plain, a, plain_one);
  for (int i = 0; i < 32; i++) out[i] = (uint8_t)(plain[7 - i / 4] >> (24 - 8 * (i % 4)));
}

int p256_base(const uint8_t scalar[P256_SCALAR_SIZE], uint8_t point[P256_POINT_SIZE]) {
  struct point q = {{0}, {0}, {0}};
  memcpy(q.y, ONE, sizeof ONE); /* (0 : 1 : 0), the point at infinity */
  for (int column = 15; column >= 0; column--) {
    double_point(&q);
    for (int block = 0; block < 4; block++) {
      uint32_t digit = 0;
      for (int tooth = 0; tooth < 4; tooth++) digit |= bit_of(scalar, 64 * tooth + 16 * block + column) << tooth;
      add_entry(&q, block, digit);
    }
  }
  uint32_t any = 0;
  for (int i = 0; i < 8; i++) any |= q.z[i];
  element z, coordinate;
  invert(z, q.z);
  point[0] = 0x04;
  multiply(coordinate, q.x, z);
  write_element(point + 1, coordinate);
  multiply(coordinate, q.y, z);
  write_element(point + 33, coordinate);
  return any ? 0 : -1;
}
