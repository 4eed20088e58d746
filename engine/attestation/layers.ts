/** The layers that are measured, lowest first. The chip below them is certified by its maker, not measured. */
export const LAYERS = ["firmware", "loader", "tvmm", "vm"] as const;
export type Layer = (typeof LAYERS)[number];

export const isLayer = (value: unknown): value is Layer => LAYERS.some((layer) => layer === value);

/** `layer` of TcbInfo: 1 for firmware up to 4 for the VM; the chip would be 0. */
export const layerNumber = (layer: Layer): number => LAYERS.indexOf(layer) + 1;

/** pathLenConstraint of a layer's certificate; the VM's is no CA: 3 for the chip, then one less with each layer. */
export const CHIP_PATH_LENGTH = 3;
export const layerPathLength = (layer: Exclude<Layer, "vm">): number => CHIP_PATH_LENGTH - layerNumber(layer);

/** A chip's only name. Too short to be taken for a digest. */
export const CHIP_SERIAL = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
