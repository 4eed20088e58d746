#include "keyboard.h"

#include <linux/kd.h>
#include <linux/keyboard.h>
#include <sys/ioctl.h>

/* Keys of the kernel's own functions, but for Enter and the one that makes capitals. */
static int does_more_than_type(unsigned value) {
  unsigned type = KTYP(value);
  return type == KT_CONS || (type == KT_SPEC && value != K_HOLE && value != K_ENTER && value != K_CAPS);
}

void keyboard_disarm(int fd) {
  for (int table = 0; table < MAX_NR_KEYMAPS; table++) {
    for (int index = 0; index < NR_KEYS; index++) {
      struct kbentry entry = {.kb_table = (unsigned char)table, .kb_index = (unsigned char)index};
      if (ioctl(fd, KDGKBENT, &entry) != 0) return;
      if (entry.kb_value == K_NOSUCHMAP) break;
      if (!does_more_than_type(entry.kb_value)) continue;
      entry.kb_value = K_HOLE;
      ioctl(fd, KDSKBENT, &entry);
    }
  }
}
