/** Where a machine's policy lies, and its text. Pure. */
import type { MachineFacts } from "../facts/facts.ts";

/** The raw disk of the management box, by its slot; null where there is none. */
export function policyMedium({ devices, management, boxes }: MachineFacts): string | null {
  const box = boxes.find(({ id, status }) => status.management || id === management?.vm);
  const disks = devices.filter((device) => device.attachedTo === box?.id && device.class === "raw");
  return disks.find(({ medium }) => medium?.endsWith(".policy"))?.medium ?? disks[0]?.medium ?? null;
}

/** The text up to the first zero byte. */
export function policyText(bytes: Uint8Array): string {
  const end = bytes.indexOf(0);
  return new TextDecoder().decode(end < 0 ? bytes : bytes.subarray(0, end));
}
