/**
 * A static file server for dist/, on this machine only, that does nothing a plain web server would not do: right types,
 * no special headers. If the site needed more than this, it would not run on the hosts it is meant for.
 *
 *   node tools/serve.mjs [--port N] [--folder FOLDER] [--base /PATH/]
 */
import { createReadStream, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { ROOT } from "./host.mjs";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".mjs": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".wasm": "application/wasm",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".woff": "font/woff",
  ".txt": "text/plain; charset=utf-8",
  ".pem": "text/plain; charset=utf-8",
  ".gz": "application/gzip",
};

/** The file that a request's path names, or undefined if it names none inside the folder. */
export function fileFor(folder, base, pathname) {
  let name;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  if (!name.startsWith(base) || name.includes("\0")) return undefined;
  let file = path.join(folder, name.slice(base.length));
  if (file !== folder && !file.startsWith(folder + path.sep)) return undefined;
  let stat = statSync(file, { throwIfNoEntry: false });
  if (stat?.isDirectory()) {
    file = path.join(file, "index.html");
    stat = statSync(file, { throwIfNoEntry: false });
  }
  return stat?.isFile()
    ? { file, size: stat.size, tag: `"${stat.size.toString(36)}-${stat.mtimeMs.toString(36)}"` }
    : undefined;
}

function answer(folder, base, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    response.writeHead(405, { allow: "GET, HEAD" }).end();
    return;
  }
  const found = fileFor(folder, base, new URL(request.url ?? "/", "http://localhost").pathname);
  if (!found) {
    response.writeHead(404, { "content-type": "text/plain; charset=utf-8" }).end("Not found\n");
    return;
  }
  const headers = {
    "content-type": TYPES[path.extname(found.file)] ?? "application/octet-stream",
    "cache-control": "no-cache",
    etag: found.tag,
  };
  if (request.headers["if-none-match"] === found.tag) {
    response.writeHead(304, headers).end();
    return;
  }
  response.writeHead(200, { ...headers, "content-length": found.size });
  if (request.method === "HEAD") response.end();
  else
    createReadStream(found.file)
      .on("error", () => response.destroy())
      .pipe(response);
}

const listen = (handler, port, host) =>
  new Promise((resolve, reject) => {
    const server = createServer(handler);
    server.once("error", reject);
    server.listen(port, host, () => resolve(server));
  });

/**
 * Serves a folder on localhost, IPv4 and, where there is one, IPv6: a browser may try either.
 * @param {{folder?: string, port?: number, base?: string, onRequest?: (url: string) => void}} [options] port 0: any free
 *   one; a taken port: the next; onRequest hears of everything that is asked for
 * @returns {Promise<{address: string, port: number, close: () => Promise<void>}>}
 */
export async function serve({ folder = path.join(ROOT, "dist"), port = 5173, base = "/", onRequest } = {}) {
  if (!base.startsWith("/") || !base.endsWith("/"))
    throw new Error(`A base begins and ends with "/"; this is "${base}".`);
  const handler = (request, response) => {
    onRequest?.(request.url ?? "");
    answer(path.resolve(folder), base, request, response);
  };
  for (let wanted = port; wanted < port + 50; wanted += 1) {
    let first;
    try {
      first = await listen(handler, wanted, "127.0.0.1");
      const bound = first.address().port;
      const second = await listen(handler, bound, "::1").catch((error) => {
        if (error.code === "EADDRINUSE") throw error;
        return undefined;
      });
      const servers = second ? [first, second] : [first];
      return {
        address: `http://localhost:${bound}${base}`,
        port: bound,
        close: async () => {
          for (const server of servers) {
            server.closeAllConnections();
            await new Promise((resolve) => server.close(resolve));
          }
        },
      };
    } catch (error) {
      first?.close();
      if (error.code !== "EADDRINUSE" && error.code !== "EACCES") throw error;
    }
  }
  throw new Error(`No free port from ${port} to ${port + 49}.`);
}

/** The port that PORT or the command line asks for; 5173 if neither does. */
export function wantedPort(text = process.env.PORT) {
  if (text === undefined || text === "") return 5173;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535) {
    throw new Error(`PORT is "${text}"; it must be a number from 0 to 65535.`);
  }
  return port;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name) => {
    const at = process.argv.indexOf(name);
    return at < 0 ? undefined : process.argv[at + 1];
  };
  const { address } = await serve({
    folder: option("--folder") ?? path.join(ROOT, "dist"),
    port: wantedPort(option("--port") ?? process.env.PORT),
    base: option("--base") ?? "/",
  });
  console.log(address);
}
