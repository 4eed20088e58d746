/**
 * Paints what is in sight of a disk's hash tree and blocks onto the page's own canvas: a few thousand cells, however large the
 * disk is. Which blocks are what is decided elsewhere.
 */
import { type BlockMap, FAILED, UNCHECKED, VERIFIED } from "../facts/blocks.ts";
import { CELLS, cellAt, type MapLayout, OVERVIEW, rowOf, rowsInSight } from "./layout.ts";

/** Colours and letters as the theme has them. */
export interface Ink {
  ok: string;
  bad: string;
  edge: string;
  ink: string;
  surface: string;
  font: string;
}

export interface Scene {
  map: BlockMap;
  layout: MapLayout;
  /** Was the tree on the medium read and checked? It is, whole, before the box starts. */
  treeRead: boolean;
  rootWord: string;
  /** In CSS pixels: of what is in sight, and how far the map is scrolled. */
  width: number;
  height: number;
  top: number;
  chosen: number | null;
  hovered: number | null;
  /** How far a block that was just read has filled, 0 to 1. */
  filled(block: number): number;
}

type Context = CanvasRenderingContext2D;

const ROOT = { x: 2, width: 36, height: 22 };
const UPPER = { x: 50, width: 8 };
const HASH = { x: 86, width: 14, height: 9 };

interface Sight {
  first: number;
  last: number;
}

function paintCells(context: Context, scene: Scene, ink: Ink, { first, last }: Sight): void {
  const { map, layout, filled } = scene;
  const { cell, cellHeight } = layout;
  const gap = cell > 3 ? 1 : 0.5;
  const end = Math.min(layout.total, last * CELLS);
  const dots = new Path2D();
  const verified = new Path2D();
  const failed = new Path2D();
  const filling: number[] = [];
  for (let block = first * CELLS; block < end; block += 1) {
    const { x, y } = cellAt(block, layout);
    const state = map.states[block];
    if (state === VERIFIED && filled(block) < 1) filling.push(block);
    else if (state === UNCHECKED) dots.rect(x + cell / 2 - 0.5, y + cellHeight / 2 - 0.5, 1, 1);
    else (state === FAILED ? failed : verified).rect(x, y, cell - gap, cellHeight);
  }
  context.fillStyle = ink.edge;
  context.fill(dots);
  context.fillStyle = ink.bad;
  context.fill(failed);
  context.fillStyle = ink.ok;
  context.fill(verified);
  for (const block of filling) {
    const { x, y } = cellAt(block, layout);
    context.globalAlpha = filled(block);
    context.fillRect(x, y, cell - gap, cellHeight);
  }
  context.globalAlpha = 1;
}

function frameCell(context: Context, block: number, layout: MapLayout, width: number): void {
  const { x, y } = cellAt(block, layout);
  context.lineWidth = width;
  context.strokeRect(x - 1.5, y - 1.5, layout.cell + 2, layout.cellHeight + 3);
}

function curve(context: Context, x: number, y: number, toX: number, toY: number): void {
  const bend = (x + toX) / 2;
  context.beginPath();
  context.moveTo(x, y);
  context.bezierCurveTo(bend, y, bend, toY, toX, toY);
  context.stroke();
}

function hashBlock(context: Context, ink: Ink, x: number, y: number, width: number, how: "read" | "open" | "failed") {
  const box = [x, y - HASH.height / 2, width, HASH.height] as const;
  context.setLineDash(how === "open" ? [2, 2] : []);
  context.strokeStyle = how === "failed" ? ink.bad : how === "read" ? ink.ok : ink.edge;
  context.fillStyle = how === "read" ? ink.ok : ink.surface;
  context.fillRect(...box);
  context.strokeRect(...box);
  context.setLineDash([]);
}

/** Root, the level below it where there are more than 128 hash blocks, and a hash block for each row in sight. */
function paintTree(context: Context, scene: Scene, ink: Ink, { first, last }: Sight): void {
  const { map, layout, treeRead, top, height } = scene;
  const middle = top + Math.min(layout.height, height) / 2;
  const failedRow = map.firstFailed === null ? -1 : rowOf(map.firstFailed);
  const upperOf = (row: number) => Math.floor(row / CELLS);
  const deep = layout.rows > CELLS;
  // A hash block of the upper level stands at the middle of those of its rows that are in sight.
  const upperY = (upper: number) => {
    const from = Math.max(first, upper * CELLS);
    const to = Math.min(last, (upper + 1) * CELLS);
    return Math.min(top + height - 8, Math.max(top + 8, ((from + to) / 2) * layout.pitch));
  };
  const rootEdge = ROOT.x + ROOT.width;
  const line = (failed: boolean) => {
    context.strokeStyle = failed ? ink.bad : ink.edge;
    context.lineWidth = failed ? 2 : 1;
  };
  const rows = Array.from({ length: last - first }, (_, at) => first + at).filter((row) => row !== failedRow);
  // The way to what failed is painted last, above the others.
  if (failedRow >= first && failedRow < last) rows.push(failedRow);
  for (const row of rows) {
    const y = row * layout.pitch + layout.pitch / 2;
    const failed = row === failedRow;
    line(failed);
    if (deep) curve(context, UPPER.x + UPPER.width, upperY(upperOf(row)), HASH.x, y);
    else curve(context, rootEdge, middle, HASH.x, y);
    context.beginPath();
    context.moveTo(HASH.x + HASH.width, y);
    context.lineTo(layout.left - 6, y);
    context.stroke();
    hashBlock(context, ink, HASH.x, y, HASH.width, failed ? "failed" : treeRead ? "read" : "open");
  }
  for (let upper = upperOf(first); deep && upper <= upperOf(last - 1); upper += 1) {
    const failed = failedRow >= 0 && upper === upperOf(failedRow);
    line(failed);
    curve(context, rootEdge, middle, UPPER.x, upperY(upper));
    hashBlock(context, ink, UPPER.x, upperY(upper), UPPER.width, failed ? "failed" : treeRead ? "read" : "open");
  }
  line(failedRow >= 0);
  context.fillStyle = ink.surface;
  context.beginPath();
  context.roundRect(ROOT.x, middle - ROOT.height / 2, ROOT.width, ROOT.height, 2);
  context.fill();
  context.stroke();
  context.fillStyle = failedRow >= 0 ? ink.bad : ink.ink;
  context.font = `500 11px ${ink.font}`;
  context.textAlign = "center";
  context.fillText(scene.rootWord, ROOT.x + ROOT.width / 2, middle + 4);
}

/** The whole disk in small: how much of each row was checked, what failed, and which part is in sight. */
function paintOverview(context: Context, scene: Scene, ink: Ink): void {
  const { map, layout, top, height } = scene;
  const { overview: x, rows } = layout;
  if (x === null) return;
  const scale = height / layout.height;
  context.strokeStyle = ink.edge;
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, top + 0.5, OVERVIEW - 1, height - 1);
  const thick = Math.max(1, layout.pitch * scale);
  context.fillStyle = ink.ok;
  for (let row = 0; row < rows; row += 1) {
    const end = Math.min(layout.total, (row + 1) * CELLS);
    let verified = 0;
    for (let block = row * CELLS; block < end; block += 1) if (map.states[block] === VERIFIED) verified += 1;
    if (verified > 0) {
      context.fillRect(x + 1, top + row * layout.pitch * scale, ((OVERVIEW - 2) * verified) / CELLS, thick);
    }
  }
  context.fillStyle = ink.bad;
  for (let block = 0; map.failed > 0 && block < layout.total; block += 1) {
    if (map.states[block] !== FAILED) continue;
    context.fillRect(x - 2, top + rowOf(block) * layout.pitch * scale - 1, OVERVIEW + 4, 3);
  }
  context.strokeStyle = ink.ink;
  context.lineWidth = 2;
  context.strokeRect(x, top + top * scale, OVERVIEW, Math.max(4, height * scale));
}

export function paint(canvas: HTMLCanvasElement, scene: Scene, ink: Ink): void {
  const { layout, width, height, top, chosen, hovered } = scene;
  const ratio = window.devicePixelRatio || 1;
  const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== w) canvas.width = w;
  if (canvas.height !== h) canvas.height = h;
  const context = canvas.getContext("2d");
  if (!context) return;
  context.setTransform(ratio, 0, 0, ratio, 0, -top * ratio);
  context.clearRect(0, top, width, height);
  const sight = rowsInSight(layout, top, height);
  paintCells(context, scene, ink, sight);
  paintTree(context, scene, ink, sight);
  paintOverview(context, scene, ink);
  context.strokeStyle = ink.ink;
  if (hovered !== null && hovered < layout.total) frameCell(context, hovered, layout, 1);
  if (chosen !== null && chosen < layout.total) frameCell(context, chosen, layout, 2.5);
}
