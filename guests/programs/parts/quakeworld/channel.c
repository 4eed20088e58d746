#include "channel.h"

#include <string.h>

static const uint32_t BIT = 0x80000000u;

void channel_start(struct channel *channel, uint16_t port) {
  *channel = (struct channel){.port = port, .out_sequence = 1};
  channel->reliable = (struct writer){.bytes = channel->waiting, .limit = sizeof channel->waiting};
}

bool channel_receive(struct channel *channel, const uint8_t *packet, size_t size, struct reader *payload) {
  *payload = (struct reader){.bytes = packet, .size = size};
  uint32_t sequence = read_u32(payload), acknowledged = read_u32(payload);
  bool carries = sequence & BIT, bit_there = acknowledged & BIT;
  sequence &= ~BIT;
  acknowledged &= ~BIT;
  if (payload->bad || sequence <= channel->in_sequence || acknowledged >= channel->out_sequence) return false;
  channel->dropped = sequence - channel->in_sequence - 1;
  channel->in_sequence = sequence;
  channel->in_acknowledged = acknowledged;
  channel->out_bit_there = bit_there;
  if (bit_there == channel->out_bit) channel->carried_size = 0;
  if (carries) channel->in_bit = !channel->in_bit;
  return true;
}

size_t channel_send(struct channel *channel, const void *unreliable, size_t size, uint8_t packet[PACKET_LIMIT]) {
  struct writer to = {.bytes = packet, .limit = PACKET_LIMIT};
  bool again = channel->in_acknowledged > channel->last_carried && channel->out_bit_there != channel->out_bit;
  bool carry = channel->carried_size > 0 && again;
  if (channel->carried_size == 0 && channel->reliable.size > 0) {
    memcpy(channel->carried, channel->waiting, channel->reliable.size);
    channel->carried_size = channel->reliable.size;
    channel->reliable.size = 0;
    channel->out_bit = !channel->out_bit;
    carry = true;
  }
  write_u32(&to, channel->out_sequence | (carry ? BIT : 0));
  write_u32(&to, channel->in_sequence | (channel->in_bit ? BIT : 0));
  write_u16(&to, channel->port);
  if (carry) {
    channel->last_carried = channel->out_sequence;
    write_bytes(&to, channel->carried, channel->carried_size);
  }
  channel->out_sequence++;
  if (to.limit - to.size >= size) write_bytes(&to, unreliable, size);
  return to.size;
}
