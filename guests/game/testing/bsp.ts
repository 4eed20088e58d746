/** Reads a BSP file as an engine does, to see what the compiler has written. */

export interface Bsp {
  entities: Record<string, string>[];
  planes: { axis: number; dist: number }[];
  nodes: { plane: number; children: [number, number] }[];
  clipNodes: { plane: number; children: [number, number] }[];
  leaves: { contents: number; row: number; mins: number[]; maxs: number[]; faces: number[] }[];
  faces: { plane: number; back: boolean; corners: number[][]; texture: string; mapping: number[]; light: number }[];
  visibility: Uint8Array;
  lighting: Uint8Array;
  heads: number[];
  visibleLeaves: number;
}

const range = (count: number) => Array.from({ length: count }, (_, at) => at);

export function parseBsp(bytes: Uint8Array): Bsp {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  if (view.getInt32(0, true) !== 29) throw new Error(`version ${view.getInt32(0, true)}, wanted 29`);
  const lump = (number: number) => ({
    at: view.getInt32(4 + number * 8, true),
    length: view.getInt32(8 + number * 8, true),
  });
  const bytesOf = (number: number) => bytes.slice(lump(number).at, lump(number).at + lump(number).length);
  const rows = <T>(number: number, size: number, read: (at: number) => T) => {
    const { at, length } = lump(number);
    if (length % size !== 0) throw new Error(`lump ${number} is ${length} bytes, not a multiple of ${size}`);
    return range(length / size).map((row) => read(at + row * size));
  };
  const i16 = (at: number) => view.getInt16(at, true);
  const u16 = (at: number) => view.getUint16(at, true);
  const i32 = (at: number) => view.getInt32(at, true);
  const f32 = (at: number) => view.getFloat32(at, true);
  const pair = (at: number, read: (at: number) => number): [number, number] => [read(at), read(at + 2)];

  const vertexes = rows(3, 12, (at) => [f32(at), f32(at + 4), f32(at + 8)]);
  const edges = rows(12, 4, (at) => pair(at, u16));
  const surfEdges = rows(13, 4, i32);
  const marks = rows(11, 2, u16);
  const texinfo = rows(6, 40, (at) => ({
    mapping: range(8).map((each) => f32(at + each * 4)),
    texture: i32(at + 32),
  }));
  const textures = lump(2);
  const textureName = (number: number) => {
    const at = textures.at + i32(textures.at + 4 + number * 4);
    return String.fromCharCode(...bytes.slice(at, bytes.indexOf(0, at)));
  };
  const corner = (surfEdge: number) => {
    const edge = edges[Math.abs(surfEdge)] ?? [0, 0];
    return vertexes[edge[surfEdge < 0 ? 1 : 0]] ?? [];
  };
  return {
    entities: entitiesOf(new TextDecoder("latin1").decode(bytesOf(0))),
    planes: rows(1, 20, (at) => ({ axis: i32(at + 16), dist: f32(at + 12) })),
    nodes: rows(5, 24, (at) => ({ plane: i32(at), children: pair(at + 4, i16) })),
    clipNodes: rows(9, 8, (at) => ({ plane: i32(at), children: pair(at + 4, i16) })),
    leaves: rows(10, 28, (at) => ({
      contents: i32(at),
      row: i32(at + 4),
      mins: range(3).map((axis) => i16(at + 8 + axis * 2)),
      maxs: range(3).map((axis) => i16(at + 14 + axis * 2)),
      faces: marks.slice(u16(at + 20), u16(at + 20) + u16(at + 22)),
    })),
    faces: rows(7, 20, (at) => {
      const info = texinfo[i16(at + 10)];
      if (!info) throw new Error(`a face has texture information ${i16(at + 10)} of ${texinfo.length}`);
      return {
        plane: i16(at),
        back: i16(at + 2) === 1,
        corners: surfEdges.slice(i32(at + 4), i32(at + 4) + i16(at + 8)).map(corner),
        texture: textureName(info.texture),
        mapping: info.mapping,
        light: i32(at + 16),
      };
    }),
    visibility: bytesOf(4),
    lighting: bytesOf(8),
    heads: range(3).map((hull) => i32(lump(14).at + 36 + hull * 4)),
    visibleLeaves: i32(lump(14).at + 52),
  };
}

function entitiesOf(text: string): Record<string, string>[] {
  return [...text.matchAll(/\{([^}]*)\}/g)].map(([, body = ""]) =>
    Object.fromEntries([...body.matchAll(/"([^"]*)" "([^"]*)"/g)].map(([, key = "", value = ""]) => [key, value])),
  );
}

function descend(bsp: Bsp, nodes: Bsp["nodes"], head: number, point: readonly number[]): number {
  let number = head;
  while (number >= 0) {
    const node = nodes[number];
    const plane = node && bsp.planes[node.plane];
    if (!plane) throw new Error(`there is no node ${number}`);
    number = node.children[(point[plane.axis] ?? 0) >= plane.dist ? 0 : 1];
  }
  return number;
}

/** The number of the leaf that a point is in. */
export function leafAt(bsp: Bsp, point: readonly number[]): number {
  return -1 - descend(bsp, bsp.nodes, bsp.heads[0] ?? 0, point);
}

/** What a point is in, as the drawn world says. */
export function contentsAt(bsp: Bsp, point: readonly number[]): number {
  return bsp.leaves[leafAt(bsp, point)]?.contents ?? 0;
}

/** What the middle of a hull's box is in. */
export function hullContents(bsp: Bsp, hull: 1 | 2, point: readonly number[]): number {
  return descend(bsp, bsp.clipNodes, bsp.heads[hull] ?? 0, point);
}

/** The leaves that may be seen from one. */
export function visibleFrom(bsp: Bsp, leaf: number): Set<number> {
  const seen = new Set<number>();
  let at = bsp.leaves[leaf]?.row ?? -1;
  for (let byte = 0; byte * 8 < bsp.visibleLeaves; at += 1) {
    const bits = bsp.visibility[at];
    if (bits === undefined) throw new Error(`the row of leaf ${leaf} ends too soon`);
    if (bits === 0) {
      at += 1;
      byte += bsp.visibility[at] ?? 0;
      continue;
    }
    for (let bit = 0; bit < 8; bit += 1) if ((bits >> bit) & 1) seen.add(byte * 8 + bit + 1);
    byte += 1;
  }
  return seen;
}
