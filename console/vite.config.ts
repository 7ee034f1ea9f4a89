import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// References in the build are relative, so that the console works behind any path prefix.
export default defineConfig({
  base: "./",
  plugins: [react()],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: true },
  server: { proxy: { "/v1": "http://127.0.0.1:8787" } },
});
