/*
 * The client's end of the channel to a server: numbers its packets, throws away those that come late or twice, and carries what
 * must not be lost, one such message at a time, again and again until the other end says that it has it. (Every packet says by
 * its numbers what was received; the highest bit of each number flips with each message of that kind.) Sends nothing itself.
 */
#ifndef QUAKEWORLD_CHANNEL_H
#define QUAKEWORLD_CHANNEL_H

#include "message.h"

struct channel {
  uint16_t port;
  uint32_t out_sequence, in_sequence, in_acknowledged;
  /* Bits that flip: of ours under way, of ours that the other end has, of the other end's that we have. */
  bool out_bit, out_bit_there, in_bit;
  uint32_t last_carried;
  /* Ours under way, and what waits for it to arrive. */
  uint8_t carried[MESSAGE_LIMIT], waiting[MESSAGE_LIMIT];
  size_t carried_size;
  struct writer reliable;
  /* Packets of the other end that never came, among the last. */
  uint32_t dropped;
};

/* `port`: any number that tells clients behind one address apart. */
void channel_start(struct channel *channel, uint16_t port);

/* The payload of a packet that came, in `payload`; false if it is to be thrown away. */
bool channel_receive(struct channel *channel, const uint8_t *packet, size_t size, struct reader *payload);

/* Puts the next packet into `packet` and returns its size; `unreliable` is left out where it does not fit. */
size_t channel_send(struct channel *channel, const void *unreliable, size_t size, uint8_t packet[PACKET_LIMIT]);

#endif
