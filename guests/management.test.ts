/** The image `management` in an emulated PC, with a stand-in for its TVMM at the other end of COM3. */
import { afterEach, describe, expect, test } from "vitest";
import { type Booted, boot } from "../engine/vm/testing/boot.ts";
import { builtImage, imagesBuilt } from "../engine/vm/testing/images.ts";
import { plugInDisk } from "../engine/vm/virtio-blk.ts";
import { type Frame, type Line, lineOver } from "./programs/test/tvmm.ts";

const POLICY_SIZE = 65536;

interface ManagementBox extends Booted {
  /** COM3. */
  line: Line;
  /** What the policy's disk holds, up to the first zero byte. */
  policy(): string;
  /** Bytes on the disk that are not zero. */
  used(): number;
  type(text: string): void;
  prompt(): Promise<void>;
}

let box: ManagementBox | undefined;
afterEach(() => {
  box?.machine.halt({ reason: "test" });
  box = undefined;
});

/** A box with this on its policy disk, or without such a disk. */
async function start(text?: string): Promise<ManagementBox> {
  const policy = new Uint8Array(POLICY_SIZE);
  policy.set(new TextEncoder().encode(text));
  const source = {
    size: POLICY_SIZE,
    read: (offset: number, length: number) => policy.slice(offset, offset + length),
    write: async (offset: number, bytes: Uint8Array) => policy.set(bytes, offset),
  };
  const { line, take } = lineOver(
    (bytes) => booted.machine.serial(3).write(bytes),
    () => undefined,
  );
  const booted = await boot(
    builtImage("management"),
    {
      serials: { console: true, attestation: false, management: true },
      plugIn(board) {
        if (text !== undefined) plugInDisk(board, 1, { serial: "policy", readOnly: false, source, onIntegrity() {} });
      },
    },
    { serial: (number, bytes) => number === 3 && take(Buffer.from(bytes)) },
  );
  await booted.machine.run();
  box = {
    ...booted,
    line,
    policy: () => new TextDecoder().decode(policy.subarray(0, policy.indexOf(0))),
    used: () => policy.filter((byte) => byte !== 0).length,
    type: (keys) => booted.machine.serial(1).write(new TextEncoder().encode(keys)),
    prompt: () => booted.said(1, "# "),
  };
  return box;
}

const told = (frame: Frame) => `${frame.word} ${frame.body.toString().trim().split("\n").join(" ")}`.trim();

describe.skipIf(!imagesBuilt)("the management box", () => {
  test("carries out its policy, shows it before the prompt, and says that it is ready", async () => {
    const { line, output, prompt, shell, screen } = await start(
      "vm=$(tvmm create-vm pc --image pc)\ntvmm on $vm\ntvmm on nowhere || echo 'went wrong'\n",
    );
    expect(told(await line.next())).toBe("CREATE-VM name=pc medium=pc.firmware");
    line.send("OK", "vm2\n");
    expect(told(await line.next())).toBe("ON vm=vm2");
    line.send("OK");
    expect(told(await line.next())).toBe("ON vm=nowhere");
    line.send("ERR", "unknown-vm: there is no VM nowhere\n");
    expect(told(await line.next())).toBe("READY done=2 refused=1");
    line.send("OK");
    await prompt();
    const log = [
      "+ tvmm create-vm pc --image pc",
      "  vm2",
      "+ tvmm on vm2",
      "+ tvmm on nowhere",
      "  tvmm: unknown-vm: there is no VM nowhere",
      "went wrong",
      "Policy carried out: 2 done, 1 refused.",
    ];
    const shown = output[1].slice(output[1].indexOf("The management box"));
    expect(shown).toContain("tvmm list");
    expect(shown).toContain(`changes it\r\n${log.join("\r\n")}\r\n/tmp # `);
    expect(await shell("policy log")).toBe(`${log.join("\n")}\n`);
    expect(screen.text()).toContain("Policy carried out: 2 done, 1 refused.");
  });

  test.each([
    ["no policy disk", undefined, "policy: this box has no disk with the serial 'policy'"],
    ["an empty one", "", "The policy is empty."],
    ["no shell's language", "if tvmm list; then\n", "The policy ended with 2."],
    ["a policy that gives up", "exit 7\n", "The policy ended with 7."],
  ])("%s: the box is ready all the same, and says why nothing was done", async (_, text, why) => {
    const { line, output, prompt } = await start(text);
    expect(told(await line.next())).toBe("READY done=0 refused=0");
    line.send("OK");
    await prompt();
    expect(output[1]).toContain(why);
  });

  test("a policy that hangs does not keep the shell from coming; a TVMM that refuses READY neither", async () => {
    const { line, shell, said, prompt, type } = await start("echo waiting\nsleep 1000\n");
    await said(1, "waiting");
    // Nobody has to wait out the ten seconds.
    type("\n");
    await said(1, "The policy is still being carried out");
    await prompt();
    expect(await shell("policy run")).toContain("is being carried out already");
    await shell("kill $(ps | awk '/sleep 100[0]/ { print $1 }')");
    expect(told(await line.next())).toBe("READY done=0 refused=0");
    line.send("ERR", "bad-state: this box is not the management box\n");
    await shell("until [ -e /run/policy/over ]; do sleep 0.01; done");
    expect(await shell("policy log")).toContain("tvmm: bad-state: this box is not the management box");
  });

  test("the policy is shown, replaced and run again; what is no shell's language is not kept", async () => {
    const { line, shell, prompt, policy, used } = await start("# old\n".repeat(2000));
    expect(told(await line.next())).toBe("READY done=0 refused=0");
    line.send("OK");
    await prompt();
    expect(await shell("policy show | sha256sum; policy show | wc -c")).toMatch(/^[0-9a-f]{64} {2}-\n12000\n$/);

    await shell("printf 'tvmm off pc\\necho \"all off\"\\n' >new; policy set new");
    expect(policy()).toBe('tvmm off pc\necho "all off"\n');
    expect(used(), "nothing of the old text is left behind the new one").toBe(policy().length);

    const running = shell("policy run");
    expect(told(await line.next())).toBe("OFF vm=pc");
    line.send("OK");
    expect(told(await line.next())).toBe("READY done=1 refused=0");
    line.send("OK");
    expect(await running).toBe("+ tvmm off pc\nall off\nPolicy carried out: 1 done, 0 refused.\n");

    const kept = policy();
    expect(await shell("echo 'if' | policy set -")).toContain("no shell's language; the disk is as it was");
    expect(await shell("printf 'a\\0b' | policy set -")).toContain("a zero byte");
    expect(await shell("dd if=/dev/zero bs=65537 count=1 | tr '\\000' '#' >big; policy set big; echo $?")).toMatch(
      /the text has 65537 bytes; its disk holds 65536\n1\n$/,
    );
    expect(policy()).toBe(kept);
    expect(await shell("dd if=big bs=65536 count=1 2>/dev/null | policy set -; policy show | wc -c")).toBe("65536\n");
  });

  test("the policy is edited with vi; what is no shell's language is edited again or left", async () => {
    const text = "tvmm off pc\necho done\n";
    const { line, prompt, policy, type, said } = await start(text);
    expect(told(await line.next())).toBe("OFF vm=pc");
    line.send("OK");
    expect(told(await line.next())).toBe("READY done=1 refused=0");
    line.send("OK");
    await prompt();
    type("policy edit\r");
    await said(1, "- /tmp/policy.sh 1/2");
    // A line of its own before all others, which is no shell's language.
    type("Ofi");
    await said(1, "I /tmp/policy.sh [Modified] 1/3");
    type("\x1b");
    await said(1, "- /tmp/policy.sh [Modified] 1/3");
    type(":wq\r");
    await said(1, "Enter to go on editing");
    expect(policy()).toBe(text);
    type("\r");
    await said(1, "- /tmp/policy.sh 1/3");
    type("dd:%s/pc/hello/\r:wq\r");
    await said(1, "Kept.");
    expect(policy()).toBe(text.replace("pc", "hello"));
  });
});
