// Grain of chalks and streaks of bristles: noise that takes paint away within a stroke, as strongly as was measured.

const TILE = 128, BLUR = 3; // pixels of the noise, and how far apart it is half alike
const THINNEST = 1; // pixels of half-width; thinner strokes show no grain

// Smooth noise without seams, of mean 0 and standard deviation 1.  It is the same every time.
function makeNoise() {
  let state = 1839;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  let noise = Float32Array.from({ length: TILE * TILE }, () => random() + random() + random() - 1.5);
  for (const step of [1, TILE, 1, TILE]) {
    const size = TILE * TILE;
    const at = (index, by) => {
      const row = step === 1 ? index - (index % TILE) : 0;
      return step === 1 ? row + ((index + by + TILE) % TILE) : (index + by * TILE + size) % size;
    };
    noise = noise.map((_, index) => (noise[at(index, -1)] + noise[index] + noise[at(index, 1)]) / BLUR);
  }
  const spread = Math.sqrt(noise.reduce((sum, value) => sum + value * value, 0) / noise.length);
  return noise.map((value) => value / spread);
}

const noise = makeNoise();
const lifts = (strength) => 1 + 2 * strength; // so much more paint is laid before the noise takes its share

// What noise of a strength takes away, as a picture of alpha.
const takers = new Map();
function takerOf(strength) {
  if (!takers.has(strength)) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = TILE;
    const pen = canvas.getContext("2d");
    const image = pen.createImageData(TILE, TILE);
    noise.forEach((value, index) => {
      const left = Math.min(Math.max((1 + strength * value) / lifts(strength), 0), 1);
      image.data[4 * index + 3] = Math.round(255 * (1 - left));
    });
    pen.putImageData(image, 0, 0);
    takers.set(strength, canvas);
  }
  return takers.get(strength);
}

// A canvas on which one stroke is drawn: square, and hardly larger than the stroke, for all of it is copied each time.
const scratches = new Map();
function scratchOf(size) {
  const side = 2 ** Math.ceil(Math.log2(size));
  if (!scratches.has(side)) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = side;
    scratches.set(side, canvas.getContext("2d"));
  }
  return scratches.get(side);
}

function drawGrainy(pen, row, ribbons, grain, scale) {
  const half = Math.max(row[ROW.half], row[ROW.half + 1], row[ROW.half + 2]);
  if (!grain || half * scale < THINNEST) return drawStroke(pen, row, ribbons);
  const [strength, along, across] = grain;
  const [x0, y0, x1, y1, x2, y2] = row;
  const rim = half * ribbons[0][0] + 2 / scale;
  const { width, height } = pen.canvas;
  const left = Math.max(Math.floor(scale * (Math.min(x0, x1, x2) - rim)), 0);
  const top = Math.max(Math.floor(scale * (Math.min(y0, y1, y2) - rim)), 0);
  const right = Math.min(Math.ceil(scale * (Math.max(x0, x1, x2) + rim)), width);
  const bottom = Math.min(Math.ceil(scale * (Math.max(y0, y1, y2) + rim)), height);
  if (right <= left || bottom <= top) return;
  const scratch = scratchOf(Math.max(right - left, bottom - top, 32));
  const box = [left / scale, top / scale, (right - left) / scale, (bottom - top) / scale];
  scratch.setTransform(scale, 0, 0, scale, -left, -top);
  scratch.clearRect(...box);
  drawStroke(scratch, row, ribbons, lifts(strength));
  const radius = row[ROW.width] / 2;
  const pattern = scratch.createPattern(takerOf(strength), "repeat");
  pattern.setTransform(new DOMMatrix()
    .translateSelf(x0 * 7.3, y0 * 5.9)
    .rotateSelf(Math.atan2(y2 - y0, x2 - x0) * 180 / Math.PI)
    .scaleSelf(along * radius / BLUR, across * radius / BLUR));
  scratch.globalCompositeOperation = "destination-out";
  scratch.fillStyle = pattern;
  scratch.fillRect(...box);
  scratch.globalCompositeOperation = "source-over";
  pen.drawImage(scratch.canvas, 0, 0, right - left, bottom - top, ...box);
}
