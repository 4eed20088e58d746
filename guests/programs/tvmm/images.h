/* Images by the ids that a person uses, looked up in the TVMM's list of them. */
#ifndef TERRA_IMAGES_H
#define TERRA_IMAGES_H

#include "identity.h"

enum { IMAGE_SALT_LIMIT = 512 };

/* The image's primary digest; a digest stands for itself. An unknown image ends the program. */
void image_digest(const char *id, char digest[IDENTITY_DIGITS + 1]);

/* Root and salt of the image's boot disk. */
void image_disk(const char *id, char root[IDENTITY_DIGITS + 1], char salt[IMAGE_SALT_LIMIT + 1]);

#endif
