/** Keys of a real keyboard (KeyboardEvent.code) as a PC's keyboard says them: PS/2 set 1, make codes; 0xe0 before the grey keys. */

const ROWS: readonly (readonly [first: number, codes: readonly string[]])[] = [
  [
    0x01,
    [
      "Escape",
      "Digit1",
      "Digit2",
      "Digit3",
      "Digit4",
      "Digit5",
      "Digit6",
      "Digit7",
      "Digit8",
      "Digit9",
      "Digit0",
      "Minus",
      "Equal",
      "Backspace",
    ],
  ],
  [
    0x0f,
    [
      "Tab",
      "KeyQ",
      "KeyW",
      "KeyE",
      "KeyR",
      "KeyT",
      "KeyY",
      "KeyU",
      "KeyI",
      "KeyO",
      "KeyP",
      "BracketLeft",
      "BracketRight",
      "Enter",
    ],
  ],
  [
    0x1d,
    [
      "ControlLeft",
      "KeyA",
      "KeyS",
      "KeyD",
      "KeyF",
      "KeyG",
      "KeyH",
      "KeyJ",
      "KeyK",
      "KeyL",
      "Semicolon",
      "Quote",
      "Backquote",
    ],
  ],
  [
    0x2a,
    [
      "ShiftLeft",
      "Backslash",
      "KeyZ",
      "KeyX",
      "KeyC",
      "KeyV",
      "KeyB",
      "KeyN",
      "KeyM",
      "Comma",
      "Period",
      "Slash",
      "ShiftRight",
      "NumpadMultiply",
      "AltLeft",
      "Space",
      "CapsLock",
    ],
  ],
  [0x3b, ["F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "NumLock", "ScrollLock"]],
  [
    0x47,
    [
      "Numpad7",
      "Numpad8",
      "Numpad9",
      "NumpadSubtract",
      "Numpad4",
      "Numpad5",
      "Numpad6",
      "NumpadAdd",
      "Numpad1",
      "Numpad2",
      "Numpad3",
      "Numpad0",
      "NumpadDecimal",
    ],
  ],
  [0x56, ["IntlBackslash", "F11", "F12"]],
];

const GREY: Readonly<Record<string, number>> = {
  NumpadEnter: 0x1c,
  ControlRight: 0x1d,
  NumpadDivide: 0x35,
  AltRight: 0x38,
  Home: 0x47,
  ArrowUp: 0x48,
  PageUp: 0x49,
  ArrowLeft: 0x4b,
  ArrowRight: 0x4d,
  End: 0x4f,
  ArrowDown: 0x50,
  PageDown: 0x51,
  Insert: 0x52,
  Delete: 0x53,
};

const plain = new Map(
  ROWS.flatMap(([first, codes]) => codes.map((code, index): [string, number] => [code, first + index])),
);

/** Scancodes of a key going down or up; none for a key that a PC's keyboard does not have. */
export function scancodes(code: string, down: boolean): number[] {
  const release = down ? 0 : 0x80;
  const single = plain.get(code);
  if (single !== undefined) return [single | release];
  const grey = GREY[code];
  return grey === undefined ? [] : [0xe0, grey | release];
}
