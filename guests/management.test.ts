/** The image `management` in an emulated PC, with a stand-in for its TVMM at the other end of COM3. */
import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { type Booted, boot } from "../engine/vm/testing/boot.ts";
import { builtImage, imagesBuilt } from "../engine/vm/testing/images.ts";
import { plugInDisk } from "../engine/vm/virtio-blk.ts";
import { type Frame, type Line, lineOver } from "./programs/test/tvmm.ts";

const POLICY_SIZE = 65536;
const image = imagesBuilt ? builtImage("management") : undefined;

interface ManagementBox extends Booted {
  /** COM3. */
  line: Line;
  policy: Uint8Array;
  policyText(): string;
}

let box: ManagementBox | undefined;
afterEach(() => box?.machine.halt({ reason: "test" }));

async function start(text: string | undefined): Promise<ManagementBox> {
  if (!image) throw new Error("no images");
  const policy = new Uint8Array(POLICY_SIZE);
  policy.set(new TextEncoder().encode(text ?? ""));
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
    image,
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
    policy,
    policyText: () => new TextDecoder().decode(policy.subarray(0, policy.indexOf(0))),
  };
  return box;
}

const said = (frame: Frame) => `${frame.word} ${frame.body.toString().trim().split("\n").join(" ")}`;

describe.skipIf(!imagesBuilt)("the management box", () => {
  test("carries out its policy, shows it on the console before the prompt, and says that it is ready", async () => {
    const {
      line,
      output,
      shell,
      said: says,
    } = await start("vm=$(tvmm create-vm pc --image pc)\ntvmm on $vm\ntvmm on nowhere || echo 'went wrong'\n");
    expect(said(await line.next())).toBe("CREATE-VM name=pc medium=pc.firmware");
    line.send("OK", "vm2\n");
    expect(said(await line.next())).toBe("ON vm=vm2");
    line.send("OK");
    expect(said(await line.next())).toBe("ON vm=nowhere");
    line.send("ERR", "unknown-vm: there is no VM nowhere\n");
    expect(said(await line.next())).toBe("READY done=2 refused=1");
    line.send("OK");
    await says(1, "# ");
    console.log(output[1]);
    console.log(await shell("policy log; policy show; ls -l /run/policy; ps"));
  });
});
