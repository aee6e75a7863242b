import { defineConfig } from "vitest/config";

/** Its package names the build for development only, with warnings that a browser would load for nobody. */
const ROUTER = decodeURIComponent(
  new URL("node_modules/react-router/dist/production/index.mjs", import.meta.url).pathname,
);

export default defineConfig({
  resolve: { alias: [{ find: /^react-router$/, replacement: ROUTER }] },
  esbuild: { jsx: "automatic" },
  build: {
    outDir: "../src/openbell/api/page",
    emptyOutDir: true,
    target: "es2023",
    rollupOptions: {
      // Libraries say "use client" for servers that render; here is none.
      onwarn: (warning, warn) => warning.code === "MODULE_LEVEL_DIRECTIVE" || warn(warning),
    },
  },
  server: { proxy: { "/api": { target: "http://127.0.0.1:8000", ws: true } } },
  test: { include: ["src/**/*.test.ts"] },
});
