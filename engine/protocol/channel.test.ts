import { afterEach, describe, expect, it } from "vitest";
import { type Client, connect, serve, Transferred } from "./channel.ts";
import { TerraError } from "./errors.ts";

const open: MessagePort[] = [];
afterEach(() => {
  for (const port of open.splice(0)) port.close();
});

function channel(): [MessagePort, MessagePort] {
  const { port1, port2 } = new MessageChannel();
  open.push(port1, port2);
  return [port1, port2];
}

const asText = (raw: unknown) => {
  if (typeof raw === "string") return raw;
  throw new TerraError("malformed", "no text");
};

describe("a channel", () => {
  it("matches replies to requests, whatever the order in which they are answered", async () => {
    const [server, client] = channel();
    const held: (() => void)[] = [];
    serve(server, asText, (request) => {
      if (request !== "slow") return request;
      return new Promise((resolve) => held.push(() => resolve("slow at last")));
    });
    const { call } = connect<string>(client);
    const slow = call("slow");
    expect(await call("fast")).toBe("fast");
    held[0]?.();
    expect(await slow).toBe("slow at last");
  });

  it("carries a TerraError with its code, and any other error as internal", async () => {
    const [server, client] = channel();
    serve(server, asText, (request) => {
      throw request === "terra" ? new TerraError("sealed", "made elsewhere") : new RangeError("boo");
    });
    const { call } = connect<string>(client);
    await expect(call("terra")).rejects.toMatchObject({ code: "sealed", message: "sealed: made elsewhere" });
    await expect(call("other")).rejects.toMatchObject({ code: "internal", message: "internal: RangeError: boo" });
    await expect(call(7 as unknown as string)).rejects.toMatchObject({ code: "malformed" });
  });

  it("answers what cannot be answered in kind with an error, and what has no usable id not at all", async () => {
    const [server, client] = channel();
    serve(server, asText, (request) => (request === "function" ? () => 1 : request));
    const heard: unknown[] = [];
    client.addEventListener("message", ({ data }) => heard.push(data));
    const { call } = connect<string>(client);
    for (const junk of [null, 1, "x", [], { id: "1", request: "a" }, { id: 1.5, request: "a" }])
      client.postMessage(junk);
    await expect(call("function")).rejects.toMatchObject({ code: "internal" });
    expect(await call("text")).toBe("text");
    expect(heard).toHaveLength(2);
  });

  it("ignores replies that nobody waits for, and junk from the serving side", async () => {
    const [server, client] = channel();
    const peer: Client<string> = connect<string>(client);
    for (const junk of [null, "x", { reply: 99, value: 1 }, { reply: "1", value: 2 }, {}]) server.postMessage(junk);
    serve(server, asText, (request) => request);
    expect(await peer.call("still here")).toBe("still here");
  });

  it("transfers what is to be transferred", async () => {
    const [server, client] = channel();
    const bytes = new Uint8Array(8).fill(5);
    serve(server, asText, () => new Transferred(bytes, [bytes.buffer]));
    expect(await connect<string>(client).call("give")).toEqual(new Uint8Array(8).fill(5));
    expect(bytes.length).toBe(0);
  });

  it("brings events to all listeners until they leave", async () => {
    const [server, client] = channel();
    const { emit } = serve<string, number>(server, asText, (request) => request);
    const peer = connect<string, number>(client);
    const heard: string[] = [];
    const leave = peer.onEvent((event) => heard.push(`a${event}`));
    peer.onEvent((event) => heard.push(`b${event}`));
    emit(1);
    await peer.call("wait");
    leave();
    emit(2);
    await peer.call("wait");
    expect(heard).toEqual(["a1", "b1", "b2"]);
  });

  it("rejects what still waits, and all later calls, once it is closed", async () => {
    const [server, client] = channel();
    serve(server, asText, () => new Promise(() => {}));
    const peer = connect<string>(client);
    const waiting = peer.call("never");
    peer.close(new TerraError("bad-state", "the machine is off"));
    await expect(waiting).rejects.toThrow("the machine is off");
    await expect(peer.call("later")).rejects.toThrow("the machine is off");
  });

  it("refuses a request that cannot be posted", async () => {
    const [, client] = channel();
    await expect(connect<unknown>(client).call(() => 1)).rejects.toMatchObject({ code: "bad-argument" });
  });
});
