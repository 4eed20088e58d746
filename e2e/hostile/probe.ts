/**
 * What hostile code tries from inside a worker: storage, other tabs, the network, and every port it can lay hands on. It runs in
 * measured workers, and, as the control, in a worker of the page's own origin, where the same lines must get through.
 */

export interface Findings {
  /** "reached", or the error that came in place of it. */
  [attempt: string]: string;
}

const WAIT_MS = 3000;

/** Something that never answers did not reach anything either. */
function patience<T>(attempt: Promise<T>): Promise<T | "no answer"> {
  return Promise.race([attempt, new Promise<"no answer">((resolve) => setTimeout(resolve, WAIT_MS, "no answer"))]);
}

async function attempt(what: () => Promise<unknown>): Promise<string> {
  try {
    const outcome = await patience(what());
    return outcome === "no answer" ? "no answer" : "reached";
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

const opened = (request: IDBOpenDBRequest) =>
  new Promise((resolve, reject) => {
    request.onsuccess = resolve;
    request.onerror = () => reject(request.error);
  });

/** An event of that name before any error. */
const event = (target: EventTarget, name: string) =>
  new Promise((resolve, reject) => {
    target.addEventListener(name, resolve);
    target.addEventListener("error", () => reject(new Error("error event")));
  });

/**
 * `site` is the address of the page's folder, `foreign` another server that lets anybody read it. `label` marks the requests
 * and broadcasts, so that whoever listens knows whose got through.
 */
export async function probe(site: string, foreign: string, label: string): Promise<Findings> {
  const socket = foreign.replace(/^http/, "ws");
  const attempts: Record<string, () => Promise<unknown>> = {
    IndexedDB: () => opened(indexedDB.open("terra-hostile")),
    "the private file system": () => navigator.storage.getDirectory(),
    caches: () => caches.open("terra-hostile"),
    locks: () => navigator.locks.query(),
    "fetch from the site": () => fetch(`${site}?fetch-${label}`),
    "fetch without an answer": () => fetch(`${site}?no-cors-${label}`, { mode: "no-cors" }),
    "fetch from elsewhere": () => fetch(`${foreign}?fetch-${label}`),
    "a typeface from the site": () => new FontFace("probe", `url(${site}?font-${label})`).load(),
    XMLHttpRequest: async () => {
      const request = new XMLHttpRequest();
      request.open("GET", `${site}?xhr-${label}`);
      const loaded = event(request, "load");
      request.send();
      await loaded;
    },
    "a module from the site": () => import(/* @vite-ignore */ `${site}probe-module.js?module-${label}`),
    "a module from elsewhere": () => import(/* @vite-ignore */ `${foreign}probe-module.js?module-${label}`),
    WebSocket: () => event(new WebSocket(`${socket}?socket-${label}`), "open"),
    EventSource: () => event(new EventSource(`${foreign}events?stream-${label}`), "open"),
    "a worker of the site": () =>
      event(new Worker(`${site}probe-worker.js?worker-${label}`, { type: "module" }), "message"),
  };
  const findings: Findings = {};
  for (const [name, what] of Object.entries(attempts)) findings[name] = await attempt(what);
  // Sending always "works"; whether anybody hears it, the page tells.
  findings.BroadcastChannel = await attempt(async () => new BroadcastChannel("terra").postMessage(label));
  return findings;
}

/** Asks a port something and waits for its answer; anything but a refusal is "reached". */
export async function ask(port: MessagePort, request: unknown): Promise<string> {
  const id = 1_000_000 + Math.floor(Math.random() * 1_000_000);
  return attempt(
    () =>
      new Promise((resolve, reject) => {
        port.addEventListener("message", ({ data }) => {
          if (data?.reply !== id) return;
          if (data.error) reject(new Error(`${data.error.code}: ${data.error.sentence}`));
          else resolve(data.value);
        });
        port.start();
        port.postMessage({ id, request });
      }),
  );
}
