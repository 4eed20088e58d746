/**
 * What a file of tests has of programs: those that it names, built once before its tests, and for each test a folder of its
 * own and, where it asks for one, a device. The hooks are registered by the call; what it returns is valid inside a test.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach } from "vitest";
import { BUILD_TIMEOUT, buildForTest, type Program } from "./programs.ts";
import { type SocketDevice, socketDevice } from "./tvmm.ts";

export interface Cases {
  /** Where a program lies. */
  path(program: Program): string;
  /** Where all of them lie, and `pty`. */
  readonly programs: string;
  /** The running test's own folder. */
  readonly folder: string;
}

export interface DeviceCases extends Cases {
  /** The running test's own device, a socket in its folder. */
  readonly device: SocketDevice;
}

/** Hooks that are registered after this call clean up before the folder is removed. */
export function programCases(...programs: Program[]): Cases {
  let built: ReturnType<typeof buildForTest>;
  let folder: string;
  beforeAll(() => {
    built = buildForTest(...programs);
  }, BUILD_TIMEOUT);
  afterAll(() => built.dispose());
  beforeEach(() => {
    folder = mkdtempSync(join(built.folder, "case-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));
  return {
    path: (program) => built.path(program),
    get programs() {
      return built.folder;
    },
    get folder() {
      return folder;
    },
  };
}

/** `line`: the device's name, as the guest's serial lines are called. */
export function deviceCases(line: "com2" | "com3", ...programs: Program[]): DeviceCases {
  const cases = programCases(...programs);
  let device: SocketDevice;
  beforeEach(async () => {
    device = await socketDevice(join(cases.folder, line));
  });
  afterEach(() => device.close());
  return {
    path: cases.path,
    get programs() {
      return cases.programs;
    },
    get folder() {
      return cases.folder;
    },
    get device() {
      return device;
    },
  };
}
