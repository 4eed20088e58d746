/**
 * Debian's Firefox plays lab hello: by the scripting API to its end, and step by step through the page's own keys. Nothing drives
 * it: Playwright cannot drive a stock Firefox, and under a WebDriver BiDi session one start of a machine in eight never ended
 * (firefox-esr 153; none of fifty did without a session). So the site is served with one script more, which acts in the page as
 * a student's would, and tells what it saw by going to another address.
 */
import { spawn } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import process from "node:process";
import { expect, test } from "./support.ts";

const FIREFOX = process.env.TERRA_FIREFOX ?? "/usr/bin/firefox-esr";
const PATIENCE_MS = 90_000;

/** What a script in the page may use to find out and to tell. */
const TOOLS = `
const tell = (what) => location.assign("/tell?" + encodeURIComponent(JSON.stringify(what)));
const when = async (holds) => { while (!holds()) await new Promise((resolve) => setTimeout(resolve, 50)); };
addEventListener("error", ({ message }) => tell({ error: message }));
addEventListener("unhandledrejection", ({ reason }) => tell({ error: String(reason) }));
`;

/**
 * The same, and once more where nothing was told in time: even without a session a start was once seen to stop in the middle, with
 * idle processors. The report says so.
 */
async function inFirefox(site: string, hash: string, script: string, folder: string): Promise<unknown> {
  try {
    return await once(site, hash, script, path.join(folder, "first"));
  } catch (error) {
    test.info().annotations.push({ type: "second Firefox", description: String(error) });
    return await once(site, hash, script, path.join(folder, "second"));
  }
}

/** Opens the site at `hash` in a Firefox of its own, with `script` (a module that ends with tell(…)) in the page; what it told. */
async function once(site: string, hash: string, script: string, folder: string): Promise<unknown> {
  let told: (what: unknown) => void;
  let gaveUp: (why: Error) => void;
  const telling = new Promise((resolve, reject) => {
    told = resolve;
    gaveUp = reject;
  });
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? "/", site);
    if (pathname === "/tell") {
      told(JSON.parse(decodeURIComponent(search.slice(1))));
      response.end();
    } else if (pathname === "/script.js") {
      response.writeHead(200, { "content-type": "text/javascript" }).end(TOOLS + script);
    } else {
      const found = await fetch(new URL(pathname.slice(1), site));
      const type = found.headers.get("content-type") ?? "";
      let body = Buffer.from(await found.arrayBuffer());
      if (type.startsWith("text/html")) {
        body = Buffer.from(
          body.toString("utf8").replace("</body>", '<script type="module" src="/script.js"></script></body>'),
        );
      }
      response.writeHead(found.status, { "content-type": type }).end(body);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "localhost", resolve));
  const { port } = server.address() as AddressInfo;
  const address = `http://localhost:${port}/${hash}`;
  mkdirSync(folder);
  const args = ["--headless", "--no-remote", "--profile", folder, "--window-size", "1280,720", address];
  const firefox = spawn(FIREFOX, args, { stdio: "ignore", env: { ...process.env, HOME: folder } });
  const ended = new Promise((resolve) => firefox.once("close", resolve));
  firefox.once("error", (error) => gaveUp(error));
  firefox.once("exit", (code) => gaveUp(new Error(`Firefox ended with ${code} and told nothing`)));
  const timer = setTimeout(() => gaveUp(new Error(`nothing was told within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
  try {
    return await telling;
  } finally {
    clearTimeout(timer);
    firefox.kill();
    await ended;
    server.closeAllConnections();
    server.close();
  }
}

test("scenario hello plays to its end in Firefox, each step as expected", async ({ baseURL, folder }) => {
  const script = `
    await when(() => "terra" in window);
    const { passed, steps } = await window.terra.runScenario("hello");
    tell({ passed, steps: steps.map(({ id, passed, observed }) => ({ id, passed, observed })), agent: navigator.userAgent });`;
  const told = (await inFirefox(`${baseURL}`, "#lab=none", script, folder)) as {
    passed: boolean;
    steps: { id: string; passed: boolean; observed: string }[];
    agent: string;
  };
  expect(told.agent).toContain("Firefox/");
  for (const { id, passed, observed } of told.steps) expect.soft(passed, `${id}, observed “${observed}”`).toBe(true);
  expect(told).toMatchObject({ passed: true });
  expect(told.steps.length).toBe(13);
});

test("in Firefox the page's keys play the lesson's steps", async ({ baseURL, folder }) => {
  const script = `
    const words = () => document.body.innerText;
    const press = (key) => document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    // The key is for the button that shows it.
    const ready = () => [...document.querySelectorAll("button:enabled")].some(({ innerText }) => /(Next|this) step\\s+N$/.test(innerText));
    for (const pattern of [/Accepted after 9 of 9 checks/, /Refused at check 5, firmware/]) {
      while (!pattern.test(words())) {
        await when(() => ready() || pattern.test(words()));
        if (!pattern.test(words())) press("n");
        await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      }
    }
    tell({ words: words() });`;
  const told = (await inFirefox(`${baseURL}`, "", script, folder)) as { words: string };
  expect(told.words).toContain("Refused at check 5, firmware");
});
