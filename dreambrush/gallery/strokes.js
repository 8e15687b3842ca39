"use strict";
// What a stroke is on a canvas: a curve with round or square ends, or an outline where its width changes.
// TAPERED and NARROWEST, the same as for an SVG, come from replay/stroke_looks.py; page.py puts them in.

const ROW = { path: 0, half: 6, opacity: 9, colour: 10, brush: 11, layer: 12, width: 13, pressure: 14, blunt: 16 };
const mix = (a, b, t) => a + (b - a) * t;

function colourOf(row) {
  return "#" + row[ROW.colour].toString(16).padStart(6, "0");
}

// The part of a stroke that is laid after a share of its time, 0 to 1, as another row.
function partOf(row, share) {
  const [x0, y0, x1, y1, x2, y2, near, middle, far] = row;
  const part = row.slice();
  const ax = mix(x0, x1, share), ay = mix(y0, y1, share);
  part[2] = ax;
  part[3] = ay;
  part[4] = mix(ax, mix(x1, x2, share), share);
  part[5] = mix(ay, mix(y1, y2, share), share);
  // Half-widths lie on a parabola through the three that are known.
  const at = (t) => near * (1 - t) * (1 - 2 * t) + middle * 4 * t * (1 - t) + far * t * (2 * t - 1);
  part[7] = at(share / 2);
  part[8] = at(share);
  return part;
}

// Directions of length 1 at start, middle and end.
function aheadOf(row) {
  const [x0, y0, x1, y1, x2, y2] = row;
  return [[x1 - x0, y1 - y0], [x2 - x0, y2 - y0], [x2 - x1, y2 - y1]].map((way) => {
    let [x, y] = way;
    if (Math.hypot(x, y) < 1e-6) [x, y] = [x2 - x0, y2 - y0];
    const far = Math.hypot(x, y);
    return far < 1e-6 ? [1, 0] : [x / far, y / far];
  });
}

// The outline along one side, round the end and back; null if a side would turn back.
function outlineOf(row, half) {
  const [x0, y0, x1, y1, x2, y2] = row;
  const ahead = aheadOf(row);
  const centre = [[x0, y0], [(x0 + 2 * x1 + x2) / 4, (y0 + 2 * y1 + y2) / 4], [x2, y2]];
  const sides = [-1, 1].map((sign) => {
    const side = centre.map(([x, y], i) => [x - sign * ahead[i][1] * half[i], y + sign * ahead[i][0] * half[i]]);
    side[1] = [0, 1].map((k) => 2 * side[1][k] - (side[0][k] + side[2][k]) / 2);
    return side;
  });
  for (const [a, b, c] of sides) {
    const ways = [[a, b], [a, c], [b, c]];
    const along = ways.map(([from, to], i) => (to[0] - from[0]) * ahead[i][0] + (to[1] - from[1]) * ahead[i][1]);
    if (Math.min(...along) < 0) return null;
  }
  const [left, right] = sides;
  const angle = ahead.map(([x, y]) => Math.atan2(y, x));
  const path = new Path2D();
  path.moveTo(...left[0]);
  path.quadraticCurveTo(...left[1], ...left[2]);
  if (row[ROW.blunt]) path.lineTo(...right[2]);
  else path.arc(x2, y2, half[2], angle[2] - Math.PI / 2, angle[2] + Math.PI / 2);
  path.quadraticCurveTo(...right[1], ...right[0]);
  if (!row[ROW.blunt]) path.arc(x0, y0, half[0], angle[0] + Math.PI / 2, angle[0] + Math.PI * 1.5);
  path.closePath();
  return path;
}

// {path, width}: width is 0 for an outline, which is filled.  null: it leaves no paint.
function shapeOf(row, wider = 1) {
  let half = row.slice(ROW.half, ROW.half + 3).map((value) => wider * value);
  if (Math.max(...half) <= 0 || row[ROW.opacity] <= 0) return null;
  half = half.map((value) => Math.max(value, NARROWEST));
  const tapered = Math.max(...half) >= TAPERED * Math.min(...half);
  const outline = tapered ? outlineOf(row, half) : null;
  if (outline) return { path: outline, width: 0 };
  const [x0, y0, x1, y1, x2, y2] = row;
  const path = new Path2D();
  path.moveTo(x0, y0);
  path.quadraticCurveTo(x1, y1, x2, y2);
  return { path, width: half[0] / 2 + half[1] + half[2] / 2 };
}

// A stroke with soft edges is drawn as ribbons, one in another; each adds what its opacity lacks over the wider ones.
function drawStroke(canvas, row, ribbons, lift = 1) {
  canvas.fillStyle = canvas.strokeStyle = colourOf(row);
  canvas.lineCap = row[ROW.blunt] ? "butt" : "round";
  let seen = 0;
  for (const [wider, share] of ribbons) {
    const shape = shapeOf(row, wider);
    const opacity = Math.min(lift * row[ROW.opacity] / 100 * share, 1);
    if (!shape || opacity <= seen) continue;
    canvas.globalAlpha = 1 - (1 - opacity) / (1 - seen);
    canvas.lineWidth = shape.width;
    if (shape.width) canvas.stroke(shape.path);
    else canvas.fill(shape.path);
    seen = opacity;
  }
  canvas.globalAlpha = 1;
}
