// Build, test and development server. `--mode fake` puts the fake centre behind the pages.
import react from "@vitejs/plugin-react";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { fakeCentre } from "./dev/plugin.ts";

export default defineConfig(({ mode }) => ({
  plugins: [react(), ...(mode === "fake" ? [fakeCentre()] : [])],
  resolve: { alias: { "@": fileURLToPath(new URL("src", import.meta.url)) } },
  build: { target: "es2023", outDir: "dist", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 900 },
  server: { proxy: mode === "fake" ? {} : { "/api": { target: process.env["KEREGE_CENTRE"] ?? "http://127.0.0.1:8080" } } },
  test: {
    restoreMocks: true,
    unstubGlobals: true,
    maxWorkers: 2,
    // A busy machine is slow, not wrong: few workers to start, and patience.
    pool: "threads",
    testTimeout: 60_000,
    projects: [
      { extends: true, test: { name: "logic", include: ["src/**/*.test.ts"], environment: "node", isolate: false } },
      { extends: true, test: { name: "pages", include: ["src/**/*.test.tsx"], environment: "happy-dom", setupFiles: ["src/testing/setup.ts"] } },
    ],
  },
}));
