/** The bundler gives a font's bytes. */
declare module "*.woff2" {
  const bytes: Uint8Array<ArrayBuffer>;
  // biome-ignore lint/style/noDefaultExport: that is how a bundler hands over a file.
  export default bytes;
}
