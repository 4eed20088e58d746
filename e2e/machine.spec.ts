/** One machine through the scripting API, on real guests: what each role can do, and the error where it cannot. */
import { X509Certificate } from "node:crypto";
import type { Page } from "@playwright/test";
import { expect, test } from "./support.ts";

const HEX_64 = /^[0-9a-f]{64}$/;

/** The message of the error that a script of the page's scripting API ends with; "" if it does not. */
function refusal(page: Page, script: string): Promise<string> {
  // As text, which the browser's debugger evaluates: the page's own policy forbids eval.
  return page.evaluate(`(async (terra, lab) => { ${script} })(window.terra, window.terra.lab).then(
    () => "",
    (error) => error.message,
  )`);
}

test("the boot log names each stage with the digest that its certificate holds", async ({ terra }) => {
  const log = await terra.evaluate(async () => (await window.terra.open("hello")).platform("alice").bootLog());
  expect(log.map((stage) => stage.name)).toEqual(["chip", "firmware", "loader", "tvmm"]);
  const [chip, ...stages] = log;
  let below = new X509Certificate(chip?.certificate ?? "");
  for (const { digest, certificate } of stages) {
    expect(digest).toMatch(HEX_64);
    const own = new X509Certificate(certificate);
    expect(own.subject).toBe(`CN=${digest}`);
    expect(own.verify(below.publicKey)).toBe(true);
    below = own;
  }
  expect(log[0]?.digest).toBeUndefined();
});

test("the chip's keys and what the TVMM sealed survive a reload of the page", async ({ terra }) => {
  const visit = () =>
    terra.evaluate(async () => {
      const lab = await window.terra.open("hello");
      const [chip] = await lab.platform("alice").bootLog();
      const [root] = (await window.terra.policy()).hardwareRoots ?? [];
      const sealed = [...(await lab.platform("alice").disk("sealed").copy())];
      const power = (await lab.messages({ kind: "power" })).map(({ summary, outcome }) => ({ summary, outcome }));
      return { chip: chip?.certificate, root, sealed, power };
    });
  const first = await visit();
  await terra.reload();
  await terra.waitForFunction(() => "terra" in window);
  const second = await visit();
  expect(second.chip).toBe(first.chip);
  expect(second.root).toBe(first.root);
  expect(first.sealed.some((byte) => byte !== 0)).toBe(true);
  expect(second.sealed).toEqual(first.sealed);
  expect(second.power.filter(({ outcome }) => outcome === "refused")).toEqual([]);
});

test("what was sealed does not open on another machine", async ({ terra }) => {
  const { refused, control } = await terra.evaluate(async () => {
    const lab = await window.terra.open({ id: "two", platforms: [{ id: "alice" }, { id: "bob" }] });
    const [alice, bob] = [lab.platform("alice"), lab.platform("bob")];
    const own = await bob.disk("sealed").copy();
    const boot = async (blob: Uint8Array) => {
      const since = (await lab.messages()).at(-1)?.sequence ?? 0;
      await bob.powerOff();
      await bob.disk("sealed").restore(blob);
      await bob.powerOn();
      return (await lab.messages({ kind: "power", since })).filter(({ summary }) => summary.startsWith("sealed"));
    };
    const refused = await boot(await alice.disk("sealed").copy());
    return { refused, control: await boot(own) };
  });
  expect(refused.some(({ outcome }) => outcome === "refused")).toBe(true);
  expect(control.some(({ outcome }) => outcome === "refused")).toBe(false);
});

test("an open box has a console and no identity; a closed one the reverse", async ({ terra }) => {
  const shell = await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const { console } = lab.vm("alice/pc");
    const ran = await console.run("cat /proc/version; ls /nothing");
    const piped = await console.run("echo one two | wc -w");
    await console.write("echo typed-$((20+22))\n");
    return { ran, piped, typed: await console.waitFor(/typed-\d+/) };
  });
  expect(shell.ran.output).toContain("Linux version 6.1");
  expect(shell.ran.exitCode).not.toBe(0);
  expect(shell.piped).toEqual({ exitCode: 0, output: "2\n" });
  expect(shell.typed).toBe("typed-42");
  expect(await refusal(terra, `await lab.vm("alice/pc").console.waitFor("never said", { timeoutMs: 300 })`)).toMatch(
    /^timeout: /,
  );
  expect(await refusal(terra, `await lab.vm("alice/pc").identity()`)).toMatch(/^open-box: /);
  expect(await refusal(terra, `await lab.vm("alice/pc").evidence(terra.nonce())`)).toMatch(/^open-box: /);
  for (const call of ["text()", "write('x')", "waitFor('x')", "run('id')"]) {
    expect(await refusal(terra, `await lab.vm("alice/hello").console.${call}`), call).toMatch(/^no-console: /);
  }
  const identity = await terra.evaluate(() => window.terra.lab?.vm("alice/hello").identity());
  expect(identity?.primary).toMatch(HEX_64);
});

test("the person sees the closed box's screen, with the strip above it, and only the focused box's", async ({
  terra,
}) => {
  await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    await lab.platform("alice").display.focus(lab.vm("alice/hello").id);
  });
  const text = () =>
    terra.evaluate(async () => {
      const hello = window.terra.lab?.vm("alice/hello");
      if (!hello) throw new Error("no lab is open");
      return window.terra.lab?.platform("alice").display.text(hello.id);
    });
  const primary = await terra.evaluate(
    async () => (await window.terra.lab?.vm("alice/hello").identity())?.primary ?? "",
  );
  await expect.poll(async () => (await text())?.screen.replaceAll(/\s/g, "")).toContain(primary);
  const clock = async () => /(\d\d:\d\d:\d\d) UTC, /.exec((await text())?.screen ?? "")?.[1];
  await expect.poll(clock).toBeDefined();
  const before = await clock();
  await expect.poll(clock).not.toBe(before);
  const strip = (await text())?.strip;
  expect(strip).toContain("hello");
  expect(strip).toContain("closed");
  expect(strip).toContain(primary.slice(0, 4));
  const png = await terra.evaluate(async () => {
    const lab = window.terra.lab;
    const hello = lab?.vm("alice/hello").id ?? "";
    return [...((await lab?.platform("alice").display.png(hello)) ?? [])].slice(0, 8);
  });
  expect(png).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const pc = `lab.vm("alice/pc").id`;
  expect(await refusal(terra, `await lab.platform("alice").display.text(${pc})`)).toMatch(/^bad-state: /);
  expect(await refusal(terra, `await lab.platform("alice").display.png(${pc})`)).toMatch(/^bad-state: /);
});

test("ENDORSE from an open box is refused, whatever the guest asks", async ({ terra }) => {
  const asked = await terra.evaluate(async () => {
    const lab = await window.terra.open({
      platforms: [{ id: "alice", vms: [{ name: "asks", image: "open-asks-endorse" }] }],
    });
    const { console } = lab.vm("alice/asks");
    const endorse = await console.run("endorse");
    const identity = await console.run("get-id");
    const messages = await lab.messages({ vm: "alice/asks", outcome: "refused" });
    return { endorse, identity, kinds: messages.map((message) => message.kind) };
  });
  expect(asked.endorse.exitCode).not.toBe(0);
  expect(asked.endorse.output).toContain("open-box");
  expect(asked.identity.exitCode).not.toBe(0);
  expect(asked.identity.output).toContain("open-box");
  expect(asked.kinds).toContain("endorse");
  expect(asked.kinds).toContain("get-id");
});

test("garbage on the attestation device gets errors; a silent guest a refusal; VM and TVMM go on", async ({
  terra,
}) => {
  const seen = await terra.evaluate(async () => {
    const lab = await window.terra.open({
      accept: [],
      platforms: [
        {
          id: "alice",
          vms: [
            { name: "asks", image: "closed-asks-endorse" },
            { name: "hello", image: "hello" },
          ],
        },
      ],
    });
    const asks = lab.vm("alice/asks");
    const { console } = asks;
    const raw = "stty -F /dev/ttyS1 raw -echo";
    const send = (bytes: string) =>
      console.run(`${raw}; exec 3<>/dev/ttyS1; printf '${bytes}' >&3; head -c 4 <&3; exec 3>&-`, { timeoutMs: 20_000 });
    const replies: Record<string, string> = {};
    replies.unknown = (await send("HELLO 0\\n")).output;
    replies.oversized = (await send("ENDORSE 99999999\\n")).output;
    replies.negative = (await send("ENDORSE -1\\n")).output;
    replies.noLength = (await send("ENDORSE\\n")).output;
    replies.notDer = (await send("ENDORSE 5\\nhello")).output;
    // Truncated: fewer bytes than promised, then the line is dropped.
    await console.run(`${raw}; exec 3<>/dev/ttyS1; printf 'ENDORSE 100\\nfew' >&3; exec 3>&-`);
    const endorsed = await console.run("endorse --data 'evidence: by hand' > /tmp/reply; head -1 /tmp/reply; get-id");
    const silent = await asks.evidence(window.terra.nonce()).then(
      () => "",
      (error: Error) => error.message,
    );
    const after = await console.run("get-id");
    const hello = await lab.vm("alice/hello").evidence(window.terra.nonce());
    const { primary } = await asks.identity();
    return { replies, endorsed, silent, after, primary, chain: hello.chain.length, state: (await asks.status()).state };
  });
  for (const [name, reply] of Object.entries(seen.replies)) expect.soft(reply, name).toContain("ERR ");
  expect(seen.endorsed.output).toContain("BEGIN CERTIFICATE");
  expect(seen.endorsed.output).toContain(seen.primary);
  expect(seen.silent).toMatch(/^silent: /);
  expect(seen.after.output.trim()).toBe(seen.primary);
  expect(seen.chain).toBe(5);
  expect(seen.state).toBe("on");
});

test("a closed image started as an open box has no identity and no keys", async ({ terra }) => {
  await terra.evaluate(() =>
    window.terra.open({ platforms: [{ id: "alice", vms: [{ name: "hello", image: "hello", asOpen: true }] }] }),
  );
  expect(await refusal(terra, `await lab.vm("alice/hello").identity()`)).toMatch(/^open-box: /);
  expect(await refusal(terra, `await lab.vm("alice/hello").evidence(terra.nonce())`)).toMatch(/^open-box: /);
  const refused = await terra.evaluate(() =>
    window.terra.lab?.waitForMessage({ kind: "endorse", vm: "alice/hello", outcome: "refused" }),
  );
  expect(refused?.summary).toContain("open-box");
});

test("management refuses wrong ids, states and parameters, by code, and nothing has changed", async ({ terra }) => {
  await terra.evaluate(() => window.terra.open("hello"));
  const before = await terra.evaluate(() => window.terra.lab?.platform("alice").management.vms());
  const m = `const m = lab.platform("alice").management; const hello = lab.vm("alice/hello").id;`;
  const refused: [string, RegExp][] = [
    ["await m.on('vm99')", /^unknown-vm: /],
    ["await m.attach(hello, 'dev99')", /^(unknown-device|bad-state): /],
    ["await m.on(hello)", /^bad-state: /],
    ["await m.createVm({ name: 'hello', image: 'hello' })", /^bad-argument: /],
    ["await m.createVm({ name: 'Not a name', image: 'hello' })", /^bad-argument: /],
    ["await m.createVm({ name: 'x', image: 'nothing' })", /^unknown-image: /],
    ["await m.createVm({ name: 'x', image: 'hello', checking: 'none' })", /^bad-argument: |^closed-box: /],
    [
      "await m.createDevice({ type: 'disk', medium: 'nothing', class: 'attested', root: '00'.repeat(32), salt: '' })",
      /^unknown-disk: /,
    ],
    ["await m.createDevice({ type: 'floppy' })", /^(bad-argument|malformed): /],
    ["await m.createDevice({ type: 'nic', mac: '01:00:5e:00:00:01' })", /^bad-argument: /],
    ["await m.createDevice({ type: 'disk', medium: 'pc.boot', class: 'encrypted' })", /^(unsupported|busy): /],
    ["await m.connect('dev1', 'dev2')", /^bad-argument: /],
    ["await m.connect('dev98', 'dev99')", /^unknown-device: /],
    ["await m.resume(hello)", /^bad-state: /],
    ["await lab.platform('alice').inspect.readMemory(hello, 0, 16)", /^closed-box: /],
    ["await lab.platform('alice').inspect.readMemory('vm99', 0, 16)", /^unknown-vm: /],
    ["await lab.platform('alice').removeDisk('hello.boot')", /^busy: /],
    ["await lab.platform('alice').removeDisk('flash')", /^bad-argument: /],
    ["lab.wire('lan')", /^unknown-device: |^unknown-wire: |^bad-argument: /],
    ["lab.vm('alice/nobody')", /^unknown-vm: /],
    ["lab.platform('nobody')", /^unknown-platform: /],
    ["lab.platform('alice').disk('nothing')", /^unknown-disk: /],
    ["await lab.platform('alice').disk('flash').read(-1, 10)", /^bad-argument: /],
    ["await lab.platform('alice').disk('flash').write(1e9, new Uint8Array(4))", /^bad-argument: /],
    ["await lab.vm('alice/hello').evidence(new Uint8Array(31))", /^bad-argument: /],
    ["await lab.platform('alice').powerOn()", /^bad-state: /],
    ["await terra.open('nothing')", /^unknown-lab: /],
    ["await terra.runScenario('nothing')", /^unknown-scenario: /],
  ];
  for (const [call, pattern] of refused) expect.soft(await refusal(terra, `${m} ${call}`), call).toMatch(pattern);
  const closed = `${m} const id = await m.createVm({ name: 'second', image: 'hello' });
    await m.attach(id, await m.createDevice({ type: 'serial', purpose: 'console' }))`;
  expect.soft(await refusal(terra, closed), "a console on a closed box").toMatch(/^closed-box: /);
  expect.soft(await refusal(terra, `${m} await m.on(lab.vm("alice/second").id)`), "no boot disk").not.toBe("");
  await terra.evaluate(async () => {
    const alice = window.terra.lab?.platform("alice");
    await alice?.management.destroyVm(window.terra.lab?.vm("alice/second").id ?? "");
  });
  expect(await terra.evaluate(() => window.terra.lab?.platform("alice").management.vms())).toEqual(before);
});

test("a lab's description is checked, field by field", async ({ terra }) => {
  for (const [lab, pattern] of [
    ["{}", /lab\.platforms/],
    ["{ platforms: [] }", /at least one machine/],
    ["{ platforms: [{ id: 'A B' }] }", /lab\.platforms\[0\]\.id/],
    ["{ platforms: [{ id: 'a', vms: [{ name: 'x', imag: 'pc' }] }] }", /imag/],
    ["{ platforms: [{ id: 'a' }, { id: 'a' }] }", /unique/],
    ["null", /an object/],
  ] as const) {
    const message = await refusal(terra, `await terra.open(${lab})`);
    expect.soft(message, lab).toMatch(/^bad-argument: /);
    expect.soft(message, lab).toMatch(pattern);
  }
});

test("a box that the TVMM refuses to make fails the lab, and a box without an attestation device says so at once", async ({
  terra,
}) => {
  const lab = "{ platforms: [{ id: 'alice', vms: [{ name: 'hello', checking: 'none' }] }] }";
  expect(await refusal(terra, `await terra.open(${lab})`)).toMatch(/^(bad-argument|closed-box): .*none/);
  expect(await terra.evaluate(() => window.terra.lab)).toBeNull();
  const silent = await terra.evaluate(async () => {
    const opened = await window.terra.open("hello");
    const { management } = opened.platform("alice");
    const { id } = opened.vm("alice/hello");
    await management.off(id);
    for (const device of await management.devices()) {
      if (device.attachedTo === id && device.type === "serial") await management.detach(id, device.id);
    }
    await management.on(id);
    return opened
      .vm("alice/hello")
      .evidence(window.terra.nonce())
      .then(
        () => "",
        (error: Error) => error.message,
      );
  });
  expect(silent).toMatch(/^bad-state: .*attestation device/);
});

test("cutting the power loses the boxes and keeps the media; another lab closes the first", async ({ terra }) => {
  const seen = await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const alice = lab.platform("alice");
    const media = (await alice.disks()).map((disk) => disk.id);
    await alice.powerOff();
    const off = lab.vms();
    const kept = (await alice.disks()).map((disk) => disk.id);
    const dark = await alice.management.vms().catch((error: Error) => error.message);
    await alice.powerOn();
    const again = lab.vms();
    const other = await window.terra.open({ platforms: [{ id: "bob" }] });
    const closed = await alice.management.vms().catch((error: Error) => error.message);
    return { media, off, kept, dark, again, closed, current: window.terra.lab === other };
  });
  expect(seen.media).toEqual(expect.arrayContaining(["flash", "sealed", "hello.firmware", "hello.boot", "pc.boot"]));
  expect(seen.off).toEqual([]);
  expect(seen.kept).toEqual(seen.media);
  expect(seen.dark).toMatch(/^bad-state: /);
  expect(seen.again.sort()).toEqual(["alice/hello", "alice/pc"]);
  expect(seen.closed).toMatch(/^bad-state: /);
  expect(seen.current).toBe(true);
});
