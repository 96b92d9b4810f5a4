/** A small gaussian splat in PLY form: a spiral of coloured points, the same for the same seed. */
export function renderSplat(seed: number): Uint8Array {
  const count = 200;
  const properties = ['x', 'y', 'z', 'f_dc_0', 'f_dc_1', 'f_dc_2', 'opacity'];
  const header = [
    'ply',
    'format binary_little_endian 1.0',
    `element vertex ${count}`,
    ...properties.map((name) => `property float ${name}`),
    'end_header\n',
  ].join('\n');
  const vertices = Float32Array.from({ length: count * properties.length }, (_, index) => {
    const turn = Math.floor(index / properties.length) / count;
    const angle = turn * 12 * Math.PI + (seed % 360);
    const vertex = [
      turn * Math.cos(angle),
      turn * Math.sin(angle),
      turn - 0.5,
      Math.sin(angle),
      Math.cos(angle),
      turn,
      1,
    ];
    return vertex[index % properties.length] ?? 0;
  });
  return Buffer.concat([Buffer.from(header), Buffer.from(vertices.buffer)]);
}
