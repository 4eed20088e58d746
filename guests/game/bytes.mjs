// Little-endian writing of binary formats. Pure.

/** Bytes that are put one behind the other. Numbers out of range are errors: a map that is too large must not wrap. */
export function writer() {
  let buffer = Buffer.alloc(4096);
  let length = 0;
  const room = (size) => {
    if (length + size > buffer.length) buffer = Buffer.concat([buffer, Buffer.alloc(buffer.length + size)]);
    length += size;
    return length - size;
  };
  const integer = (size, write, low, high) => (value) => {
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new RangeError(`${value} is not a whole number from ${low} to ${high}`);
    }
    const at = room(size);
    buffer[write](value, at);
  };
  return {
    u8: integer(1, "writeUInt8", 0, 0xff),
    i16: integer(2, "writeInt16LE", -0x8000, 0x7fff),
    u16: integer(2, "writeUInt16LE", 0, 0xffff),
    i32: integer(4, "writeInt32LE", -0x80000000, 0x7fffffff),
    f32(value) {
      const at = room(4);
      buffer.writeFloatLE(value, at);
    },
    bytes(data) {
      const at = room(data.length);
      buffer.set(data, at);
    },
    /** A text in a field of `size` bytes, ended by at least one zero byte. */
    text(value, size) {
      if (value.length >= size) throw new RangeError(`${value} does not fit into ${size - 1} bytes`);
      const at = room(size);
      buffer.fill(0, at, at + size);
      buffer.write(value, at, "latin1");
    },
    get length() {
      return length;
    },
    done: () => Uint8Array.from(buffer.subarray(0, length)),
  };
}
