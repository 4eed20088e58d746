#define _GNU_SOURCE
#include "card.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* The device behind a card is a virtio device, below its PCI device: ".../0000:00:08.0/virtio1". */
static int is_at(const char *name, int pci) {
  char link[96], device[PATH_MAX], wanted[32];
  snprintf(link, sizeof link, "/sys/class/net/%.*s/device", CARD_NAME_LIMIT, name);
  snprintf(wanted, sizeof wanted, "/0000:00:%02x.0/", pci & 0xff);
  return realpath(link, device) && strstr(device, wanted);
}

int card_find(int pci, char name[CARD_NAME_LIMIT]) {
  DIR *cards = opendir("/sys/class/net");
  if (!cards) return -1;
  int found = -1;
  for (struct dirent *entry; found != 0 && (entry = readdir(cards)) != 0;) {
    if (strlen(entry->d_name) >= CARD_NAME_LIMIT || !is_at(entry->d_name, pci)) continue;
    strcpy(name, entry->d_name);
    found = 0;
  }
  closedir(cards);
  return found;
}

static void set_ip(struct sockaddr *to, in_addr_t ip) {
  struct sockaddr_in in = {.sin_family = AF_INET, .sin_addr.s_addr = ip};
  memcpy(to, &in, sizeof in);
}

int card_configure(const char *name, const char *address, int prefix) {
  struct ifreq request = {0};
  struct in_addr ip;
  if (inet_pton(AF_INET, address, &ip) != 1 || prefix < 1 || prefix > 32 || strlen(name) >= IFNAMSIZ) {
    errno = EINVAL;
    return -1;
  }
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -1;
  strcpy(request.ifr_name, name);
  set_ip(&request.ifr_addr, ip.s_addr);
  int result = ioctl(fd, SIOCSIFADDR, &request);
  if (result == 0) {
    set_ip(&request.ifr_netmask, htonl(0xffffffffu << (32 - prefix)));
    result = ioctl(fd, SIOCSIFNETMASK, &request);
  }
  if (result == 0) {
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    result = ioctl(fd, SIOCSIFFLAGS, &request);
  }
  int error = errno;
  close(fd);
  errno = error;
  return result;
}
