/* The layers that are measured, lowest first. The chip below them is certified by its maker, not measured. */
#ifndef TERRA_LAYERS_H
#define TERRA_LAYERS_H

#include "slice.h"

enum layer { LAYER_FIRMWARE, LAYER_LOADER, LAYER_TVMM, LAYER_VM, LAYER_COUNT };

/* pathLenConstraint: 3 for the chip, then one less with each layer; the VM's is no CA. */
enum { CHIP_PATH_LENGTH = 3 };

static const char *const layer_names[LAYER_COUNT] = {"firmware", "loader", "tvmm", "vm"};

/* LAYER_COUNT if there is none of this name. */
static inline enum layer layer_named(struct slice name) {
  int layer = 0;
  while (layer < LAYER_COUNT && !slice_is(name, layer_names[layer])) layer++;
  return (enum layer)layer;
}

#endif
