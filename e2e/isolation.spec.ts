/**
 * A hostile TVMM and a hostile vm worker try to reach storage, network, other tabs, the chip's keys and other realms' ports. The
 * controls run the same lines where they must get through; without them the failures here would prove nothing.
 */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "@playwright/test";
import { serve } from "../tools/serve.mjs";
import { hostile, padded, tvmmFor } from "./hostile/build.ts";
import type { Findings } from "./hostile/probe.ts";
import { test as base, expect } from "./support.ts";

const TWO_MACHINES = {
  id: "two",
  platforms: [
    {
      id: "alice",
      vms: [
        { name: "pc", image: "pc" },
        { name: "hello", image: "hello" },
      ],
    },
    { id: "bob", vms: [] },
  ],
};

/** What no measured code may reach, however it asks. */
const OUT_OF_REACH = [
  "IndexedDB",
  "the private file system",
  "caches",
  "locks",
  "fetch from the site",
  "fetch without an answer",
  "fetch from elsewhere",
  "XMLHttpRequest",
  "a typeface from the site",
  "a module from the site",
  "a module from elsewhere",
  "WebSocket",
  "EventSource",
  "a worker of the site",
];

interface Surroundings {
  /** The page, on a server of its own that notes what it is asked for. */
  page: Page;
  site: string;
  /** Another server, which lets everybody read it. */
  foreign: string;
  requests: string[];
}

const test = base.extend<{ around: Surroundings }>({
  around: async ({ page }, use) => {
    const requests: string[] = [];
    const own = await serve({ port: 0, onRequest: (url: string) => requests.push(url) });
    const other: Server = createServer((request, response) => {
      requests.push(`foreign${request.url}`);
      const name = (request.url ?? "").slice(1).split("?")[0];
      const type = { events: "text/event-stream", "probe-module.js": "text/javascript" }[name ?? ""] ?? "text/html";
      response.writeHead(200, { "access-control-allow-origin": "*", "content-type": type }).end("\n");
    });
    other.on("upgrade", (request, socket) => {
      requests.push(`foreign${request.url}`);
      socket.destroy();
    });
    await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
    const foreign = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
    await page.goto(`${own.address}#lab=none`);
    await page.waitForFunction(() => "terra" in window);
    await page.evaluate(() => {
      const heard: unknown[] = [];
      const channel = new BroadcastChannel("terra");
      channel.onmessage = ({ data }) => heard.push(data);
      Object.assign(window, { heard });
    });
    await use({ page, site: own.address, foreign, requests });
    other.closeAllConnections();
    await new Promise((resolve) => other.close(resolve));
    await own.close();
  },
});

const heard = (page: Page) => page.evaluate(() => (window as unknown as { heard: unknown[] }).heard);

/** Overwrites a part of alice's flash, as long as it was, and boots her machine again. */
async function plant(page: Page, parts: Record<string, Uint8Array>): Promise<void> {
  const lists = Object.fromEntries(
    Object.entries(parts).map(([name, code]) => [name, Buffer.from(code).toString("latin1")]),
  );
  await page.evaluate(
    async ({ lists, lab }) => {
      const alice = (await window.terra.open(lab)).platform("alice");
      const flash = alice.disk("flash");
      const content = await flash.copy();
      const view = new DataView(content.buffer, content.byteOffset);
      for (const [name, code] of Object.entries(lists)) {
        for (let entry = 12; entry < 12 + 56 * view.getUint32(8, true); entry += 56) {
          const found = new TextDecoder().decode(content.subarray(entry, entry + 40)).replace(/\0+$/, "");
          if (found !== name) continue;
          if (view.getUint32(entry + 44, true) !== code.length) throw new Error(`${name} has another length`);
          await flash.write(
            view.getUint32(entry + 40, true),
            Uint8Array.from(code, (char) => char.charCodeAt(0)),
          );
        }
      }
      await alice.powerOff();
      await alice.powerOn();
    },
    { lists, lab: TWO_MACHINES },
  );
}

function expectNothing(findings: Findings): void {
  for (const name of OUT_OF_REACH) {
    expect.soft(findings[name], `${name} was tried`).toBeDefined();
    expect.soft(findings[name], name).not.toBe("reached");
  }
}

test("a hostile TVMM reaches no storage, no network, no other tab, and no port beyond its own", async ({ around }) => {
  const { page, site, foreign, requests } = around;
  const code = await hostile("tvmm", { __SITE__: site, __FOREIGN__: foreign });
  await plant(page, { "tvmm.release": padded(code, "tvmm.release") });
  const findings: Findings = await page.evaluate(async () => {
    const lab = window.terra.lab;
    if (!lab) throw new Error("no lab is open");
    return JSON.parse((await lab.waitForMessage({ kind: "other" }, 90_000)).summary);
  });
  expectNothing(findings);
  for (const name of [
    "a second endorsement",
    "another machine's media",
    "another machine's media by name",
    "the physical realm's calls",
    "the flash for writing",
    "one more extension",
    "the chip's power",
    "the chip's certification",
    "the chip's keys by name",
    "the chip's keys by provisioning",
    "the person's port, from the wrong side",
    "a key that another TVMM sealed",
  ]) {
    expect.soft(findings[name], `${name} was tried`).toBeDefined();
    expect.soft(findings[name], name).not.toBe("reached");
  }
  // Control: it does reach what it was given, and there is a sealed key to be tried.
  expect(findings["its own media"]).toBe("reached");
  expect(findings["a key that it sealed itself"]).toBe("reached");
  expect(findings["a key that another TVMM sealed"]).toMatch(/^Error: sealed: /);
  expect(await heard(page)).not.toContain("tvmm");
  expect(requests.filter((url) => url.includes("-tvmm"))).toEqual([]);
});

test("a hostile vm worker reaches its own disk and nothing else", async ({ around }) => {
  const { page, site, foreign, requests } = around;
  const vm = padded(await hostile("vm", { __SITE__: site, __FOREIGN__: foreign }), "vm");
  await plant(page, { vm, "tvmm.release": padded(await tvmmFor(vm), "tvmm.release") });
  const findings: Findings = await page.evaluate(async () => {
    const lab = window.terra.lab;
    if (!lab) throw new Error("no lab is open");
    const line = await lab.vm("alice/pc").console.waitFor(/FINDINGS .*\n/, { timeoutMs: 90_000 });
    return JSON.parse(line.slice("FINDINGS ".length));
  });
  expectNothing(findings);
  // Control: its own disk, and that only for reading.
  expect(findings["its own disk"]).toBe("reached");
  for (const [name, outcome] of Object.entries(findings)) {
    if (["its own disk", "BroadcastChannel", "medium pc.boot"].includes(name)) continue;
    expect.soft(outcome, name).not.toBe("reached");
  }
  expect(await heard(page)).not.toContain("vm");
  expect(requests.filter((url) => url.includes("-vm"))).toEqual([]);
});

test("a vm worker that is not the TVMM's own is not started", async ({ around }) => {
  const { page } = around;
  const vm = padded(await hostile("vm", { __SITE__: "x", __FOREIGN__: "x" }), "vm");
  await expect(plant(page, { vm })).rejects.toThrow(/vm/);
});

test("controls: the same lines get through from the page's origin, and to a port that was handed over", async ({
  around,
}) => {
  const { page, site, foreign, requests } = around;
  const worker = Buffer.from(await hostile("worker")).toString("latin1");
  const probed = (where: Page, label: string): Promise<Findings> =>
    where.evaluate(
      async ({ worker, site, foreign, label }) => {
        const code = Uint8Array.from(worker, (char) => char.charCodeAt(0));
        const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
        const started = new Worker(address, { type: "module" });
        started.postMessage({ site, foreign, label });
        return new Promise<Findings>((resolve) => {
          started.onmessage = ({ data }) => resolve(data);
        });
      },
      { worker, site, foreign, label },
    );
  const same = await probed(page, "same");
  for (const name of [
    "IndexedDB",
    "the private file system",
    "caches",
    "locks",
    "fetch from the site",
    "XMLHttpRequest",
  ]) {
    expect.soft(same[name], name).toBe("reached");
  }
  await expect.poll(() => heard(page)).toContain("same");
  // The page's own policy lets none of these out to other servers; a page of the other server's has no policy.
  const elsewhere = await page.context().newPage();
  await elsewhere.goto(foreign);
  const free = await probed(elsewhere, "free");
  for (const name of ["fetch from elsewhere", "a module from elsewhere", "EventSource"]) {
    expect.soft(free[name], name).toBe("reached");
  }
  // Each way out is one that the servers notice.
  for (const way of [
    "fetch-same",
    "no-cors-same",
    "xhr-same",
    "font-same",
    "module-same",
    "worker-same",
    "socket-free",
    "stream-free",
  ]) {
    expect.soft(requests.filter((url) => url.endsWith(way)).length, way).toBeGreaterThan(0);
  }

  // A measured module whose launcher deliberately hands it a port to the chip's keys.
  const module = Buffer.from(await hostile("module")).toString("latin1");
  const outcome = await page.evaluate(
    async ({ module, site, foreign }) => {
      const alice = (await window.terra.open("hello")).platform("alice");
      const chip = (await alice.bootLog()).find((stage) => stage.name === "chip");
      const opening = indexedDB.open("terra-chip");
      const database: IDBDatabase = await new Promise((resolve, reject) => {
        opening.onsuccess = () => resolve(opening.result);
        opening.onerror = () => reject(opening.error);
      });
      const reading = database.transaction("chips").objectStore("chips").getAll();
      const kept: { endorsement: CryptoKeyPair; certificate: string }[] = await new Promise((resolve, reject) => {
        reading.onsuccess = () => resolve(reading.result);
        reading.onerror = () => reject(reading.error);
      });
      database.close();
      const keys = kept.find((each) => each.certificate === chip?.certificate);
      if (!keys) throw new Error("the chip's keys are not where they were expected");
      const signatures: { label: string; signature: ArrayBuffer }[] = [];
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = async ({ data: { id, request } }) => {
        const algorithm = { name: "ECDSA", hash: "SHA-256" };
        const text = new TextEncoder().encode(request.label);
        signatures.push({
          label: request.label,
          signature: await crypto.subtle.sign(algorithm, keys.endorsement.privateKey, text),
        });
        port1.postMessage({ reply: id, value: "signed" });
      };
      const report = new MessageChannel();
      const code = Uint8Array.from(module, (char) => char.charCodeAt(0));
      const shim =
        "self.onmessage=async({data:{code,init}})=>{const a=URL.createObjectURL(new Blob([code],{type:'text/javascript'}));(await import(a)).start(init)}";
      const started = new Worker(`data:text/javascript,${encodeURIComponent(shim)}`, { type: "module" });
      const init = { site, foreign, label: "handed", report: report.port2, keys: port2 };
      started.postMessage({ code, init }, [report.port2, port2]);
      const findings: Findings = await new Promise((resolve) => {
        report.port1.onmessage = ({ data }) => resolve(data);
      });
      started.terminate();
      const made = signatures[0];
      const genuine =
        made !== undefined &&
        (await crypto.subtle.verify(
          { name: "ECDSA", hash: "SHA-256" },
          keys.endorsement.publicKey,
          made.signature,
          new TextEncoder().encode(made.label),
        ));
      return { findings, genuine };
    },
    { module, site, foreign },
  );
  expectNothing(outcome.findings);
  expect(outcome.findings["the chip's keys"]).toBe("reached");
  expect(outcome.genuine).toBe(true);
  expect(requests.filter((url) => url.includes("handed"))).toEqual([]);
});
