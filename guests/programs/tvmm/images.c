#include "images.h"

#include <stdio.h>
#include <string.h>

#include "com3.h"
#include "listing.h"
#include "options.h"
#include "say.h"

static const struct listing *all_images(void) {
  static struct listing images;
  static int asked;
  if (!asked) listing_get(&images, "images");
  asked = 1;
  return &images;
}

/* A field of an image, hexadecimal digits. */
static void get(const char *id, const char *column, char *value, size_t limit) {
  const struct listing *images = all_images();
  const char *found = listing_find(images, id, column);
  if (!found) {
    char known[400] = "";
    size_t used = 0;
    for (size_t row = 0; row < images->rows && used + 1 < sizeof known; row++) {
      int count = snprintf(known + used, sizeof known - used, "%s%s", row ? ", " : "", images->fields[row][0]);
      used += count > 0 ? (size_t)count : 0;
    }
    die(EXIT_REFUSED, "unknown-image: there is no image '%s' in this machine; there are: %s", id,
        *known ? known : "none");
  }
  if (*found == 0 || strcmp(found, "-") == 0) {
    die(EXIT_REFUSED, "malformed: the descriptor of %s cannot be read, and its %s is not known", id, column);
  }
  if (strlen(found) > limit || found[strspn(found, "0123456789abcdef")] != 0) {
    com3_garbled("LIST", "the %s of %s is '%.80s'", column, id, found);
  }
  strcpy(value, found);
}

void image_digest(const char *id, char digest[IDENTITY_DIGITS + 1]) {
  if (strlen(id) == IDENTITY_DIGITS && id[strspn(id, "0123456789abcdef")] == 0) {
    memcpy(digest, id, IDENTITY_DIGITS + 1);
    return;
  }
  get(id, "primary", digest, IDENTITY_DIGITS);
}

void image_disk(const char *id, char root[IDENTITY_DIGITS + 1], char salt[IMAGE_SALT_LIMIT + 1]) {
  get(id, "root", root, IDENTITY_DIGITS);
  get(id, "salt", salt, IMAGE_SALT_LIMIT);
}
