// Approximates a PNG with triangles by the npm package geometrizejs.
//
//   node geometrize.mjs IN.png OUT.png SHAPES [SEED [CANDIDATES [MUTATIONS [ALPHA]]]]
//
// Start it in the folder in which `npm install geometrizejs pngjs` was done.  OUT.png has the size of IN.png.  Prints
// one JSON object.  Mutations are how many in a row must fail before a shape is taken; alpha is 0 to 255.

import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { Bitmap, ImageRunner, ShapeTypes } = require("geometrizejs");
const { PNG } = require("pngjs");

// The package has no seed: it asks Math.random, so that is replaced (mulberry32, public domain).
function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const [input, output] = process.argv.slice(2, 4);
const [shapes, seed = 0, candidates = 100, mutations = 200, alpha = 128] = process.argv.slice(4).map(Number);
Math.random = seededRandom(seed);

const picture = PNG.sync.read(readFileSync(input));
const runner = new ImageRunner(Bitmap.createFromByteArray(picture.width, picture.height, picture.data));
const options = {
  shapeTypes: [ShapeTypes.TRIANGLE],
  candidateShapesPerStep: candidates,
  shapeMutationsPerStep: mutations,
  alpha,
};
for (let i = 0; i < shapes; i++) runner.step(options);

picture.data = Buffer.from(runner.getImageData().getBytes().b);
// It rounds alpha down at every shape, so that layers of opaque paint end up translucent; colour alone is kept.
for (let i = 3; i < picture.data.length; i += 4) picture.data[i] = 255;
writeFileSync(output, PNG.sync.write(picture));
const { user, system } = process.cpuUsage();
const version = require("geometrizejs/package.json").version;
const settings = { candidates, mutations, alpha };
console.log(JSON.stringify({ version, settings, shapes, seed, cpu: (user + system) / 1e6 }));
