/**
 * Page and TVMM -> physical realm: media (disks, flash, sealed blobs) lie outside the chip, and an attacker may read and change
 * them. Nothing here is trusted by what reads it. Page and machines use the same requests; `insert`, `remove` are the page's.
 */
export type MediumKind = "flash" | "disk" | "sealed";

export interface MediumInfo {
  id: string;
  kind: MediumKind;
  /** Bytes. */
  size: number;
}

/** Requests of a machine's port (TVMM, loader, firmware) and of the attacker: one machine's media. */
export type MediaRequest =
  | { op: "list" }
  /** Reply: Uint8Array of `length` bytes, transferred. Out of range: "bad-argument". Unknown medium: "unknown-disk". */
  | { op: "read"; medium: string; offset: number; length: number }
  /** Reply: nothing. Out of range: "bad-argument". */
  | { op: "write"; medium: string; offset: number; bytes: Uint8Array }
  /** Reply: MessagePort bound to this one medium, serving "read" and "write" (write refused if readOnly) with this same file's types. */
  | { op: "open"; medium: string; readOnly: boolean };

/** The page's port to the physical worker: builds machines and plays the attacker. */
export type PhysicalRequest =
  /** Where images/ and measured/ are; fetches both manifests. Reply: { images: ImageManifest, measured: MeasuredManifest }. */
  | { op: "init"; base: string }
  /** A file of one of the manifests as plain bytes, checked against its digest. Reply: Uint8Array. Progress comes as events. */
  | { op: "file"; path: string }
  /** Reply: MessagePort for one machine that serves MediaRequest for the media of this platform. */
  | { op: "machine"; platform: string }
  /** Makes or replaces the platform's medium `flash` from the measured bundles and vendors' certificates (PEM by digest). */
  | { op: "flash"; platform: string; vendorCertificates: Record<string, string[]> }
  /** Puts an image into the machine; reply { firmware: "ID.firmware", boot: "ID.boot" }, a second copy "ID-2.firmware", … */
  | { op: "insert-image"; platform: string; image: string }
  /** Reply: the new medium's id. */
  | { op: "insert"; platform: string; bytes: Uint8Array; id?: string }
  | { op: "list"; platform: string }
  | { op: "read"; platform: string; medium: string; offset: number; length: number }
  | { op: "write"; platform: string; medium: string; offset: number; bytes: Uint8Array }
  /** Puts a full copy back: same size as before, else "bad-argument". */
  | { op: "restore"; platform: string; medium: string; bytes: Uint8Array }
  /** Frees every medium of the machine; the medium `sealed` stays stored for the next visit. */
  | { op: "scrap"; platform: string };

export type PhysicalEvent =
  /** Bytes fetched of bytes to fetch, compressed as they travel. */
  { type: "progress"; path: string; loaded: number; total: number };
