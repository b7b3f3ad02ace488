// Builds what a browser loads: node assets/build.js [--watch]

import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, watch, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import * as esbuild from "esbuild";
import * as sass from "sass";

const ENTRIES = ["styles/app.css", "scripts/app.js", "scripts/password.js", "scripts/reload.js"];
const ROOT = resolve(import.meta.dirname, "..");
const DIST = resolve(ROOT, "static/dist");
const MANIFEST = resolve(DIST, "manifest.json");

const watching = process.argv.includes("--watch");
const results = new Map();

const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, ({ path }) => {
      try {
        return { contents: compiled(path), loader: "css" };
      } catch ({ message }) {
        return { errors: [{ text: message }] };
      }
    });
  },
};

const manifest = {
  name: "manifest",
  setup(build) {
    build.onEnd(({ errors, outputFiles, metafile }) => {
      if (errors.length === 0) publish(outputFiles, metafile);
    });
  },
};

const context = await esbuild.context({
  absWorkingDir: ROOT,
  entryPoints: ENTRIES.map((entry) => `assets/${entry}`),
  outdir: DIST,
  entryNames: "[name]-[hash]",
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  sourcemap: watching && "linked",
  logLevel: "warning",
  metafile: true,
  write: false,
  plugins: [scss, manifest],
});

if (watching) {
  let saved;
  watch(resolve(ROOT, "assets"), { recursive: true }, () => {
    clearTimeout(saved); // an editor touches a file more than once when it saves
    saved = setTimeout(rebuild, 20);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => process.exit());
  await rebuild();
} else {
  await rebuild();
  await context.dispose();
}

async function rebuild() {
  const started = performance.now();
  try {
    await context.rebuild();
    console.log(`static/dist/ built in ${Math.round(performance.now() - started)} ms`);
  } catch {
    process.exitCode = watching ? 0 : 1; // esbuild has said why, and whoever watches mends it and saves again
  }
}

// The manifest comes last, in one piece, so that it names nothing that is not there; then what it no longer names goes.
function publish(files, { outputs }) {
  mkdirSync(DIST, { recursive: true });
  for (const { path, contents } of files) writeFileSync(path, contents);
  const names = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint);
  const built = Object.fromEntries(
    names.map(([path]) => {
      const { contents } = files.find((file) => file.path === resolve(ROOT, path));
      const integrity = `sha384-${createHash("sha384").update(contents).digest("base64")}`;
      return [basename(path).replace(/-\w+(?=\.\w+$)/, ""), { file: basename(path), integrity }];
    }),
  );
  writeFileSync(`${MANIFEST}.new`, JSON.stringify(built, null, 2));
  renameSync(`${MANIFEST}.new`, MANIFEST);
  const kept = new Set(["manifest.json", ...files.map((file) => basename(file.path))]);
  for (const name of readdirSync(DIST)) if (!kept.has(name)) rmSync(resolve(DIST, name), { recursive: true });
}

// Bootstrap takes most of a second, so nothing is compiled again before something that it loads has changed.
function compiled(path) {
  const known = results.get(path);
  if (known && known.saved === lastSaved(known)) return known.contents;
  const result = sass.compile(path, {
    loadPaths: [resolve(ROOT, "node_modules")],
    quietDeps: true,
    silenceDeprecations: ["import"], // Bootstrap 5 is made for it
    sourceMap: watching,
    sourceMapIncludeSources: watching,
  });
  const contents = result.css + (watching ? inline(result.sourceMap) : "");
  results.set(path, { ...result, contents, saved: lastSaved(result) });
  return contents;
}

function lastSaved({ loadedUrls }) {
  return Math.max(...loadedUrls.map((url) => statSync(url).mtimeMs));
}

function inline(sourceMap) {
  const url = `data:application/json;base64,${Buffer.from(JSON.stringify(sourceMap)).toString("base64")}`;
  return `\n/*# sourceMappingURL=${url} */`;
}
