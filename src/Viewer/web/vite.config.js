import { defineConfig } from "vite";

// Fonts and pictures stay files of their own: the page's Content-Security-Policy takes scripts and styles from the server alone.
export default defineConfig({
  base: "./",
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2000 },
});
