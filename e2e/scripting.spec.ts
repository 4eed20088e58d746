/** The scripting API as somebody uses it who knows its contract only: what he may hand in wrongly, and what must go on afterwards. */
import { expect, test } from "./support.ts";

test("a console's commands: exit codes, endings and inputs of every kind, and the next one works", async ({
  terra,
}) => {
  const seen = await terra.evaluate(async () => {
    const lab = await window.terra.open({ platforms: [{ id: "alice", vms: [{ name: "pc" }] }] });
    const { console } = lab.vm("alice/pc");
    const refused = (call: Promise<unknown>) => call.then(String, (error: Error) => error.message.split(":")[0]);
    return {
      left: await console.run("exit 7"),
      nothing: await console.run(""),
      wrong: (await console.run("if then (")).exitCode,
      open: (await console.run("echo 'abc")).exitCode,
      kept: [await console.run("cd /tmp"), await console.run("pwd")],
      quotes: await console.run(`echo "it's" '$x' # said\necho two`),
      long: await console.run(`echo ${"x".repeat(2000)} | wc -c`),
      endless: await refused(console.run("cat", { timeoutMs: 1500 })),
      halfLine: await refused(console.write("half a line").then(() => console.run("true", { timeoutMs: 1000 }))),
      // Two objects for one box would type into each other's lines.
      together: await Promise.all(
        ["echo one", "echo two; false"].map((command) => lab.vm("alice/pc").console.run(command)),
      ),
      noText: await refused(console.run(7 as unknown as string)),
      noPattern: await refused(console.waitFor(null as unknown as string)),
    };
  });
  expect(seen.left).toEqual({ exitCode: 7, output: expect.any(String) });
  expect(seen.nothing).toEqual({ exitCode: 0, output: "" });
  expect(seen.wrong).toBe(2);
  expect(seen.open).toBe(2);
  expect(seen.kept[1]).toEqual({ exitCode: 0, output: "/tmp\n" });
  expect(seen.quotes.output).toBe("it's $x\ntwo\n");
  expect(seen.long).toEqual({ exitCode: 0, output: "2001\n" });
  expect(seen.endless).toBe("timeout");
  expect(seen.together).toEqual([
    { exitCode: 0, output: "one\n" },
    { exitCode: 1, output: "two\n" },
  ]);
  expect(seen.noText).toBe("bad-argument");
  expect(seen.noPattern).toBe("bad-argument");
});

test("waitFor goes on after its last match, past what the TVMM keeps, and begins anew with each power-on", async ({
  terra,
}) => {
  const seen = await terra.evaluate(async () => {
    const lab = await window.terra.open({ platforms: [{ id: "alice", vms: [{ name: "pc" }] }] });
    const { management } = lab.platform("alice");
    const box = () => lab.vm("alice/pc");
    const wait = (pattern: string | RegExp) =>
      box()
        .console.waitFor(pattern, { timeoutMs: 3000 })
        .catch((error: Error) => error.message.split(":")[0]);
    await box().console.run("echo first$((1))");
    const found = [await wait("first1"), await wait("first1")];
    await box().console.run("dd if=/dev/zero bs=1024 count=1100 2>/dev/null | tr '\\0' x", { timeoutMs: 120_000 });
    await wait(/x{1000}/);
    await box().console.run("echo second$((1))");
    found.push(await wait("second1"));
    const { id } = box();
    await management.off(id);
    await management.on(id);
    found.push(await wait("BusyBox"));
    return found;
  });
  expect(seen).toEqual(["first1", "timeout", "second1", "BusyBox"]);
});

test("what is no argument is refused as such, at once", async ({ terra }) => {
  const seen = await terra.evaluate(async () => {
    const lab = await window.terra.open("hello");
    const alice = lab.platform("alice");
    const hello = lab.vm("alice/hello");
    const wrong = (value: unknown) => value as never;
    const calls: (() => Promise<unknown>)[] = [
      () => lab.messages(wrong(null)),
      () => lab.messages({ since: Number.NaN }),
      () => lab.messages({ kind: wrong(5) }),
      () => lab.waitForMessage(wrong(null)),
      () => lab.waitForMessage({ kind: "halt" }, Number.NaN),
      () => hello.waitForState(wrong("asleep")),
      () => hello.waitForState("off", -1),
      () => hello.measurements(wrong(null)),
      () => hello.measurements({ path: wrong("chip") }),
      () => alice.powerOn(wrong(null)),
      () =>
        window.terra.appraise({ chain: [], vendors: [], signature: new Uint8Array() }, window.terra.nonce(), wrong(5)),
      () => alice.insertDisk({ bytes: new Uint8Array(0) }),
      () => alice.disk("flash").read(wrong("0"), 4),
      () => alice.management.createDevice(wrong(null)),
    ];
    return Promise.all(calls.map((call) => call().then(String, (error: Error) => error.message.split(":")[0])));
  });
  expect(seen).toEqual(seen.map(() => "bad-argument"));
});

test("boxes of one image have a disk each, and find it again after power-on", async ({ terra }) => {
  const seen = await terra.evaluate(async () => {
    const names = ["one", "two", "three"];
    const lab = await window.terra.open({
      platforms: [{ id: "alice", vms: names.map((name) => ({ name, image: "hello" })) }],
    });
    const alice = lab.platform("alice");
    const boxes = async () =>
      (await alice.management.vms()).map(({ name, image, state }) => `${name} ${image} ${state}`);
    const first = await boxes();
    const media = (await alice.disks()).map((disk) => `${disk.id} ${disk.usedBy}`);
    await alice.powerOff();
    await alice.powerOn();
    return {
      first,
      second: await boxes(),
      media,
      after: (await alice.disks()).map((disk) => `${disk.id} ${disk.usedBy}`),
    };
  });
  expect(seen.first).toEqual(["one hello on", "two hello on", "three hello on"]);
  expect(seen.second).toEqual(seen.first);
  expect(seen.media).toEqual(expect.arrayContaining(["hello.boot alice/one", "hello.2.boot alice/two"]));
  expect(seen.after).toEqual(seen.media);
});

test("lists are in the description's order, boxes and devices are called what they were called", async ({ terra }) => {
  const seen = await terra.evaluate(async () => {
    const lab = await window.terra.open({
      platforms: [
        { id: "carol", vms: [{ name: "mine", image: "hello" }] },
        { id: "bob" },
        { id: "alice", vms: [{ name: "pc" }] },
      ],
    });
    const { management } = lab.platform("carol");
    const tree = await lab.vm("carol/mine").measurements();
    const names: string[] = [];
    for (let node: typeof tree | undefined = tree; node; node = node.children?.at(-1)) names.push(node.kind);
    const result = {
      platforms: lab.platforms(),
      vms: lab.vms(),
      images: (await management.vms()).map((vm) => vm.image),
      // A second copy is named like no image of the catalogue.
      copies: [await lab.platform("carol").insertImage("hello"), await lab.platform("carol").insertImage("hello-2")],
      types: (await management.devices()).map((device) => device.type),
      names,
    };
    await lab.close();
    await lab.close();
    const refused = (call: Promise<unknown>) => call.then(String, (error: Error) => error.message);
    const late = [
      await refused(lab.waitForMessage({ kind: "halt" })),
      await refused(lab.platform("bob").powerOn()),
      await refused(lab.platform("bob").insertImage("hello")),
    ];
    return { ...result, late };
  });
  expect(seen.platforms).toEqual(["carol", "bob", "alice"]);
  expect(seen.vms).toEqual(["carol/mine", "alice/pc"]);
  expect(seen.images).toEqual(["hello"]);
  expect(seen.copies.map((copy) => copy.boot)).toEqual(["hello.2.boot", "hello-2.boot"]);
  expect(seen.types).toEqual(["disk", "serial", "display"]);
  // Without options the whole tree.
  expect(seen.names).toEqual(["chip", "firmware", "loader", "tvmm", "vm", "disk", "block"]);
  expect(seen.late).toEqual(Array.from({ length: 3 }, () => "bad-state: the lab was closed"));
});
