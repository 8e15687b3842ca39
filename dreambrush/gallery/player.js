// The stage: play and pause, the slider, what is shown, and which stroke lies under the pointer.

const by = (id) => document.getElementById(id);
const works = JSON.parse(by("data").textContent);
const painters = [];
const now = { work: 0, at: 0, view: null, playing: false, marked: -1, frame: 0 };
const SHORTEST = 4, LONGEST = 24; // seconds in which a work is painted
const A_STROKE = 0.4; // seconds for a stroke, if there are few

const seconds = (work) => Math.min(Math.max(A_STROKE * work.strokes.length, SHORTEST), LONGEST);
const number = (value) => value.toLocaleString("en");
const viewImage = (view) => by(`view-${now.work}-${view}`);

function painterOf(index) {
  const work = works[index];
  painters[index] ??= new Painter(work, by(`view-${index}-${work.end}`));
  return painters[index];
}

function strokeWords(work, index) {
  const row = work.strokes[index];
  const [from, to] = row.slice(ROW.pressure, ROW.pressure + 2).map((percent) => (percent / 100).toFixed(2));
  const layer = work.layers[row[ROW.layer]];
  return `Stroke ${number(index + 1)} of ${number(work.total)}: ${work.brushes[row[ROW.brush]] || "a brush"}, ` +
    `${colourOf(row)}, ${row[ROW.width]} pixels wide, pressure ${from} to ${to}` + (layer ? `, on “${layer}”` : "");
}

function tellStroke(work, index) {
  const row = work.strokes[index];
  by("swatch").hidden = !row;
  if (row) by("swatch").style.background = colourOf(row);
  const ground = work.under.picture ? "The work that it was painted onto." : "The bare ground.";
  by("stroke-words").textContent = row ? strokeWords(work, index) : ground;
}

// Shows everything as `now` says.
function render() {
  const work = works[now.work];
  const painter = painterOf(now.work);
  const count = Math.floor(now.at);
  const atEnd = count >= work.strokes.length;
  const view = now.view ?? (atEnd ? work.end : null);
  const image = by("shown");
  if (view === null) {
    painter.lay(count);
    painter.show(by("paint"), now.at - count);
  } else if (image.dataset.of !== `${now.work}-${view}`) {
    image.src = viewImage(view).src;
    image.dataset.of = `${now.work}-${view}`;
  }
  image.hidden = view === null;
  by("strokes").value = count;
  by("strokes").setAttribute("aria-valuetext", count ? strokeWords(work, count - 1) : "no stroke yet");
  by("count").textContent = `${number(count)} of ${number(work.total)}`;
  const drawn = "Drawn by the browser from the strokes, without a brush engine: grain is only hinted at, and paint does not mix.";
  const shown = [work.views[view], work.captions[view]].filter(Boolean).join(", ");
  const laid = now.view === null && work.endNote ? ` All strokes are laid: ${work.endNote}.` : "";
  by("caption").textContent = view === null ? drawn : `${shown}.${laid}`;
  if (now.marked < 0) tellStroke(work, count - 1);
  for (const button of by("views").children) {
    button.setAttribute("aria-pressed", String(button.dataset.view === String(now.view)));
  }
  by("play-sign").textContent = now.playing ? "❚❚" : "▶";
  by("play-word").textContent = now.playing ? "Pause" : "Play";
  Object.assign(by("stage").dataset, { work: now.work, drawn: count, view: view ?? "strokes", playing: now.playing });
}

function later() {
  now.frame ||= requestAnimationFrame(() => {
    now.frame = 0;
    render();
  });
}

function goTo(at) {
  now.at = Math.min(Math.max(at, 0), works[now.work].strokes.length);
  now.view = null;
  mark(-1);
  later();
}

function play(on) {
  const work = works[now.work];
  now.playing = on;
  now.view = null;
  if (on && now.at >= work.strokes.length) now.at = 0;
  let before = null;
  const step = (time) => {
    if (!now.playing || works[now.work] !== work) return;
    now.at += work.strokes.length * Math.min((time - (before ?? time)) / 1000, 0.1) / seconds(work);
    before = time;
    if (now.at >= work.strokes.length) {
      now.at = work.strokes.length;
      now.playing = false;
    }
    render();
    if (now.playing) requestAnimationFrame(step);
  };
  if (on) requestAnimationFrame(step);
  later();
}

function mark(index) {
  if (index === now.marked) return;
  now.marked = index;
  painterOf(now.work).mark(by("over"), index);
  tellStroke(works[now.work], index >= 0 ? index : Math.floor(now.at) - 1);
  by("stage").dataset.marked = index;
}

function choose(index, at) {
  const work = works[index];
  Object.assign(now, { work: index, at: at ?? work.strokes.length, view: null, playing: false, marked: -1 });
  by("frame").classList.toggle("sharp", Math.max(...work.size) < 200);
  by("frame").style.setProperty("--shape", work.shown[0] / work.shown[1]);
  by("frame").style.setProperty("--most", `${Math.max(work.shown[0], 512)}px`);
  by("work-title").textContent = works.length > 1 ? `${work.title}.` : "";
  by("strokes").max = work.strokes.length;
  by("views").replaceChildren(...[null, ...work.views.keys()].map((view) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.view = String(view);
    button.textContent = view === null ? "Strokes" : work.views[view];
    button.addEventListener("click", () => {
      Object.assign(now, { view, playing: false });
      later();
    });
    return button;
  }));
  document.querySelectorAll(".watch").forEach((button, place) => {
    if (place === index) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  });
  by("over").width = by("over").height = 0;
  return painterOf(index).ready.then(render);
}

function pointed(event) {
  const box = by("frame").getBoundingClientRect();
  const [width, height] = works[now.work].shown;
  const x = (event.clientX - box.left) / box.width * width, y = (event.clientY - box.top) / box.height * height;
  const seen = now.view === null ? Math.floor(now.at) : works[now.work].strokes.length;
  mark(painterOf(now.work).strokeAt(x, y, seen));
}

by("play").addEventListener("click", () => play(!now.playing));
by("strokes").addEventListener("input", (event) => {
  now.playing = false;
  goTo(Number(event.target.value));
});
by("frame").addEventListener("pointermove", (event) => now.playing || pointed(event));
by("frame").addEventListener("pointerdown", (event) => {
  now.playing = false;
  pointed(event);
  later();
});
by("frame").addEventListener("pointerleave", (event) => event.pointerType === "mouse" && mark(-1));
document.addEventListener("keydown", (event) => {
  const busy = event.target.closest("button, input, select, summary, a, [tabindex]");
  if (event.ctrlKey || event.altKey || event.metaKey || busy) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === " ") play(!now.playing);
  else if (step) {
    now.playing = false;
    goTo(Math.floor(now.at) + step);
  } else return;
  event.preventDefault();
});
document.querySelectorAll(".watch").forEach((button) => {
  button.hidden = false;
  button.addEventListener("click", () => {
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    by("stage").scrollIntoView({ behavior: still ? "auto" : "smooth" });
    choose(Number(button.dataset.work), 0).then(() => play(true));
    by("play").focus({ preventScroll: true });
  });
});

// A link may lead to a work and a stroke of it: page.html#work=2&stroke=120, both counted from 1 and 0.
const asked = new URLSearchParams(location.hash.slice(1));
const first = Math.min(Math.max(Number(asked.get("work") ?? 1) - 1 || 0, 0), works.length - 1);
by("stage").hidden = false;
document.documentElement.classList.add("alive");
choose(first).then(() => {
  if (asked.has("stroke")) goTo(Number(asked.get("stroke")) || 0);
});
