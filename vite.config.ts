import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { layerCheck, looserPolicyInDevelopment, measured, sizeCheck } from "./tools/vite-measured.mjs";

// dist/ is a static site for any server at any path: all addresses relative, no header needed.
export default defineConfig({
  base: "./",
  plugins: [react(), measured(), layerCheck("page"), sizeCheck(), looserPolicyInDevelopment()],
  worker: { format: "es", plugins: () => [layerCheck("worker")] },
  build: {
    target: "es2022",
    // The page's policy forbids data: for fonts and scripts, so nothing may be inlined into an address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The page is one program and shown at once; a warning about its size helps nobody.
    chunkSizeWarningLimit: 2000,
  },
  server: { host: "localhost", port: 5173 },
});
