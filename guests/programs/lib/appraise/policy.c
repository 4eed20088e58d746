#include "policy.h"

int policy_require(struct policy *policy, struct slice name, struct slice root) {
  for (size_t i = 0; i < policy->required_count; i++) {
    if (slice_equal(policy->required[i].name, name)) return slice_equal(policy->required[i].root, root);
  }
  if (policy->required_count == SECONDARIES_LIMIT) return 0;
  policy->required[policy->required_count++] = (struct secondary){.name = name, .root = root};
  return 1;
}

/* Cuts the next number off; 0 if there is none of one to nine digits. */
static int next_number(struct slice *text, uint32_t *number) {
  size_t digits = 0;
  *number = 0;
  while (digits < text->length && text->at[digits] >= '0' && text->at[digits] <= '9') {
    if (digits == 9) return 0;
    *number = *number * 10 + (text->at[digits++] - '0');
  }
  *text = (struct slice){text->at + digits, text->length - digits};
  return digits > 0;
}

static int skip_dot(struct slice *text) {
  if (text->length == 0 || text->at[0] != '.') return 0;
  *text = (struct slice){text->at + 1, text->length - 1};
  return 1;
}

int version_is(struct slice text) {
  uint32_t ignored;
  for (int count = 1; count <= 8; count++) {
    if (!next_number(&text, &ignored)) return 0;
    if (text.length == 0) return 1;
    if (!skip_dot(&text)) return 0;
  }
  return 0;
}

int version_compare(struct slice left, struct slice right) {
  while (left.length > 0 || right.length > 0) {
    uint32_t of_left = 0, of_right = 0;
    if (left.length > 0) next_number(&left, &of_left);
    if (right.length > 0) next_number(&right, &of_right);
    if (of_left != of_right) return of_left < of_right ? -1 : 1;
    skip_dot(&left);
    skip_dot(&right);
  }
  return 0;
}
