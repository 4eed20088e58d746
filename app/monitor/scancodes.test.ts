import { describe, expect, it } from "vitest";
import { scancodes } from "./scancodes.ts";

describe("scancodes", () => {
  // IBM PC/AT Technical Reference, keyboard scan codes, set 1.
  it.each([
    ["Escape", [0x01]],
    ["Backspace", [0x0e]],
    ["KeyQ", [0x10]],
    ["Enter", [0x1c]],
    ["KeyA", [0x1e]],
    ["Backquote", [0x29]],
    ["KeyZ", [0x2c]],
    ["Space", [0x39]],
    ["F1", [0x3b]],
    ["F10", [0x44]],
    ["Numpad7", [0x47]],
    ["NumpadDecimal", [0x53]],
    ["F12", [0x58]],
    ["ArrowUp", [0xe0, 0x48]],
    ["Delete", [0xe0, 0x53]],
  ])("%s goes down as %j", (code, expected) => {
    expect(scancodes(code, true)).toEqual(expected);
  });

  it("a key that goes up has the top bit set, after the prefix if it has one", () => {
    expect(scancodes("KeyA", false)).toEqual([0x9e]);
    expect(scancodes("ArrowLeft", false)).toEqual([0xe0, 0xcb]);
  });

  it("a key that no PC has says nothing", () => {
    expect(scancodes("MediaPlayPause", true)).toEqual([]);
  });
});
