/**
 * The Vite plugin that puts the measured bundles at `measured/`, and licences.txt beside them: into dist/ when building, over HTTP when developing,
 * where a change below engine/ builds them again and reloads the page. It also holds the bundles that Vite itself makes
 * (the page, and the workers of factory and physical) to the layers they may contain. It must never hand Vite's own
 * transforms to measured code: what is measured is what tools/measured.mjs makes, in both modes.
 */
import path from "node:path";
import { gzipSync } from "node:zlib";
import { PAGE, PURE, REALMS, realmAllows, strangers } from "./layers.mjs";
import { licences } from "./licences.mjs";
import { buildMeasured, ROOT } from "./measured.mjs";

/** A module's path below the project's root; undefined for a virtual one. */
function plain(id) {
  if (id.startsWith("\0") || id.startsWith("rolldown:") || id.startsWith("vite/")) return undefined;
  const file = path.relative(ROOT, id.replace(/\?.*$/, "")).split(path.sep).join("/");
  return file === "index.html" ? undefined : file;
}

/**
 * Modules of a Vite bundle that may not be in it, as sentences.
 * @param {"page" | "worker"} kind a worker belongs to the realm of its entry; whatever has no realm is refused
 */
export function misplaced(output, kind) {
  const wrong = [];
  const chunks = Object.values(output).filter(({ type }) => type === "chunk");
  const entry = plain(chunks.find(({ isEntry }) => isEntry)?.facadeModuleId ?? "") ?? "";
  const realm = REALMS.find((folder) => entry.startsWith(`${folder}/`));
  const page = { folders: [...PAGE, ...PURE], packages: "any" };
  const worker = realm ? realmAllows(realm) : { folders: [], packages: [] };
  for (const chunk of chunks) {
    const modules = chunk.moduleIds.map(plain).filter((module) => module !== undefined);
    wrong.push(...strangers(chunk.fileName, modules, kind === "page" ? page : worker));
  }
  return wrong;
}

/** Checks each bundle that Vite makes: the page's, and those of workers it starts by address. */
export function layerCheck(kind) {
  return {
    name: "terra-layer-check",
    apply: "build",
    generateBundle(_options, output) {
      const wrong = misplaced(output, kind);
      if (wrong.length > 0) this.error(wrong.join("\n"));
    },
  };
}

/** Compressed bytes of own JavaScript that the site may have beside v86 and the measured bundles. */
const MOST = 300_000;

const compressed = (text) => gzipSync(text, { level: 9 }).length;

/**
 * Compressed sizes of what the page and its workers are made of: `all` with packages, `own` without them. A chunk's own share
 * is estimated by the length of its modules; workers, which have hardly anything of packages in them, count whole.
 */
export function sizes(output) {
  let [all, own] = [0, 0];
  for (const file of Object.values(output)) {
    if (file.type === "chunk") {
      const modules = Object.entries(file.modules);
      const length = (list) => list.reduce((sum, [, { renderedLength }]) => sum + renderedLength, 0);
      const mine = length(modules.filter(([id]) => !id.includes("/node_modules/")));
      const size = compressed(file.code);
      all += size;
      own += size * (mine / Math.max(1, length(modules)));
    } else if (/^assets\/.*\.js$/.test(file.fileName)) {
      all += compressed(file.source);
      own += compressed(file.source);
    }
  }
  return { all, own: Math.round(own) };
}

/** Measures the site's JavaScript, and builds none that has too much of its own. */
export function sizeCheck() {
  return {
    name: "terra-size-check",
    apply: "build",
    generateBundle(_options, output) {
      const { all, own } = sizes(output);
      const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} KB`;
      const words = `JavaScript, compressed: ${kilobytes(own)} own, ${kilobytes(all)} with packages`;
      if (own > MOST) this.error(`${words}; own may be ${kilobytes(MOST)}`);
      else this.info(words);
    },
  };
}

/** The measured bundles, in dist/ or served. */
export function measured() {
  let building;
  const current = () => {
    building ??= buildMeasured();
    return building;
  };
  return {
    name: "terra-measured",
    async generateBundle() {
      const { files } = await current();
      for (const [name, source] of files) this.emitFile({ type: "asset", fileName: `measured/${name}`, source });
      this.emitFile({ type: "asset", fileName: "licences.txt", source: licences() });
    },
    configureServer(server) {
      server.watcher.on("all", (_event, file) => {
        const changed = path.relative(ROOT, file).split(path.sep).join("/");
        if (!changed.startsWith("engine/") || changed.endsWith(".test.ts")) return;
        building = undefined;
        server.ws.send({ type: "full-reload" });
      });
      server.middlewares.use(async (request, response, next) => {
        const asked = new URL(request.url ?? "/", "http://localhost").pathname;
        const name = /^\/measured\/([^/]+)$/.exec(asked)?.[1];
        if (name === undefined) {
          next();
          return;
        }
        try {
          const bytes = (await current()).files.get(name);
          if (!bytes) {
            response.writeHead(404).end(`No measured file ${name}.`);
            return;
          }
          const extension = path.extname(name);
          const type = { ".js": "text/javascript", ".json": "application/json", ".wasm": "application/wasm" }[
            extension
          ];
          response.writeHead(200, { "content-type": type ?? "application/octet-stream", "cache-control": "no-store" });
          response.end(bytes);
        } catch (error) {
          building = undefined;
          server.config.logger.error(String(error));
          response.writeHead(500, { "content-type": "text/plain" }).end(String(error));
        }
      });
    },
  };
}

/**
 * Vite's development server needs an inline script and a WebSocket, which the page's policy forbids. Only there, the
 * policy is loosened; the built page keeps what index.html says.
 */
export function looserPolicyInDevelopment() {
  return {
    name: "terra-development-policy",
    apply: "serve",
    transformIndexHtml: (html) =>
      html
        .replace("script-src 'self'", "script-src 'self' 'unsafe-inline'")
        .replace("connect-src 'self'", "connect-src 'self' ws:"),
  };
}
