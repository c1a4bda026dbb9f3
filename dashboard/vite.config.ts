import { svelte } from "@sveltejs/vite-plugin-svelte";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const client = fileURLToPath(new URL("../clients/typescript/src/", import.meta.url)); // its sources: one page, one build

export default defineConfig({
  plugins: [svelte()],
  resolve: {
    alias: [{ find: /^vigil-client\//, replacement: client }],
    dedupe: ["@bufbuild/protobuf"],
  },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // a data: address would need a weaker content security policy
    modulePreload: { polyfill: false },
  },
  server: { proxy: { "/api": "http://127.0.0.1:8080" } },
  test: { include: ["test/**/*.test.ts"], environment: "node", testTimeout: 30_000 },
});
