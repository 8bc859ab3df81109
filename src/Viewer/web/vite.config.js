import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const pixiSync = fileURLToPath(new URL("node_modules/@pixi/unsafe-eval/lib/syncUniforms.mjs", import.meta.url));

/**
 * Annotorious draws through Pixi, which makes functions of text; the page's policy forbids that. Pixi's own way without
 * (@pixi/unsafe-eval) cannot reach the copy within Annotorious' bundle, so that its function is put there.
 */
const withoutEval = {
  name: "pixi-without-eval",
  transform(code, id) {
    if (!id.includes("annotorious-openseadragon.es.js")) return null;
    const changes = [
      ["this.systemCheck(), this.gl = null", "this.gl = null", 1],
      [
        "(t.syncUniforms[this.shader.program.id] || this.createSyncGroups(t))(e.uniformData, t.uniforms, this.renderer, i);",
        "pixiSync(t, this.shader.program.uniformData, e.uniformData, t.uniforms, this.renderer);",
        1,
      ],
      // Styles as attributes are inline styles to the policy; set as properties they are not.
      [
        "r.getAttribute(t) !== e && r.setAttribute(t, e);",
        "t === 'style' ? (r.style.cssText = e) : r.getAttribute(t) !== e && r.setAttribute(t, e);",
        2,
      ],
    ];
    let text = `import { syncUniforms as pixiSync } from "${pixiSync}";\n${code}`;
    for (const [from, to, times] of changes) {
      if (text.split(from).length !== times + 1)
        throw new Error(`Annotorious has changed: '${from}' stands in it not ${times} times`);
      text = text.replaceAll(from, to);
    }
    return { code: text, map: null };
  },
};

// Fonts and pictures stay files of their own: the page's Content-Security-Policy takes scripts and styles from the server alone.
export default defineConfig({
  base: "./",
  plugins: [withoutEval],
  build: { target: "es2022", assetsInlineLimit: 0, modulePreload: { polyfill: false }, chunkSizeWarningLimit: 2000 },
});
