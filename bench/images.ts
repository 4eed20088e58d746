/** Images of the site as the baselines take them: whole, in memory, straight from its files. */

interface ImageRow {
  id: string;
  descriptor: { path: string };
  stub: { path: string };
  kernel: { path: string };
  boot: { path: string };
}

export interface Image {
  memoryMiB: number;
  commandLine: string;
  console: boolean;
  stub: Uint8Array<ArrayBuffer>;
  kernel: Uint8Array<ArrayBuffer>;
  /** The file system, without its hash tree. */
  disk: Uint8Array<ArrayBuffer>;
}

async function unzipped(path: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(new URL(`../images/${path}`, location.href));
  const body = response.body;
  if (!response.ok || !body) throw new Error(`${path}: the server answers ${response.status}`);
  return new Uint8Array(await new Response(body.pipeThrough(new DecompressionStream("gzip"))).arrayBuffer());
}

export async function loadImages(ids: string[]): Promise<Map<string, Image>> {
  const manifest = (await (await fetch("../images/manifest.json")).json()) as { images: ImageRow[] };
  const images = new Map<string, Image>();
  for (const id of ids) {
    const row = manifest.images.find((each) => each.id === id);
    if (!row) throw new Error(`the catalogue has no image ${id}`);
    const [text, stub, kernel, disk] = await Promise.all(
      [row.descriptor, row.stub, row.kernel, row.boot].map(({ path }) => unzipped(path)),
    );
    if (!text || !stub || !kernel || !disk) throw new Error(`the image ${id} is not whole`);
    const { memoryMiB, commandLine, console, boot } = JSON.parse(new TextDecoder().decode(text));
    images.set(id, {
      memoryMiB,
      commandLine,
      console: console !== "none",
      stub,
      kernel,
      disk: disk.slice(0, boot.size),
    });
  }
  return images;
}

export async function loadWasm(): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await (await fetch("../measured/v86.wasm")).arrayBuffer());
}
