// Puts the fake centre behind the development server (`npm run dev:fake`) and behind the built files
// (`npm run preview:fake`), there with the same security policy as the real centre's.
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import type { Connect, Plugin, PreviewServer } from "vite";
import { FakeCentre } from "./fake/centre.ts";
import { createWorld } from "./fake/world.ts";

const policy = (nonce: string): string =>
  `default-src 'none'; script-src 'self' 'nonce-${nonce}'; style-src 'self' 'nonce-${nonce}'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'`;

export function fakeCentre(): Plugin {
  return {
    name: "kerege-fake-centre",
    configureServer: (server) => {
      server.middlewares.use(serve(startCity()));
    },
    configurePreviewServer: (server) => {
      server.middlewares.use(serve(startCity()));
      server.middlewares.use(page(server));
    },
  };
}

/** A city that goes on by itself: an incident every 20 s, pictures every 3 s, counts every minute. */
function startCity(): FakeCentre {
  const centre = new FakeCentre(createWorld());
  if (process.env["KEREGE_FAKE_STILL"] === undefined) {
    setInterval(() => {
      const id = centre.begin();
      setTimeout(() => { centre.end(id); }, 45_000);
    }, 20_000).unref();
  }
  setInterval(() => { centre.tell("camera", { dev: "bsk-017", cam: "c1" }); }, 3000).unref();
  setInterval(() => { centre.tell("counts", { dev: "bsk-017", cam: "c1" }); }, 60_000).unref();
  return centre;
}

function serve(centre: FakeCentre): Connect.NextHandleFunction {
  return (request, response, next) => {
    if (request.url?.startsWith("/api/") !== true) {
      next();
      return;
    }
    void answer(centre, request, response);
  };
}

async function answer(centre: FakeCentre, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.on("close", () => { gone.abort(); });
  const body = request.method === "POST" ? await new Response(Readable.toWeb(request) as ReadableStream).text() : null;
  const reply = await centre.answer(new Request(`http://fake${request.url ?? "/"}`, { method: request.method ?? "GET", body, signal: gone.signal }));
  response.writeHead(reply.status, Object.fromEntries(reply.headers));
  if (reply.body) Readable.fromWeb(reply.body as never).on("error", () => response.end()).pipe(response);
  else response.end();
}

/** Every address that is no file is the page, with a fresh nonce. */
function page(server: PreviewServer): Connect.NextHandleFunction {
  return (request, response, next) => {
    if (/\.\w+(\?|$)/.test(request.url ?? "")) {
      next();
      return;
    }
    void readFile(`${server.config.build.outDir}/index.html`, "utf8").then((html) => {
      const nonce = randomBytes(16).toString("base64");
      response.setHeader("content-security-policy", policy(nonce));
      response.setHeader("content-type", "text/html; charset=utf-8");
      response.end(html.replaceAll("__CSP_NONCE__", nonce));
    });
  };
}
