import { describe, expect, it } from "vitest";
import { missingEntries, platformOf } from "./lock-platforms.mjs";

describe("platformOf", () => {
  it.each([
    ["@x/cli-linux-x64-musl", { cpu: ["x64"], libc: ["musl"], os: ["linux"] }],
    ["@x/binding-linux-arm-gnueabihf", { cpu: ["arm"], libc: ["glibc"], os: ["linux"] }],
    ["@x/cli-linux-x64", { cpu: ["x64"], os: ["linux"] }],
    ["@x/binding-win32-x64-msvc", { cpu: ["x64"], os: ["win32"] }],
    ["@x/binding-wasm32-wasi", { cpu: ["wasm32"] }],
    ["fsevents", { os: ["darwin"] }],
    ["left-pad", undefined],
  ])("%s", (name, platform) => {
    expect(platformOf(name)).toEqual(platform);
  });
});

describe("missingEntries", () => {
  const wants = (version: string) => ({
    version: "1.0.0",
    dev: true,
    optionalDependencies: { "a-linux-x64": version },
  });
  const absent = { version: "1.0.0", dev: true, optional: true, cpu: ["x64"], os: ["linux"] };

  it("are optional packages that the lock file does not have", () => {
    expect(missingEntries({ packages: { "node_modules/a": wants("1.0.0") } })).toEqual({
      "node_modules/a-linux-x64": absent,
    });
    const whole = { "node_modules/a": wants("1.0.0"), "node_modules/a-linux-x64": { version: "1.0.0" } };
    expect(missingEntries({ packages: whole })).toEqual({});
  });

  it("stand below the package that wants another version than the one at the top", () => {
    const packages = {
      "node_modules/a": wants("1.0.0"),
      "node_modules/a-linux-x64": { version: "1.0.0" },
      "node_modules/b/node_modules/a": wants("2.0.0"),
    };
    expect(missingEntries({ packages })).toEqual({
      "node_modules/b/node_modules/a/node_modules/a-linux-x64": { ...absent, version: "2.0.0" },
    });
  });

  it("are refused where the name tells no platform", () => {
    const packages = { "node_modules/a": { version: "1.0.0", optionalDependencies: { other: "1.0.0" } } };
    expect(() => missingEntries({ packages })).toThrow("other 1.0.0");
  });
});
