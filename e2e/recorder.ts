/**
 * Records every message that leaves a machine's realms, where it arrives: in the page, and in the workers of the page's origin
 * (physical world, factory). Works by standing between a message event and whoever reads its data, so that no code of the
 * project has to help. What came over a person's port is kept apart.
 */
import type { Page } from "@playwright/test";

/** Runs in the page and in its http workers. It takes what it needs from its own text, so it must stand alone. */
function record(): void {
  const texts: string[] = [];
  const pieces: Uint8Array[] = [];
  const persons: (string | Uint8Array)[] = [];
  const personPorts = new WeakSet<object>();
  const seen = new WeakSet<object>();
  const siblings = new WeakMap<object, object>();

  const keep = (value: unknown, person: boolean, depth = 0): void => {
    if (depth > 12 || value === null) return;
    if (typeof value === "string") {
      if (person) persons.push(value);
      else texts.push(value);
      return;
    }
    if (typeof value !== "object") return;
    if (value instanceof ArrayBuffer) {
      const copy = new Uint8Array(value.slice(0));
      if (person) persons.push(copy);
      else pieces.push(copy);
      return;
    }
    if (ArrayBuffer.isView(value)) {
      const copy = new Uint8Array(value.buffer, value.byteOffset, value.byteLength).slice();
      if (person) persons.push(copy);
      else pieces.push(copy);
      return;
    }
    if (value instanceof MessagePort) return;
    if (value instanceof Error) {
      keep(value.message, person, depth + 1);
      return;
    }
    for (const [key, each] of value instanceof Map ? value : Object.entries(value)) {
      keep(key, person, depth + 1);
      keep(each, person, depth + 1);
    }
  };

  const descriptor = Object.getOwnPropertyDescriptor(MessageEvent.prototype, "data");
  const read = descriptor?.get;
  if (!read) throw new Error("message events have no data to stand in front of");
  Object.defineProperty(MessageEvent.prototype, "data", {
    ...descriptor,
    get(this: MessageEvent) {
      const data: unknown = read.call(this);
      // The search itself comes over a channel, too, and is no machine's.
      if (!seen.has(this) && !(this.currentTarget instanceof BroadcastChannel)) {
        seen.add(this);
        keep(data, personPorts.has(this.currentTarget ?? this));
      }
      return data;
    },
  });

  const Channel = MessageChannel;
  globalThis.MessageChannel = class extends Channel {
    constructor() {
      super();
      siblings.set(this.port2, this.port1);
    }
  };
  if (typeof Worker !== "undefined") {
    const post = Worker.prototype.postMessage;
    // The chip gets the far ends of the owner's and of the person's channel at power-on; the near end of the latter is the person's.
    Worker.prototype.postMessage = function (this: Worker, message: unknown, ...rest: unknown[]) {
      const person = (message as { request?: { person?: object } } | null)?.request?.person;
      const near = person && siblings.get(person);
      if (near) personPorts.add(near);
      return Reflect.apply(post, this, [message, ...rest]);
    } as typeof post;
  }

  const places = (bytes: Uint8Array, wanted: Uint8Array): number => {
    let count = 0;
    const [first = 0] = wanted;
    for (let at = bytes.indexOf(first); at >= 0; at = bytes.indexOf(first, at + 1)) {
      if (wanted.every((byte, index) => bytes[at + index] === byte)) count++;
    }
    return count;
  };
  const search = (hex: string) => {
    const raw = Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
    const forms = [raw, new TextEncoder().encode(hex), new TextEncoder().encode(hex.toUpperCase())];
    const inText = (text: string) =>
      text
        .toLowerCase()
        .replace(/[^0-9a-f]/g, "")
        .includes(hex)
        ? 1
        : forms.slice(0, 1).filter(
            (form) =>
              places(
                Uint8Array.from(text, (char) => char.charCodeAt(0) & 255),
                form,
              ) > 0,
          ).length;
    const inBytes = (bytes: Uint8Array) => forms.reduce((sum, form) => sum + places(bytes, form), 0);
    const inEither = (value: string | Uint8Array) => (typeof value === "string" ? inText(value) : inBytes(value));
    const total = (values: readonly (string | Uint8Array)[]) => values.reduce((sum, value) => sum + inEither(value), 0);
    return {
      messages: texts.length + pieces.length,
      bytes: pieces.reduce((sum, { length }) => sum + length, 0),
      hits: total(texts) + total(pieces),
      personHits: total(persons),
    };
  };
  Object.assign(globalThis, { searchRecord: search });
  if (typeof window === "undefined") {
    const channel = new BroadcastChannel("recorder");
    channel.onmessage = ({ data }) => {
      if (typeof data?.search === "string") channel.postMessage({ found: search(data.search) });
    };
  }
}

export interface Found {
  messages: number;
  bytes: number;
  hits: number;
  personHits: number;
}

/** Before the page is opened. */
export async function startRecorder(page: Page): Promise<void> {
  await page.addInitScript(`(${record.toString()})();`);
  await page.route(/\/assets\/(?:main|physical|factory|worker)[^/]*\.js$/, async (route) => {
    const response = await route.fetch();
    const body = await response.text();
    // The page's own script has the init script already; a worker's gets it in front.
    const inWorker = `if (typeof window === "undefined") (${record.toString()})();\n`;
    await route.fulfill({ response, body: inWorker + body });
  });
}

/** What was found of these bytes (hex digits) in the page, and in all workers of its origin together. */
export async function searchRecords(page: Page, hex: string): Promise<{ page: Found; workers: Found[] }> {
  return page.evaluate(async (wanted) => {
    const own = (globalThis as unknown as { searchRecord(hex: string): Found }).searchRecord(wanted);
    const channel = new BroadcastChannel("recorder");
    const workers: Found[] = [];
    const both = new Promise<void>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${workers.length} workers have answered`)), 30_000);
      channel.onmessage = ({ data }) => {
        if (data?.found) workers.push(data.found);
        // The physical world and the factory.
        if (workers.length < 2) return;
        clearTimeout(late);
        resolve();
      };
    });
    channel.postMessage({ search: wanted });
    await both;
    channel.close();
    return { page: own, workers };
  }, hex);
}
