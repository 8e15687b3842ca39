// Draws a work up to any stroke: a canvas for each layer, for a stroke that is laid last may lie on the lowest one.

const MOST_LAYERS = 12; // works of more are drawn on one canvas, in painting order

class Painter {
  constructor(work, loaded) {
    this.work = work;
    this.scale = work.shown[0] / work.size[0];
    const used = [...new Set(work.strokes.map((row) => row[ROW.layer]))].sort((a, b) => a - b);
    this.places = used.length > MOST_LAYERS ? new Map() : new Map(used.map((layer, place) => [layer, place]));
    this.layers = Array.from({ length: Math.max(this.places.size, 1) }, () => this.fresh());
    this.under = this.fresh();
    this.laid = 0;
    this.shape = null; // a picture whose transparency cuts the drawing
    this.ready = this.prepare(loaded);
  }

  fresh() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = this.work.shown;
    const pen = canvas.getContext("2d");
    pen.scale(this.scale, this.scale);
    return pen;
  }

  async prepare(loaded) {
    const { colour, tile, picture } = this.work.under;
    const pen = this.under;
    if (colour) {
      pen.fillStyle = colour;
      pen.fillRect(0, 0, ...this.work.size);
    } else {
      const image = new Image();
      image.src = tile || picture;
      await image.decode();
      if (tile) pen.fillStyle = pen.createPattern(image, "repeat");
      if (tile) pen.fillRect(0, 0, ...this.work.size);
      else pen.drawImage(image, 0, 0, ...this.work.size);
    }
    if (this.work.shaped) {
      this.shape = loaded;
      await loaded.decode();
    }
  }

  place(row) {
    return this.places.get(row[ROW.layer]) ?? 0;
  }

  draw(pen, row) {
    const brush = row[ROW.brush];
    drawGrainy(pen, row, this.work.ribbons[brush], this.work.grains[brush], this.scale);
  }

  // Lays strokes until so many lie; fewer than before begin anew.
  lay(count) {
    if (count < this.laid) {
      for (const pen of this.layers) pen.clearRect(0, 0, ...this.work.size);
      this.laid = 0;
    }
    for (; this.laid < count; this.laid++) {
      const row = this.work.strokes[this.laid];
      this.draw(this.layers[this.place(row)], row);
    }
  }

  // Shows the strokes that lie, and the share of the next one that is being laid.
  show(canvas, share) {
    [canvas.width, canvas.height] = this.work.shown;
    const pen = canvas.getContext("2d");
    const next = share > 0 ? this.work.strokes[this.laid] : null;
    pen.drawImage(this.under.canvas, 0, 0);
    this.layers.forEach((layer, place) => {
      pen.drawImage(layer.canvas, 0, 0);
      if (next && this.place(next) === place) {
        pen.save();
        pen.scale(this.scale, this.scale);
        this.draw(pen, partOf(next, share));
        pen.restore();
      }
    });
    if (this.shape) {
      pen.globalCompositeOperation = "destination-in";
      pen.drawImage(this.shape, 0, 0, canvas.width, canvas.height);
    }
  }

  // The number of the uppermost stroke at a place, among the first so many; -1 if there is none.
  strokeAt(x, y, count) {
    const pen = this.under; // its matrix scales, so places are pixels of what is shown
    let [found, height] = [-1, -1];
    for (let index = Math.min(count, this.work.strokes.length) - 1; index >= 0; index--) {
      const row = this.work.strokes[index];
      const place = this.place(row);
      if (place <= height || !near(row, x / this.scale, y / this.scale)) continue;
      const shape = shapeOf(row);
      if (!shape) continue;
      pen.lineWidth = shape.width;
      pen.lineCap = row[ROW.blunt] ? "butt" : "round";
      if (shape.width ? pen.isPointInStroke(shape.path, x, y) : pen.isPointInPath(shape.path, x, y)) {
        [found, height] = [index, place];
      }
    }
    return found;
  }

  // Draws the outline of a stroke over the picture; nothing for -1.
  mark(canvas, index) {
    [canvas.width, canvas.height] = this.work.shown;
    const row = this.work.strokes[index];
    const shape = row && shapeOf(row);
    if (!shape) return;
    const pen = canvas.getContext("2d");
    pen.scale(this.scale, this.scale);
    const line = Math.max(this.work.size[0] / 500, 0.5);
    pen.lineCap = row[ROW.blunt] ? "butt" : "round";
    pen.lineJoin = "round";
    for (const [colour, wider] of [["#000", 3 * line], ["#fff", line]]) {
      pen.strokeStyle = colour;
      pen.lineWidth = shape.width + wider;
      pen.stroke(shape.path);
    }
    pen.globalCompositeOperation = "destination-out"; // leaves only the rim
    pen.lineWidth = shape.width;
    if (shape.width) pen.stroke(shape.path);
    else pen.fill(shape.path);
  }
}

// Whether a place may be within a stroke, told quickly by a box around it.
function near(row, x, y) {
  const [x0, y0, x1, y1, x2, y2] = row;
  const rim = Math.max(row[ROW.half], row[ROW.half + 1], row[ROW.half + 2]) + 1;
  return x > Math.min(x0, x1, x2) - rim && x < Math.max(x0, x1, x2) + rim &&
    y > Math.min(y0, y1, y2) - rim && y < Math.max(y0, y1, y2) + rim;
}
